"""Numbers are decimal. YAML 1.1 reads 010 as 8 and 17:30 as 1050, YAML 1.2 does not."""

import re
from typing import Final

from msgspec import Struct

_DECIMAL: Final = re.compile(
    r"[-+]?(0|[1-9][0-9_]*|[0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?|\.[0-9_]+([eE][-+]?[0-9]+)?)"
)


class OtherNumber(Struct, frozen=True):
    """What stands in a file without quotes, and is a number for some readers of YAML.

    No model takes it, neither as text nor as a number. Messages quote it as it stands.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text


def is_decimal(text: str) -> bool:
    return _DECIMAL.fullmatch(text) is not None
