"""Training: the run an agent's loop is given, checkpoints that continue it exactly, and its evaluation."""
