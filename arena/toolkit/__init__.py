"""For authors of agents and environments: what the shipped ones are made of, each part small and on its own.

For agents that learn:

    networks     MLP (with LayerNorm, if wanted), small CNN, dueling and Gaussian heads
    functional   a network as a function of tensors, to learn with (`torch_forward`)
    forward      a network as a function from numpy to numpy, to act with (`numpy_forward`)
    flat         all weights as one tensor and Adam upon it (`FlatWeights`, `FlatAdam`)
    staggered    gradients added up over cycles; networks that step in turn, or are frozen
    replay       a ring of past steps, with n-step returns; `prioritized` by the size of their errors
    rollouts     the steps between two rounds of updates, in order
    returns      λ-returns, advantages (GAE) and n-step returns
    policies     distributions over actions, discrete with masks or continuous
    choosing     greedy, softmax and epsilon-greedy choice under masks
    schedules    what changes over a run, as functions of `run.progress`
    scaling      means and deviations of what was seen so far
    encoding     observations as rows of numbers
    devices      where tensors live; `seeding` one seed for Python, numpy and torch (`set_seed`)
    offload      tensors that wait for a backward pass, kept on disk

For environments:

    solo         games of one seat and their vectors; `tabular` those with few states, from a table
    boards       boards of two seats as vectors; `positions` for players that search in them
    draws        random numbers of many copies, read in blocks; `whole_draws` for whole numbers
    shares       scores of games with more than two seats
    squares      squares of whole arrays, as a single number has them

`folders`, `kept_files` and `mapped` are how a large replay lies in a file. Only what learns by gradients, and
`devices` and `seeding`, needs torch.
"""
