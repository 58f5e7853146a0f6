"""Events that a rule listens for and that never come: the models know their names and fields."""

from collections.abc import Iterator
from typing import Final

from streamwarden.domain.events import DETAIL_TYPES
from streamwarden.domain.expressions.closures import children_of, nodes_of
from streamwarden.domain.expressions.expressions import paths_of
from streamwarden.domain.globs import Texts
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.globs import unlike
from streamwarden_cli.policy.lint.event_contents import Contents, contents_of
from streamwarden_cli.policy.lint.nodes import compared, path_of
from streamwarden_cli.policy.lint.warnings import Fault
from streamwarden_cli.policy.parsed import ParsedRule

_DETAIL: Final = "detail"


def unreachable(rule: ParsedRule) -> Iterator[Fault]:
    """The stack's own EventBridge rules forward the detail-types there are models for."""
    check = rule.params
    globs: Texts = getattr(check, check.detail_types) if check.detail_types else ()
    unknown = [*unlike(DETAIL_TYPES, globs)]
    for each in unknown:
        message = f"no event of the detail-type {each!r} comes{did_you_mean(each, DETAIL_TYPES)}"
        yield "params", message, "template.yaml says which are forwarded"
    if globs and not unknown:
        contents = contents_of(globs)
        where = getattr(check, check.event_condition) or _DETAIL
        names = [*unlike(contents.names, getattr(check, check.event_names))]
        names += _unknown_names(where, contents)
        for name in names:
            message = f"no such event named {name!r} comes{did_you_mean(name, contents.names)}"
            yield "params", message, f"these come: {format_list(sorted(contents.names), 'and')}"
        yield from _unknown_fields(where, contents)


def _unknown_names(where: str, contents: Contents) -> Iterator[str]:
    """With which the name of an event is compared."""
    places = {(_DETAIL, key) for key in contents.name_keys}
    for node in nodes_of(parse(where)):
        if any(path_of(each) in places for each in children_of(node)):
            names = (each for each in compared(node) if isinstance(each, str))
            yield from (each for each in names if each not in contents.names)


def _unknown_fields(where: str, contents: Contents) -> Iterator[Fault]:
    """Of `detail`, which no such event has."""
    if contents.fields is None:
        return
    fields = [path[1] for path in paths_of(where) if path[0] == _DETAIL and len(path) > 1]
    for field in dict.fromkeys(fields):
        if field in contents.other_name_keys:
            others = format_list(sorted(contents.name_keys - {field}))
            message = f"AWS may send {others} in place of detail.{field}"
            yield "params", message, "write `name` instead, which reads all of them"
        elif field not in contents.fields:
            message = f"no such event has detail.{field}{did_you_mean(field, contents.fields)}"
            yield "params", message, f"these have: {format_list(sorted(contents.fields), 'and')}"
