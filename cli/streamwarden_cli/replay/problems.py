"""What makes a replay impossible, as opposed to an event that is rejected while the rest go on."""


class InvalidInput(ValueError):
    """A file or option that cannot be used; the message names it, and the place in it."""
