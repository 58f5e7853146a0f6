"""The number of the format of stored items, so that no version overwrites what it cannot read."""

from typing import Final

from streamwarden.services.errors import PermanentError

# Changes with what is stored of a record, a rotation or a sweep, or how.
FORMAT: Final = 1


def refuse_newer(number: object, whose: str) -> None:
    """After a roll-back, an older version meets what a newer one stored. Raises PermanentError."""
    if isinstance(number, int) and number > FORMAT:
        raise PermanentError(
            f"what is stored of {whose} is in format {number}, and this version of Streamwarden"
            f" reads format {FORMAT}; deploy the version that stored it, or a newer one"
        )
