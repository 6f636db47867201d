"""For authors of agents and environments, from replay and networks to games of one seat and their draws.

An agent that learns by gradients has `FlatWeights` and `FlatAdam` (`flat`) for its networks, calls them by
`torch_forward` (`functional`) to learn and by `numpy_forward` (`forward`) to act.

`devices`, `flat`, `forward`, `functional`, `networks`, `replay` and what builds on them need torch; the other
modules do not.
"""
