"""Globs of tag keys and of tag values, and of names: what no channel can be like, and the remedy.

Who writes one often thinks of another language: of regular expressions, or of a shell.
"""

import re
from typing import Final

from pydantic import ValidationError

from streamwarden.domain.globs import is_glob
from streamwarden.domain.rules import Check
from streamwarden_cli.documents.errors import as_error
from streamwarden_cli.policy.globs import could_be, shortest
from streamwarden_cli.policy.tags import LONGEST_KEY, LONGEST_VALUE, is_tag_character

_QUOTES: Final = "\"'\u2018\u2019\u201a\u201c\u201d\u201e\u201f\u00ab\u00bb"
_LISTED: Final = re.compile(r"[\w.:/=+@*?-]+(?:\s*[|,]\s*[\w.:/=+@*?-]+)+")
_BRACES: Final = re.compile(r"(.*)\{([^{}]+,[^{}]+)\}(.*)")


def with_possible_tags(check: Check) -> Check:
    """The same. Raises ValidationError, which names keys and values that no tag can have."""
    place, fault_of = ("tag", fault_of_one_key) if hasattr(check, "tag") else ("tags", fault_of_key)
    faults = [
        *((fault_of(key), (place,), key) for key in check.tag_keys),
        *((fault_of_value(value), where, value) for where, value in check.tag_values),
    ]
    errors = [as_error(fault, where, given) for fault, where, given in faults if fault]
    if errors:
        raise ValidationError.from_exception_data("params", errors)
    return check


def fault_of_one_key(key: str) -> str | None:
    if is_glob(key):
        return f"no tag has a key like {key!r}: here it is one key, and not a glob"
    return fault_of_key(key)


def fault_of_key(glob: str) -> str | None:
    return _fault(glob, "key", LONGEST_KEY)


def fault_of_value(glob: str) -> str | None:
    return _fault(glob, "value", LONGEST_VALUE)


def _fault(glob: str, what: str, longest: int) -> str | None:
    if shortest(glob) > longest:
        return f"no tag has such a {what}: it has at most {longest} characters, found {len(glob)}"
    if could_be(glob, is_tag_character):
        return None
    expected = "letters, digits, spaces and _ . : / = + - @"
    return f"no tag has a {what} like {glob!r}: it has only {expected}{remedy_of(glob)}"


def remedy_of(glob: str) -> str:
    """What to write for what was probably meant."""
    bare = glob.strip(_QUOTES)
    if bare != glob:
        return f"; take the quotes away, or write straight ones: {bare}"
    if glob.startswith("!"):
        return f"; these are globs: for not, use `unless`, or `when` with != {glob[1:]!r}"
    if listed := _alternatives(glob.removeprefix("^").removesuffix("$").strip("()")):
        return f"; for several, give a list: [{', '.join(listed)}]"
    if glob[:1] == "^" or glob[-1:] == "$" or ".*" in glob or "\\" in glob:
        plain = glob.removeprefix("^").removesuffix("$").replace(".*", "*").replace(".+", "?*")
        return f"; these are globs, not regular expressions: {plain!r}"
    return "; these are globs, in which * ? and [...] stand for others"


def _alternatives(text: str) -> list[str]:
    if _LISTED.fullmatch(text):
        return [each.strip() for each in re.split("[|,]", text)]
    braces = _BRACES.fullmatch(text)
    if braces is None:
        return []
    before, inner, after = braces.groups()
    return [f"{before}{each.strip()}{after}" for each in inner.split(",")]
