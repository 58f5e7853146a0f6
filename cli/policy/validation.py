"""From the text of a policy to a document that is right, or to everything that is wrong with it."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cli.policy.document import PolicyDocument
from cli.policy.expectations import expected, known_keys
from cli.policy.nearest import did_you_mean, say_list
from cli.policy.problems import PolicyErrors, Problem
from cli.policy.source import Location, Source, read_source


def read_document(text: str, filename: str) -> PolicyDocument:
    """Raises PolicyErrors with all that is wrong."""
    source = read_source(text, filename)
    problems = [*source.problems, *_repetitions(source)]
    try:
        document = PolicyDocument.model_validate(source.data)
    except ValidationError as error:
        problems += [_explain(each, source) for each in error.errors()]
        raise PolicyErrors(problems) from error
    if problems:
        raise PolicyErrors(problems)
    return document


def _repetitions(source: Source) -> Iterator[Problem]:
    """Ids, and actions of one rule, that are given more than once."""
    rules = [rule if isinstance(rule, Mapping) else {} for rule in _rules(source.data)]
    for index, first in _repeated([rule.get("id") for rule in rules]):
        message = f"the id {rules[index]['id']!r} is taken by rules[{first}]"
        yield source.problem(("rules", index, "id"), message)
    for index, rule in enumerate(rules):
        actions = rule.get("actions")
        for position, _ in _repeated(actions if isinstance(actions, list) else []):
            message = "the action is given twice"
            yield source.problem(("rules", index, "actions", position), message)


def _repeated(entries: list[object]) -> Iterator[tuple[int, int]]:
    """Where a name comes again, and where it came first; a mapping goes by its keys."""
    first: dict[object, int] = {}
    for index, entry in enumerate(entries):
        name = tuple(entry) if isinstance(entry, Mapping) else entry
        if not isinstance(name, str | tuple):
            continue
        if name in first:
            yield index, first[name]
        first.setdefault(name, index)


def _rules(data: object) -> list[object]:
    rules = data.get("rules") if isinstance(data, Mapping) else None
    return rules if isinstance(rules, list) else []


def _kind(source: Source, location: Location) -> object:
    """The kind of the rule that `location` is in."""
    match location:
        case ("rules", int(index), *_):
            rule = _rules(source.data)[index]
            return rule.get("kind") if isinstance(rule, Mapping) else None
        case _:
            return None


def _explain(error: ErrorDetails, source: Source) -> Problem:
    location = error["loc"]
    if location and location[-1] == "[key]":
        return source.problem(location[:-1], _own_words(error), at_key=True)
    match error["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            return _unknown_key(location, source)
        case "missing":
            return source.problem(location, _missing(location, source))
        case "value_error":
            return source.problem(location, _own_words(error))
        case "too_short" | "too_long":
            return source.problem(location, _wrong_length(error))
        case _:
            return source.problem(location, _wrong_value(error, source))


def _wrong_value(error: ErrorDetails, source: Source) -> str:
    location = error["loc"]
    wanted = expected(location, _kind(source, location))
    found = source.found(location)
    if not wanted:
        return _own_words(error)
    is_text = error["type"] == "string_type" or wanted.startswith("text")
    is_unquoted = is_text and isinstance(error["input"], bool | int | float)
    hint = "; put it in quotes" if is_unquoted else ""
    return f"expected {wanted}, found {found}{hint}"


def _own_words(error: ErrorDetails) -> str:
    return str(error.get("ctx", {}).get("error", error["msg"]))


def _unknown_key(location: Location, source: Source) -> Problem:
    *parent, key = location
    known = known_keys(tuple(parent), _kind(source, location))
    wanted = f"expected {say_list(known)}" if known else "expected no keys here"
    message = f"unknown key {key!r}{did_you_mean(str(key), known)} ({wanted})"
    return source.problem(location, message, at_key=True)


def _missing(location: Location, source: Source) -> str:
    wanted = expected(location, _kind(source, location))
    return f"missing (expected {wanted})" if wanted else "missing"


def _wrong_length(error: ErrorDetails) -> str:
    limits, given = error.get("ctx", {}), len(error["input"])
    if "min_length" in limits:
        return f"expected at least {limits['min_length']} entry, found {given}"
    return f"expected at most {limits['max_length']} entries, found {given}"
