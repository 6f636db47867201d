"""The real window in a real display: only mouse, keys and pixels."""
