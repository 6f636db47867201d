"""For authors of agents: replay, schedules, returns, encoding, networks, choosing.

`choosing`, `encoding`, `returns` and `schedules` need no torch; the other modules do.
"""
