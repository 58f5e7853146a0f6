"""What follows from a breach: actions by steps, warnings, and the news for people."""
