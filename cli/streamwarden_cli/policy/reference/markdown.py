"""What the code knows of policies, as Markdown: the generated part of docs/policy.md."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from textwrap import fill
from typing import Final

from streamwarden.adapters.destinations import DESTINATION_KINDS
from streamwarden.domain.expressions.shape import DOCUMENT, EVENT
from streamwarden.domain.notifications.kinds import DestinationKind
from streamwarden.domain.rules import RULE_KINDS, Check
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.actions import NOTIFY
from streamwarden_cli.policy.reference.glossary import ACTIONS, MODES, NOTIFYING, SEVERITIES
from streamwarden_cli.policy.reference.kinds import (
    Kind,
    Parameter,
    all_kinds,
    options_in_words,
)
from streamwarden_cli.policy.reference.shipped import example_of
from streamwarden_cli.policy.reference.vocabulary import functions, members

_WIDTH: Final = 100
_BLANKS: Final = re.compile(r"\n{3,}")


def rendered() -> str:
    text = "\n".join(line for section in _sections() for line in section)
    return _BLANKS.sub("\n\n", text).strip()


def _sections() -> Iterator[Iterator[str]]:
    yield _words()
    yield _destinations()
    yield _expressions()
    yield _kinds()


def _words() -> Iterator[str]:
    yield from _heading("## Actions")
    yield from (_item(f"`{action}`: {meaning}") for action, meaning in ACTIONS.items())
    yield _item(f"`{NOTIFY}`: {NOTIFYING}")
    yield from _heading("## Modes and severities")
    yield from (_item(f"`{mode}`: {meaning}.") for mode, meaning in MODES.items())
    yield ""
    yield from (_item(f"`{severity}`: {meaning}.") for severity, meaning in SEVERITIES.items())


def _destinations() -> Iterator[str]:
    yield from _heading("## Kinds of destinations")
    head = ("kind", "what people get", "`secret` holds", "`target` is")
    yield from _table(head, (_destination(*each) for each in DESTINATION_KINDS.items()))
    options = [(word, each) for word in DESTINATION_KINDS for each in options_in_words(word)]
    if options:
        yield ""
        yield from _table(
            ("kind", "option", "type", "default", "what it says"),
            ((f"`{word}`", *_parameter(each), each.about) for word, each in options),
        )


def _destination(word: str, kind: DestinationKind) -> tuple[str, ...]:
    target = f"{kind.target}; it may be left out" if kind.is_target_optional else kind.target
    return f"`{word}`", kind.meaning, kind.secret or "nothing", target or "nothing"


def _expressions() -> Iterator[str]:
    yield from _heading("## What expressions see")
    yield from _table(("name", "type", "what it is"), members(DOCUMENT))
    yield from _heading("## Functions of expressions")
    yield "Beside [those of JMESPath](https://jmespath.org/specification.html#built-in-functions):"
    yield ""
    yield from _table(("function", "what it gives", "example"), functions())
    listening = [f"`{kind.event_condition}` of `{word}`" for word, kind in _listening()]
    yield from _heading(f"## What {format_list(listening, last='and')} sees")
    yield from _table(("name", "type", "what it is"), members(EVENT))


def _listening() -> Iterator[tuple[str, type[Check]]]:
    """The rule kinds with a condition about events."""
    return ((word, kind) for word, kind in RULE_KINDS.items() if kind.event_condition)


def _kinds() -> Iterator[str]:
    yield from _heading("## Rule kinds")
    yield from _table(
        ("kind", "what it demands"),
        ((f"[`{each.name}`](#{each.name})", each.demand) for each in all_kinds()),
    )
    for family, kinds in groupby(all_kinds(), attrgetter("family")):
        yield from _heading(f"## Kinds about {family.replace('_', ' ')}")
        for kind in kinds:
            yield from _kind(kind)


def _kind(kind: Kind) -> Iterator[str]:
    yield from _heading(f"### `{kind.name}`")
    yield fill(f"{kind.demand} {kind.details}", _WIDTH, break_long_words=False)
    yield ""
    if kind.parameters:
        yield from _table(("parameter", "type", "default", "what it says"), _parameters(kind))
        yield ""
    yield _item(f"Data: {kind.data}")
    yield _item(f"Costs: {kind.cost.removeprefix('Costs ')}")
    yield _item(f"Actions: {', '.join(f'`{each}`' for each in (*kind.actions, NOTIFY))}.")
    example = example_of(kind.name)
    if example is not None:
        yield from ("", f"In `policies/{example.file.name}`:", "", "```yaml", example.text, "```")


def _parameters(kind: Kind) -> Iterator[tuple[str, ...]]:
    for each in kind.parameters:
        # What the kind demands stands just above.
        yield *_parameter(each), each.about.replace(kind.demand, "").strip()


def _parameter(each: Parameter) -> tuple[str, str, str]:
    default = "required" if each.is_required else f"`{each.default}`" * bool(each.default)
    return f"`{each.name}`", each.type, default


def _item(text: str) -> str:
    return fill(f"- {text}", _WIDTH, subsequent_indent="  ", break_long_words=False)


def _heading(text: str) -> tuple[str, ...]:
    return "", text, ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(cell.replace('|', '\\|') for cell in row)} |" for row in rows)
