"""The plugin door: from files and packages to agents and environments."""
