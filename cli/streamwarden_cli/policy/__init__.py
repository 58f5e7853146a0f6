"""The policy as operators write it: read, checked to the last error, and compiled."""
