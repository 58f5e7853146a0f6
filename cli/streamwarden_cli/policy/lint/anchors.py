"""Patterns such as `^ops`, which are meant for a beginning or an end and match from end to end."""

import re
from collections.abc import Iterator
from typing import Final

from streamwarden_cli.policy.lint.warnings import Fault
from streamwarden_cli.policy.parsed import ParsedRule

# Of plain text alone it is certain that `values` would say the same without `^` or `$`.
_PLAIN: Final = r"[\w :/=@-]+"
_OPEN: Final = (
    (re.compile(rf"\^({_PLAIN})"), "{}.*", "begins"),
    (re.compile(rf"({_PLAIN})\$"), ".*{}", "ends"),
)


def anchors_at_one_end(rule: ParsedRule) -> Iterator[Fault]:
    for text, _ in rule.params.patterns.values():
        for anchored, rewritten, verb in _OPEN:
            if found := anchored.fullmatch(text):
                message = f"{text!r} only takes {found[1]!r}: patterns match from end to end"
                remedy = f"write {rewritten.format(found[1])!r} for all that {verb} so"
                yield "params", message, remedy
