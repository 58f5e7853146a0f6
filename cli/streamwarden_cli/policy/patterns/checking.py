"""What is wrong with a regular expression that Python takes, and what to write instead."""

import re
from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from streamwarden.domain.globs import Accepts
from streamwarden.domain.rules import Check
from streamwarden_cli.documents.errors import as_error
from streamwarden_cli.policy.patterns.automaton import automaton_of
from streamwarden_cli.policy.patterns.backtracking import matches_no_tag, may_be_slow
from streamwarden_cli.policy.patterns.rewriting import rewrite

# Letters, digits and plain signs, and the two signs that globs have too.
_LIKE_A_GLOB: Final = re.compile(r"(?=.*\*)(?:[\w :/=@-][*?]?|\.(?![*?]))+")
_AS_IN_JAVASCRIPT: Final = re.compile(r"/\^?(.*?)\$?/([a-z]*)")
_POSIX: Final[Mapping[str, str]] = {
    "[:alpha:]": "A-Za-z",
    "[:digit:]": "0-9",
    "[:alnum:]": "A-Za-z0-9",
    "[:lower:]": "a-z",
    "[:upper:]": "A-Z",
    "[:space:]": r"\s",
}


def with_checked_patterns(check: Check) -> Check:
    """The same. Raises ValidationError, which names each pattern that is refused."""
    faults = [
        as_error(fault, (*place, "pattern"), pattern.text)
        for place, pattern in check.patterns.items()
        if (fault := fault_of_pattern(*pattern))
    ]
    if faults:
        raise ValidationError.from_exception_data("params", faults)
    return check


def fault_of_pattern(pattern: str, accepts: Accepts | None = None) -> str:
    """Empty for a pattern that is fast, and that some tag of accepted characters matches."""
    if _LIKE_A_GLOB.fullmatch(pattern):
        instead = pattern.replace(".", r"\.").replace("*", ".*").replace("?", ".")
        return f"'{pattern}' is a glob, not a regular expression; write '{instead}', or `values`"
    try:
        automaton = automaton_of(pattern)
    except ValueError as error:
        return f"'{pattern}' cannot be matched in a bounded time: {error}"
    if matches_no_tag(automaton):
        return f"no value of a tag matches '{pattern}'{_remedy_of_dialect(pattern)}"
    if accepts and matches_no_tag(automaton, automaton.alphabet.accepted_by(accepts)):
        return f"no value that `case` allows matches '{pattern}'; change one of them"
    if may_be_slow(automaton):
        remedy = _remedy_of_slow(pattern)
        return f"'{pattern}' may take seconds for a long value, and hold up all channels; {remedy}"
    return ""


def _remedy_of_slow(pattern: str) -> str:
    rewritten = rewrite(pattern)
    if rewritten != pattern and not may_be_slow(automaton_of(rewritten)):
        return f"write '{rewritten}', which matches the same"
    return (
        "let each repetition begin or end with a character that it does not repeat, "
        "as in '[a-z]+(-[a-z]+)*'"
    )


def _remedy_of_dialect(pattern: str) -> str:
    in_slashes = _AS_IN_JAVASCRIPT.fullmatch(pattern)
    if in_slashes:
        inner, flags = in_slashes.groups()
        return f"; write it without slashes: '{'(?i)' * ('i' in flags)}{inner}'"
    written_out = pattern
    for name, characters in _POSIX.items():
        written_out = written_out.replace(name, characters)
    if written_out != pattern:
        return f"; Python has no classes such as [:alpha:]: write '{written_out}'"
    return " (expected letters, digits, spaces and _ . : / = + - @, matched from end to end)"
