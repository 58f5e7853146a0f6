"""Events that a rule listens for and that never come: the models know their names and fields."""

from collections.abc import Iterator
from typing import Final

from streamwarden.domain.events import DETAIL_TYPES
from streamwarden.domain.expressions.closures import children_of
from streamwarden.domain.expressions.expressions import paths_of
from streamwarden.domain.globs import Texts
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.globs import unlike
from streamwarden_cli.policy.lint.event_contents import Contents, contents_of
from streamwarden_cli.policy.lint.nodes import compared, nodes, path_of
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule

_DETAIL: Final = "detail"
_FORWARDED: Final = "template.yaml says which are forwarded"
_READS_ALL: Final = "write `name` instead, which reads all of them"


def unreachable(rule: ParsedRule) -> Iterator[LintWarning]:
    """The stack's own EventBridge rules forward the detail-types there are models for."""
    check = rule.document.params
    globs: Texts = getattr(check, check.detail_types) if check.detail_types else ()
    faults = [*_detail_types(globs)]
    if globs and not faults:
        contents = contents_of(globs)
        names = unlike(contents.names, getattr(check, check.event_names))
        faults = [_unknown_name(each, contents) for each in names]
        where = getattr(check, check.event_condition)
        faults += _conditions(where, contents) if where else ()
    for message, remedy in faults:
        yield about(rule, "params", message, remedy)


def _detail_types(globs: Texts) -> Iterator[tuple[str, str]]:
    for wanted in unlike(DETAIL_TYPES, globs):
        hint = did_you_mean(wanted, DETAIL_TYPES)
        yield f"no event of the detail-type {wanted!r} comes{hint}", _FORWARDED


def _unknown_name(wanted: str, contents: Contents) -> tuple[str, str]:
    hint = did_you_mean(wanted, contents.names)
    return f"no such event named {wanted!r} comes{hint}", (
        f"these come: {format_list(sorted(contents.names), 'and')}"
    )


def _conditions(where: str, contents: Contents) -> Iterator[tuple[str, str]]:
    """Fields of `detail` that no such event has, and names with which one is compared."""
    names = {(_DETAIL, key) for key in contents.name_keys}
    for node in nodes(parse(where)):
        if any(path_of(each) in names for each in children_of(node)):
            for wanted in compared(node):
                if isinstance(wanted, str) and wanted not in contents.names:
                    yield _unknown_name(wanted, contents)
    fields = [path[1] for path in paths_of(where) if path[0] == _DETAIL and len(path) > 1]
    for field in dict.fromkeys(fields):
        yield from _unknown_field(field, contents)


def _unknown_field(field: str, contents: Contents) -> Iterator[tuple[str, str]]:
    if contents.fields is None:
        return
    if field in contents.other_name_keys:
        others = format_list(sorted(contents.name_keys - {field}))
        yield f"AWS may send {others} in place of detail.{field}", _READS_ALL
    elif field not in contents.fields:
        text = f"no such event has detail.{field}{did_you_mean(field, contents.fields)}"
        yield text, f"these have: {format_list(sorted(contents.fields), 'and')}"
