"""Who plays whom, one game after another, and what the results say."""
