"""`streamwarden fleet`: the channels of a real account, as a scenario begins with them."""
