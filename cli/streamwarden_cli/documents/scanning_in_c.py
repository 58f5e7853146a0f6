"""The scanner of libyaml in place of that in Python, for long documents: it is many times as fast.

What it makes are the same nodes at the same places, but that a value which is not there may be a
blank further. What is wrong it says in other words.
"""

from functools import cache
from typing import Any, Final

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

_C: Final[Any] = getattr(yaml, "cyaml", None)


@cache
def scanned_in_c(kind: type[Any]) -> type[Any]:
    """The loader with that scanner; itself where PyYAML was built without it."""
    return kind if _C is None else type(f"{kind.__name__}InC", (_C.CParser, kind), _MEMBERS)


def _init(loader: Any, text: str) -> None:
    _C.CParser.__init__(loader, text)
    Composer.__init__(loader)
    SafeConstructor.__init__(loader)
    Resolver.__init__(loader)


# That of libyaml composes without a bound to how deep a document is nested.
_MEMBERS: Final = {
    "__init__": _init,
    "get_single_node": Composer.get_single_node,
    "line": 0,
    "column": 0,
}
