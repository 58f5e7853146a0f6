"""Regular expressions of a policy: whether they may be slow, and whether a tag can match them."""
