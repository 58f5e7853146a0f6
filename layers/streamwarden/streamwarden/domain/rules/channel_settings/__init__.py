"""Rules about the settings of a channel."""
