"""For tests: the pytest plugin, and scenarios."""
