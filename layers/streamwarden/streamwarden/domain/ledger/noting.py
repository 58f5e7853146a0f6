"""What of a decision is written into the ledger: what people may ask for later.

That is what changed by it: breaches, requests and reports. What stays as it was is not written, so
that an input that changes nothing costs nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import replace
from datetime import datetime
from itertools import chain
from typing import Final, assert_never

import msgspec

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.quarantine import QUARANTINE
from streamwarden.domain.actions.stop import STOP
from streamwarden.domain.brief import brief
from streamwarden.domain.commands import (
    AnyCommand,
    Command,
    EndSilence,
    SilenceIncidents,
    names_rule,
    word_of,
)
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.events import ApiCall, Received
from streamwarden.domain.inputs import (
    ActionFinished,
    BreakerTripped,
    Input,
    NotificationHandled,
    RotationObserved,
    detail_type_of,
)
from streamwarden.domain.ledger.entry import (
    MOST_BYTES,
    MOST_CAUSES,
    Cause,
    Delivery,
    Entry,
    Grounds,
    Noted,
    What,
    short,
)
from streamwarden.domain.notifications.delivery import short_name_of
from streamwarden.domain.notifications.routing import NO_ROUTE
from streamwarden.domain.notifications.silences import silenced_in_words
from streamwarden.domain.observations.controls import silence_from
from streamwarden.domain.state.orders import Orders, Quarantine
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Breach, Notification, Verdict, action_id

# In bytes of JSON. All bounds of an entry with one thing noted add up to less than it may have.
_LONGEST_WORD: Final = 40
_NAME_BYTES: Final = 100
_ID_BYTES: Final = 240
_AUTHOR_BYTES: Final = 180
_REASON_BYTES: Final = 800
# A whole key, unless its rule and its subject are of many bytes.
_INCIDENT_BYTES: Final = 260
# What its place in the chain needs, which an entry does not have yet.
_FRAME_BYTES: Final = 240
# With each entry of 5 KB, far below what one transaction takes (100 items, 4 MB).
_MOST_ENTRIES: Final = 40

_NO_GROUNDS: Final[Mapping[str, Grounds]] = {}

# An input that is noted for its own sake, and not for what follows from it.
type Report = ActionFinished | RotationObserved | BreakerTripped | NotificationHandled | AnyCommand


def entries_of(
    resource_arn: str,
    before: Standing,
    decision: Decision,
    inputs: Sequence[Input],
    reports: Sequence[Report],
    decided_under: str,
    now: datetime,
    unrouted: Sequence[Notification] = (),
    grounds: Mapping[str, Grounds] = _NO_GROUNDS,
) -> tuple[Entry, ...]:
    """The entries that a decision asks for, not yet in their place in the chain.

    `reports` are those of the inputs that are noted for their own sake. `unrouted` are the
    notifications that no route leads to a destination. `grounds` are those of what is new, by rule.
    """
    frame = Entry(
        resource_arn=resource_arn,
        at=now,
        decided_under=decided_under,
        causes=_causes(inputs),
        inputs=len(inputs),
    )
    noted = _noted(resource_arn, before, decision, reports, grounds)
    return _packed(frame, chain(noted, map(_unrouted, unrouted)))


def not_noted(
    handled: Iterable[NotificationHandled], entries: Iterable[Entry]
) -> list[NotificationHandled]:
    """Those that the entries do not have yet, each once. They may arrive again at any time."""
    known = {_news(each) for entry in entries for each in entry.noted}
    new: dict[tuple[str, ...], NotificationHandled] = {}
    for each in handled:
        news = _news(_bounded(_handled(each)))
        if news not in known:
            new.setdefault(news, each)
    return [*new.values()]


def _news(noted: Noted) -> tuple[str, ...]:
    """What is the same of a report that is made again. Its moment is another, and of a message
    that is finished in two parts the reason, too."""
    given = noted.delivery
    if given is None:
        return ()
    why = given.message_id or noted.reason
    return noted.what, given.destination, given.notification, why


def _noted(
    resource_arn: str,
    before: Standing,
    decision: Decision,
    reports: Iterable[Report],
    grounds: Mapping[str, Grounds],
) -> Iterator[Noted]:
    """Causes before effects: what was done, what is over, what is new, what is asked for."""
    standings = (before, decision.standing)
    yield from (_reported(resource_arn, each, standings) for each in reports)
    yield from (
        Noted(what=What.DEPLOYED, reason=each.text)
        for each in decision.notifications
        if each.deployment is not None
    )
    verdicts = {each.rule_id: each for each in decision.verdicts}
    yield from (_breach(What.RESOLVED, each, verdicts) for each in decision.resolved)
    yield from (
        replace(_breach(What.OPENED, each, verdicts), grounds=grounds.get(each.rule_id))
        for each in decision.opened
    )
    yield from (
        _breach(What.MODE_CHANGED, each, verdicts) for each in _modes_changed(before, decision)
    )
    yield from _held_back(before, decision)
    yield from _of_orders(before.orders, decision.standing.orders)
    for action in decision.actions:
        verdict = verdicts.get(action.rule_id)
        yield Noted(
            what=What.REQUESTED,
            reason=action.reason,
            rule_id=action.rule_id,
            mode=verdict.mode if verdict else None,
            subject=verdict.finding.subject.id if verdict else "",
            stream_id=action.stream_id or "",
            action=action.kind,
            action_id=action.id,
            attempt=action.attempt,
            grounds=grounds.get(action.rule_id),
        )


def _modes_changed(before: Standing, decision: Decision) -> Iterator[Breach]:
    """The open breaches whose rule may now go less far, or further, than before."""
    for key, breach in decision.breaches.items():
        earlier = before.breaches.get(key)
        if earlier is not None and earlier.mode is not breach.mode:
            yield breach


def _held_back(before: Standing, decision: Decision) -> Iterator[Noted]:
    """What a brake begins to hold, and what it lets go while the breach is open."""
    for key, breach in decision.breaches.items():
        earlier = before.breaches.get(key)
        held_before = earlier.held if earlier else ""
        if bool(breach.held) is not bool(held_before):
            yield Noted(
                what=What.HELD if breach.held else What.RELEASED,
                reason=breach.held or "nothing holds the action back any more",
                rule_id=breach.rule_id,
                mode=breach.mode,
                subject=breach.subject,
                stream_id=breach.stream_id or "",
            )


def _of_orders(before: Orders, after: Orders) -> Iterator[Noted]:
    """What holds an order, and what became of one that no action was requested for, or in vain.

    What was done, the report of its action says.
    """
    held_before = before.quarantine.held if before.quarantine else ""
    if after.quarantine is not None and bool(after.quarantine.held) is not bool(held_before):
        yield Noted(
            what=What.HELD if after.quarantine.held else What.RELEASED,
            reason=after.quarantine.held or "nothing holds the quarantine back any more",
            rule_id=after.quarantine.rule_id,
            action=QUARANTINE,
        )
    outcomes = (
        (STOP, before.stop_outcome, after.stop_outcome),
        (QUARANTINE, before.outcome, after.outcome),
    )
    for action, known, outcome in outcomes:
        if outcome is not None and outcome != known and outcome.status is not OutcomeStatus.DONE:
            is_held = outcome.status is OutcomeStatus.HELD
            yield Noted(
                what=What.HELD if is_held else What.FINISHED,
                reason=outcome.reason,
                action=action,
                answer=outcome.status,
            )


def _breach(what: What, breach: Breach, verdicts: Mapping[str, Verdict]) -> Noted:
    verdict = verdicts.get(breach.rule_id)
    return Noted(
        what=what,
        reason=verdict.finding.reason if verdict else "the policy does not have the rule any more",
        rule_id=breach.rule_id,
        mode=breach.mode,
        subject=breach.subject,
        stream_id=breach.stream_id or "",
    )


def _reported(resource_arn: str, given: Report, standings: Iterable[Standing]) -> Noted:
    match given:
        case Command():
            return Noted(
                what=What.COMMANDED,
                reason=_ordered(given),
                rule_id=names_rule(given),
                action=word_of(given),
            )
        case BreakerTripped():
            reason = "too many actions in a short time; the breaker of the rule has tripped"
            return Noted(what=What.TRIPPED, reason=reason, rule_id=given.rule_id)
        case RotationObserved():
            return _rotation(given)
        case ActionFinished():
            return _finished(resource_arn, given, standings)
        case NotificationHandled():
            return _handled(given)
        case _:
            assert_never(given)


def _handled(given: NotificationHandled) -> Noted:
    return Noted(
        what=What(given.handling),
        reason=given.reason,
        rule_id=given.rule_id,
        stream_id=given.stream_id or "",
        delivery=Delivery(
            incident=given.incident,
            status=given.status,
            notification=given.notification,
            at=given.time,
            destination=given.destination,
            message_id=given.message_id,
        ),
    )


def _unrouted(notification: Notification) -> Noted:
    return Noted(
        what=What.NOT_SENT,
        reason=NO_ROUTE,
        rule_id=notification.rule_id,
        stream_id=notification.stream_id or "",
        delivery=Delivery(
            incident=notification.incident,
            status=notification.status,
            notification=short_name_of(notification),
            at=notification.at,
        ),
    )


def _ordered(command: AnyCommand) -> str:
    """Why it was given, and what it is about, where that is no rule and no channel alone."""
    match command:
        case SilenceIncidents(until=until):
            matched = silenced_in_words(silence_from(command))
            return (
                f"silence {command.silence_id} of {matched}, until {until:%Y-%m-%d %H:%M} UTC: "
                f"{command.reason}"
            )
        case EndSilence(silence_id=silence_id):
            return f"silence {silence_id} ends: {command.reason}"
        case _:
            return command.reason


def _rotation(given: RotationObserved) -> Noted:
    if not given.is_finished:
        reason = "a rotation of the stream key has begun"
        return Noted(what=What.REQUESTED, reason=reason, action="rotate_key")
    needless = "the channel has its stream key" if given.is_needless else ""
    return Noted(
        what=What.FINISHED,
        reason=needless or "the new stream key is published",
        action="rotate_key",
        answer=OutcomeStatus.NOTHING_TO_DO if needless else OutcomeStatus.DONE,
    )


def _finished(resource_arn: str, given: ActionFinished, standings: Iterable[Standing]) -> Noted:
    answered = Noted(
        what=What.FINISHED,
        reason=given.outcome.reason,
        action=_kind_of(given.action_id),
        action_id=given.action_id,
        answer=given.outcome.status,
    )
    known = tuple(standings)
    breaches = (_requesting(resource_arn, given.action_id, each) for each in known)
    breach = next(filter(None, breaches), None)
    if breach is None:
        rule_id, subject = _rule_and_subject_of(given.action_id)
        quarantines = (each.orders.quarantine for each in known)
        rule_id = rule_id or _rule_of_quarantine(given.action_id, quarantines)
        incident = next(filter(None, (each.incidents.get(rule_id) for each in known)), None)
        mode = incident.mode if incident else None
        return replace(answered, rule_id=rule_id, mode=mode, subject=subject)
    return replace(
        answered,
        rule_id=breach.rule_id,
        mode=breach.mode,
        subject=breach.subject,
        stream_id=breach.stream_id or "",
    )


def _rule_of_quarantine(requested: str, quarantines: Iterable[Quarantine | None]) -> str:
    """The rule that asks for it; empty where an operator does."""
    asked = {each.asked.action_id: each.rule_id for each in quarantines if each and each.asked}
    return asked.get(requested, "")


def _requesting(resource_arn: str, wanted: str, standing: Standing) -> Breach | None:
    """The open breach that requested the action."""
    for breach in standing.breaches.values():
        if any(action_id(resource_arn, breach, key) == wanted for key in breach.requests):
            return breach
    return None


def _rule_and_subject_of(requested: str) -> tuple[str, str]:
    """What the action of a rule was about: its id says so, however long the breach is over.

    Empty for an order, whose id names none (see `_kind_of`).
    """
    before, _, after = requested.rpartition("@")
    if _word_behind_moment(after) not in ACTION_KINDS:
        return "", ""
    rule_id, _, subject = before.partition("/")[2].partition("/")
    return rule_id, subject


def _kind_of(requested: str) -> str:
    """The word of the action kind: it ends the id of a rule's action (`…@{moment}/{kind}`), and
    stands before the moment in that of an order (`…/{kind}@{moment}/{part}`)."""
    before, _, after = requested.rpartition("@")
    last = _word_behind_moment(after)
    words = (last, before.rpartition("/")[2])
    return next((each for each in words if each in ACTION_KINDS), brief(last, _LONGEST_WORD))


def _word_behind_moment(end: str) -> str:
    return end.partition("/")[2].partition("/")[0]


def _causes(inputs: Sequence[Input]) -> tuple[Cause, ...]:
    """The last of them."""
    return tuple(sorted(map(_cause, inputs), key=lambda cause: cause.at)[-MOST_CAUSES:])


def _cause(given: Input) -> Cause:
    match given:
        case ApiCall():
            author = given.user_arn or given.role_arn or given.caller_name
            return _received(given, given.called_at, author)
        case Received():
            return _received(given, given.envelope.time)
        case ActionFinished():
            name = detail_type_of(given)
            return Cause(name=name, at=given.time, id=short(given.action_id, _ID_BYTES))
        case Command():
            return Cause(
                name=word_of(given),
                at=given.time,
                author=short(given.author.id, _AUTHOR_BYTES),
                claimed_arn=short(given.author.claimed_arn, _AUTHOR_BYTES),
            )
        case _:
            return Cause(name=detail_type_of(given), at=given.time)


def _received(given: Received, at: datetime, author: str = "") -> Cause:
    name = str(getattr(given, "name", "") or given.envelope.detail_type)
    return Cause(
        name=short(name, _NAME_BYTES),
        at=at,
        id=short(given.envelope.id, _NAME_BYTES),
        author=short(author, _AUTHOR_BYTES),
    )


def _packed(frame: Entry, noted: Iterable[Noted]) -> tuple[Entry, ...]:
    """As few entries as hold all of it, none above its bound; `frame` has what they share."""
    shared = len(msgspec.json.encode(frame)) + _FRAME_BYTES
    groups: list[list[Noted]] = []
    size, left_out = MOST_BYTES, 0
    for each in map(_bounded, noted):
        own = len(msgspec.json.encode(each)) + 1
        if size + own > MOST_BYTES:
            if len(groups) == _MOST_ENTRIES:
                left_out += 1
                continue
            groups.append([])
            size = shared
        groups[-1].append(each)
        size += own
    entries = [replace(frame, noted=tuple(group)) for group in groups]
    if left_out:
        entries[-1] = replace(entries[-1], left_out=left_out)
    return tuple(entries)


def _bounded(noted: Noted) -> Noted:
    return replace(
        noted,
        reason=short(noted.reason, _REASON_BYTES),
        rule_id=short(noted.rule_id, _NAME_BYTES),
        subject=short(noted.subject, _ID_BYTES),
        stream_id=short(noted.stream_id, _NAME_BYTES),
        action_id=short(noted.action_id, _ID_BYTES),
        delivery=noted.delivery and _bounded_delivery(noted.delivery),
    )


def _bounded_delivery(given: Delivery) -> Delivery:
    return replace(
        given,
        incident=short(given.incident, _INCIDENT_BYTES),
        status=short(given.status, _NAME_BYTES),
        notification=short(given.notification, _NAME_BYTES),
        destination=short(given.destination, _NAME_BYTES),
        message_id=short(given.message_id, _NAME_BYTES),
    )
