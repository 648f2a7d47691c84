"""Keras's loop of epochs, executions and callbacks, with what it lacks."""
