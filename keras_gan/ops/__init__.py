"""Convolution and sums in the fastest of their equal forms, and what they run on."""
