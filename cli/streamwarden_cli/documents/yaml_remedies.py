"""What to do about text that is not YAML: PyYAML says what it stopped at, and not why."""

import re
from typing import Final

_REMEDIES: Final = tuple(
    (re.compile(text), remedy)
    for text, remedy in (
        (r"character '\\t'", "indent with spaces, not with tabs"),
        (r"the tag '!", "text that begins with ! stands in quotes"),
        (r"character '[`@%]'", "text that begins with it stands in quotes"),
        (r"undefined alias|scanning an alias", "text that begins with * stands in quotes"),
        (
            r"mapping values are not allowed",
            "begin a line with each key, and put text that contains a colon in quotes",
        ),
        (r"unexpected end of stream", "close the quotes"),
        (r"flow (node|mapping|sequence)", "close each { and [ that is opened"),
        (
            r"but found '<scalar>'",
            "where text in quotes contains quotes, put it in quotes of the other kind",
        ),
        (r"expected <block end>", "begin what belongs together in the same column"),
        (r"expected a single document", "remove the line ---"),
    )
)


def remedy_of(text: str) -> str:
    """`; indent with spaces`; empty where nothing better can be said than PyYAML does."""
    found = (remedy for pattern, remedy in _REMEDIES if pattern.search(text))
    remedy = next(found, "")
    return f"; {remedy}" if remedy else ""
