"""`policy explain RULE`: a rule in words, with what its kind says of itself filled in."""

from collections.abc import Iterator, Set

from msgspec import structs

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.duration import format_duration
from streamwarden.domain.globs import format_texts
from streamwarden.domain.policy import Step
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Mode, PlannedAction
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.carried import describe_carried
from streamwarden_cli.policy.document import RuleDocument
from streamwarden_cli.policy.parsed import ParsedRule
from streamwarden_cli.policy.reference.glossary import MODES, SEVERITIES
from streamwarden_cli.policy.reference.kind_page import capitalised, format_cost
from streamwarden_cli.policy.reference.kinds import format_value, kind_of
from streamwarden_cli.policy.reference.pages import Page, Section, Style
from streamwarden_cli.policy.reference.shipped import comment_above


def explain_rule(rule: ParsedRule, text: str, reason: str | None) -> Page:
    """`text` is the policy as it is written, `reason` what a breach of the rule would say."""
    kind, document = kind_of(rule.document.kind), rule.document
    line = rule.source.lines(("rules", rule.index)).start + 1
    return Page(
        f"{rule.id} ({kind.name}, {rule.source.filename}:{line})",
        (
            Section("Why", (document.description, comment_above(text, rule.source, rule.index))),
            Section("What it demands", (f"{kind.demand} {kind.details}",)),
            Section("With", tuple(_parameters(rule)), Style.LIST),
            Section("About", (_about(rule), *_exempt(rule)), Style.LIST),
            Section("How far", (_how_far(document),)),
            Section("What it does", tuple(_steps(rule)), Style.LIST),
            Section("How long", tuple(_spans(rule)), Style.LIST),
            Section("Severity", (f"{document.severity}: {SEVERITIES[document.severity]}",)),
            Section("Owner", (document.owner,)),
            Section("Runbook", (document.runbook,)),
            Section("Data", (capitalised(kind.data),)),
            Section("Costs", (format_cost(kind),)),
            Section("A breach would say", (f'"{reason}"' if reason else "",)),
        ),
    )


def _how_far(document: RuleDocument) -> str:
    if not document.enabled:
        return "nowhere: the rule is switched off (`enabled: false`)"
    return f"{document.mode}: {MODES[document.mode]}"


def _parameters(rule: ParsedRule) -> Iterator[str]:
    check, given = rule.document.params, rule.raw.get("params") or {}
    for field in structs.fields(check):
        value = format_value(getattr(check, field.name))
        if value:
            yield f"{field.name}: {value}{'' if field.name in given else ' (default)'}"


def _about(rule: ParsedRule) -> str:
    judged = _judged(rule.document.params.judges)
    conditions = list(_conditions(rule))
    return f"{judged} where {format_list(conditions, last='and')}" if conditions else judged


def _judged(judges: Set[ResourceType]) -> str:
    if judges >= set(ResourceType) - {ResourceType.STREAM_KEY}:
        return "whatever an event is about"
    return format_list(
        [f"every {noun}" for noun in sorted(each.noun for each in judges)], last="and"
    )


def _conditions(rule: ParsedRule) -> Iterator[str]:
    match, when = rule.document.match, rule.document.when
    for key, globs in match.tags.items():
        yield (
            f"there is a tag {key!r}"
            if globs == ("*",)
            else f"the tag {key!r} is {format_texts(globs)}"
        )
    for name in ("name", "type", "arn", "region", "account"):
        if globs := getattr(match, name):
            yield f"the {name} is {format_texts(globs)}"
    if when:
        yield f"`{when}` holds"


def _exempt(rule: ParsedRule) -> Iterator[str]:
    exemption = rule.document.exemption
    if exemption is None:
        return
    end = f", until {exemption.until:%Y-%m-%d %H:%M} UTC" if exemption.until else ""
    yield f"exempt where `{exemption.condition}` holds{end}"


def _steps(rule: ParsedRule) -> Iterator[str]:
    steps, mode = rule.compiled.steps, rule.document.mode
    if not steps and rule.compiled.on_repeat is None:
        yield "nothing" if mode is Mode.OBSERVE else "nothing but telling people"
        return
    if mode is Mode.OBSERVE:
        yield "nothing while its mode is observe"
        yield from (f"with mode enforce, {_when(step)}: {_does(step)}" for step in steps)
        yield from (f"with mode enforce, {each}" for each in _on_repeat(rule))
        return
    if not steps or steps[0].after:
        yield "at once: tells people"
    describe = _does if mode is Mode.ENFORCE else _would_do
    yield from (f"{_when(step)}: {describe(step)}" for step in steps)
    yield from _on_repeat(rule)


def _on_repeat(rule: ParsedRule) -> Iterator[str]:
    repeat = rule.compiled.on_repeat
    if repeat is None:
        return
    does = ", then ".join(map(_action, repeat.do)) or "tells people"
    if rule.document.mode is Mode.NOTIFY and repeat.do:
        does = f"nothing more; with mode enforce: {does}"
    within = format_duration(repeat.within)
    is_about_streams = Trait.ON_AIR in rule.document.params.traits
    stream = f"stream {repeat.times} in breach, or on " if is_about_streams else ""
    yield f"on {stream}breach {repeat.times}, within {within}: {does}"


def _spans(rule: ParsedRule) -> Iterator[str]:
    compiled = rule.compiled
    if compiled.hold:
        yield f"it counts as a breach after {format_duration(compiled.hold)} without a gap"
    if compiled.keep and rule.document.mode is not Mode.OBSERVE:
        kept = format_duration(compiled.keep)
        yield f"breaches within {kept} of each other are one incident, which is told once"


def _when(step: Step) -> str:
    return f"after {format_duration(step.after)} of breach" if step.after else "at once"


def _does(step: Step) -> str:
    return ", then ".join(map(_action, step.do)) or _notifies(step)


def _would_do(step: Step) -> str:
    return f"{_notifies(step)}; with mode enforce: {_does(step)}" if step.do else _notifies(step)


def _notifies(step: Step) -> str:
    return "tells people again" if step.after else "tells people"


def _action(action: PlannedAction) -> str:
    lasts = ", then ".join(map(format_duration, action.spans))
    message = describe_carried(action, action.text or lasts)
    return f"{action.kind} ({message})" if message else str(action.kind)
