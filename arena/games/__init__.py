"""Games as Arena plays them: an environment opened, adapted, drawn, saved, and run as a batch."""
