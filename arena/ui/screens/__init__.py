"""The destinations of the rail, one module or package each."""
