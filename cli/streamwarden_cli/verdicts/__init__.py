"""External verdicts: the event that says one, its schema, and how an operator sends it."""
