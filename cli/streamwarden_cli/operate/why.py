"""`streamwarden why`: the verdict of each rule with its reason, what was done, and who asked."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from streamwarden.domain.decide import decide
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls
from streamwarden.domain.verdicts import Mode, Status, Verdict
from streamwarden.services.records import Record
from streamwarden_cli.operate.grounds import format_facts
from streamwarden_cli.operate.history import values_of
from streamwarden_cli.operate.record_history import DECIDED, NOTIFIED, HistoryItem, What
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.wording import (
    SEVERITIES,
    format_ago,
    format_moment,
    format_time_of_day,
    severity_cell,
    status_cell,
)

_ORDER: Final = (
    Status.BREACH,
    Status.PENDING,
    Status.EXEMPT,
    Status.COMPLIANT,
    Status.NOT_APPLICABLE,
)


@dataclass(frozen=True, slots=True)
class Stand:
    """How a rule stood at a moment, by the last thing that was decided of it until then."""

    last: HistoryItem
    is_open: bool


def verdicts_of(
    record: Record,
    policy: Policy,
    now: datetime,
    max_mode: Mode,
    controls: AccountControls = NO_CONTROLS,
) -> tuple[Verdict, ...]:
    """What an observer would find now, from the record as it is stored."""
    decision = decide(record.state, record.standing, policy, now, max_mode, controls)
    return tuple(sorted(decision.verdicts, key=_by_weight))


def verdicts_section(verdicts: Sequence[Verdict], source: str, now: datetime) -> Section:
    return Section(
        key="verdicts",
        title=f"Verdicts now, by {source}",
        headings=("verdict", "rule", "severity", "mode", "reason"),
        rows=[_row(each, now) for each in verdicts],
        values=[
            {
                "verdict": each.status,
                "rule": each.rule_id,
                "kind": each.kind,
                "severity": each.severity,
                "mode": each.mode,
                "stream_id": each.stream_id,
                "reason": each.finding.reason,
                "recheck_at": each.finding.recheck_at,
            }
            for each in verdicts
        ],
        empty="no rule is about it",
    )


def done_section(history: Iterable[HistoryItem]) -> Section:
    """What was decided and done, and who was notified of it.

    A rule and a day that all of it shares stand in the title, and leave the reasons room.
    """
    found = [each for each in history if each.what in DECIDED | NOTIFIED]
    days = {f"{each.at.astimezone(UTC):%Y-%m-%d}" for each in found}
    rules = {each.rule_id for each in found}
    rule, day = _only(rules), _only(days)
    title = "What was decided and done" + f" for {rule}" * bool(rule) + f" on {day}" * bool(day)
    return Section(
        key="done",
        title=f"{title} (UTC)",
        headings=("time", "what", *(() if rule else ("rule",)), "mode", "by", ""),
        rows=[
            (
                format_time_of_day(each.at) if day else format_moment(each.at),
                each.what.value,
                *(() if rule else (each.rule_id,)),
                each.mode.value if each.mode else "",
                each.author,
                _with_facts(each, before),
            )
            for before, each in zip((None, *found), found, strict=False)
        ],
        values=[values_of(each) for each in found],
        empty="nothing that is still known",
    )


def _with_facts(each: HistoryItem, before: HistoryItem | None) -> str:
    """What was decided, and the facts that it rests on, unless the one before says the same."""
    if each.grounds is None or (before is not None and before.grounds == each.grounds):
        return each.text
    facts = format_facts(each.grounds)
    return f"{each.text} (facts: {facts})" if facts else each.text


def _only(texts: Set[str]) -> str:
    """The text that is the only one; empty if there are others."""
    return next(iter(texts)) if len(texts) == 1 else ""


def stands_at(history: Iterable[HistoryItem], at: datetime) -> dict[str, Stand]:
    """How each rule stood then, of those that anything had been decided of."""
    stands: dict[str, Stand] = {}
    for each in sorted(history, key=lambda each: each.at):
        if each.rule_id and each.at <= at and each.what in DECIDED:
            before = stands.get(each.rule_id)
            was_open = before.is_open if before is not None else False
            match each.what:
                case What.OPENED:
                    is_open = True
                case What.RESOLVED:
                    is_open = False
                case _:
                    is_open = was_open
            stands[each.rule_id] = Stand(each, is_open)
    return stands


def first_decision(history: Iterable[HistoryItem]) -> datetime | None:
    """When something was decided first, as far as that is still known."""
    return min((each.at for each in history if each.rule_id and each.what in DECIDED), default=None)


def stands_section(
    stands: dict[str, Stand], at: datetime, source: str, first: datetime | None = None
) -> Section:
    """`first` is when something was decided first."""
    since = f"; the first decision is of {format_moment(first)} UTC" if first is not None else ""
    return Section(
        key="stood",
        title=f"How rules stood at {format_moment(at)} UTC, by {source}",
        headings=("rule", "stood", "mode", "last decided", "by", ""),
        rows=[
            (
                rule_id,
                status_cell(Status.BREACH) if each.is_open else "no breach",
                each.last.mode.value if each.last.mode else "",
                format_moment(each.last.at),
                each.last.author,
                each.last.text,
            )
            for rule_id, each in sorted(stands.items())
        ],
        values=[
            {"rule": rule_id, "in_breach": each.is_open, "last": values_of(each.last)}
            for rule_id, each in sorted(stands.items())
        ],
        empty=f"nothing that is still known was decided by then{since}",
    )


def _by_weight(verdict: Verdict) -> tuple[int, int, str]:
    return _ORDER.index(verdict.status), SEVERITIES.index(verdict.severity), verdict.rule_id


def _row(verdict: Verdict, now: datetime) -> Row:
    again = verdict.finding.recheck_at
    rechecked = f"; rechecked {format_ago(again, now)}" if again is not None else ""
    return (
        status_cell(verdict.status),
        verdict.rule_id,
        severity_cell(verdict.severity),
        verdict.mode.value,
        f"{verdict.finding.reason}{rechecked}",
    )
