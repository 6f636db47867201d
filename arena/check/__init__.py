"""Checks that hold a plugin to its contract. What is wrong with it is told as data, never raised."""
