"""Names that a policy gives: of rules, of destinations."""

import re
from typing import Any, Final

from streamwarden.domain.events.bounds import LONGEST_ID

KEBAB_CASE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# What a function says of a rule to another one is refused above that.
NAME_SCHEMA: Final[dict[str, Any]] = {
    "pattern": f"^{KEBAB_CASE.pattern}$",
    "maxLength": LONGEST_ID,
}


def kebab_case(name: str, expected: str) -> str:
    """The same. Raises ValueError."""
    if KEBAB_CASE.fullmatch(name) is None:
        raise ValueError(f"expected {expected}, found {name!r}")
    if len(name) > LONGEST_ID:
        raise ValueError(f"expected at most {LONGEST_ID} characters, found {len(name)}")
    return name
