"""Samples from latents, and their metrics."""
