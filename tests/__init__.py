"""Arena's tests; a package so that the pilot and the screenshots can be run as `python -m tests.…`."""
