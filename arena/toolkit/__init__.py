"""For authors of agents and environments: replay, schedules, returns, encoding, networks, choosing, draws.

`choosing`, `draws`, `encoding`, `returns` and `schedules` need no torch; the other modules do.
"""
