"""Rules about events as such, whatever they concern."""
