"""Addresses and keys that somebody has pasted where people are told: no message repeats them.

What `policy check` prints stands in the logs of pipelines, for many to read. A message may quote
any part of a document, so what it must not repeat is looked for in all messages and their paths.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from streamwarden_cli.documents.problems import Problem
from streamwarden_cli.policy.routing.secrets import may_be_secret

_PARTS: Final = ("destinations", "routes", "inhibit")
_LEFT_OUT: Final = "…"
_HINT: Final = (
    "; what looks like an address or a key is left out here: a policy is no place for secrets, "
    "and others may have read it"
)


def without_pasted(problems: Iterable[Problem], data: object) -> list[Problem]:
    """`data` is the whole document, as it is written."""
    forms = {form for text in _pasted(data) for form in (text, repr(text)[1:-1])}
    if not forms:
        return [*problems]
    pattern = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))))
    return [_without(pattern, each) for each in problems]


def _without(pattern: re.Pattern[str], problem: Problem) -> Problem:
    path, in_path = pattern.subn(_LEFT_OUT, problem.path)
    message, in_message = pattern.subn(_LEFT_OUT, problem.message)
    if not (in_path or in_message):
        return problem
    return replace(problem, path=path, message=f"{message}{_HINT}")


def _pasted(data: object) -> Iterator[str]:
    parts = data if isinstance(data, Mapping) else {}
    yield from filter(may_be_secret, _texts([parts.get(name) for name in _PARTS]))


def _texts(value: object) -> Iterator[str]:
    """Every text and key once, however often an anchor repeats it."""
    waiting, seen = [value], set[int]()
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, list | Mapping) and id(part) not in seen:
            seen.add(id(part))
            waiting += [*part, *part.values()] if isinstance(part, Mapping) else part
