"""The window: a small retained widget layer on pygame-ce, and the screens drawn with it."""

import os

# pygame reads this while it is imported, and would greet on the command line's standard output.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
