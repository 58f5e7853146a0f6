"""Names that a policy gives: of rules, of destinations."""

import re
from typing import Final

KEBAB_CASE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NAME_SCHEMA: Final = {"pattern": f"^{KEBAB_CASE.pattern}$"}


def kebab_case(name: str, expected: str) -> str:
    """The same. Raises ValueError."""
    if KEBAB_CASE.fullmatch(name) is None:
        raise ValueError(f"expected {expected}, found {name!r}")
    return name
