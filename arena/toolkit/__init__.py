"""For authors of agents and environments, from replay and networks to games of one seat and their draws.

`devices`, `flat`, `forward`, `networks` and `replay` need torch; the other modules do not.
"""
