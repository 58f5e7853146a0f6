"""Rules about how a channel is set up."""
