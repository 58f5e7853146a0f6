"""The production stack on this machine: a local AWS, our template on it, events brought to it."""
