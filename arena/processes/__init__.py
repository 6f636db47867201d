"""Jobs, the workers in which plugin code runs, and how they speak. A job imports Arena's own code only."""
