"""What IVS accepts as tags, so that a policy is refused before IVS refuses its action."""

import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, Field

MOST_TAGS: Final = 50
LONGEST_KEY: Final = 128
LONGEST_VALUE: Final = 256
# A rule could protect a channel from all rules, or take away what people protect it by.
_OWN_PREFIX: Final = "streamwarden:"


def is_tag_character(character: str) -> bool:
    """As the API model has it: letters, separators and numbers of any script, and a few signs."""
    return unicodedata.category(character)[0] in "LZN" or character in "_.:/=+-@"


def check_tag_key(key: str) -> str:
    if not 1 <= len(key) <= LONGEST_KEY:
        raise ValueError(f"expected a tag key of 1 to {LONGEST_KEY} characters, found {len(key)}")
    if key.lower().startswith("aws:"):
        raise ValueError(f"the prefix 'aws:' is reserved for AWS, found {key!r}")
    if key.lower().startswith(_OWN_PREFIX):
        raise ValueError(
            f"only people set tags with the prefix {_OWN_PREFIX!r}, which hold rules back, "
            f"found {key!r}"
        )
    return _check_characters(key)


def check_tag_value(value: str) -> str:
    if len(value) > LONGEST_VALUE:
        raise ValueError(
            f"expected a tag value of at most {LONGEST_VALUE} characters, found {len(value)}"
        )
    return _check_characters(value)


def _check_characters(text: str) -> str:
    if not all(map(is_tag_character, text)):
        raise ValueError(
            f"expected only letters, digits, spaces and _ . : / = + - @, found {text!r}"
        )
    return text


type Tags = Annotated[
    dict[
        Annotated[str, AfterValidator(check_tag_key)],
        Annotated[str, AfterValidator(check_tag_value)],
    ],
    Field(min_length=1, max_length=MOST_TAGS),
]
