"""Rules about keys. No fact contains the value of a key."""
