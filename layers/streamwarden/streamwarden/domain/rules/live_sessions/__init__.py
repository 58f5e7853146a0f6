"""Rules about live streams and their sessions."""
