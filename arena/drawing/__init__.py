"""What draws on a pygame surface outside the window: agent colours and shapes, shipped environments."""

import os

# pygame reads this while it is imported, and would greet on a worker's standard output.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
