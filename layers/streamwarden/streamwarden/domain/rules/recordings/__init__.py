"""Rules about what should end up in the bucket."""
