"""Benchmarks: modules that print rows of `name`, `ours`, `peer` and `ratio` as one JSON list."""
