"""Texts of any length from elsewhere are cut before they are stored or sent."""

from typing import Final

# A reason can quote every tag of a channel, and an error of AWS can be long.
_LONGEST_REASON: Final = 300
LONGEST_TEXT: Final = 1_000
_ELLIPSIS: Final = "…"


def brief(text: str, longest: int = _LONGEST_REASON) -> str:
    """At most so many characters, the last of which says that there were more."""
    return text if len(text) <= longest else f"{text[: longest - 1]}{_ELLIPSIS}"
