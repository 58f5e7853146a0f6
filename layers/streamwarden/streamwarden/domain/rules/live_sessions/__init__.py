"""Rules about what is on the air."""
