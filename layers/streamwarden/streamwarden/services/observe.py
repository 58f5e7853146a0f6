"""Observe one resource: load, merge, decide, save, hand over. The one writer of records.

The order makes a crash at any point harmless. Actions and notifications are saved with the decision
that asked for them and handed over after it, so that a run which dies in between is finished by
the next one. A timer is set before the save that remembers it, since a timer too many only looks
once more. A stop waits for no timer: what is handed over goes first.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streamwarden.domain.arn import ResourceType, place_of, resource_type_of
from streamwarden.domain.brief import brief
from streamwarden.domain.commands import (
    AcknowledgeIncident,
    AnyCommand,
    Command,
    ReleaseBreaker,
    names_rule,
)
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, first_of, undecided
from streamwarden.domain.events import Received
from streamwarden.domain.inputs import (
    BreakerTripped,
    DeploymentObserved,
    Input,
    NotificationHandled,
    Recheck,
    StreamsCounted,
)
from streamwarden.domain.ivs import Api
from streamwarden.domain.listed_types import api_of
from streamwarden.domain.notifications.baseline import with_baseline
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.policy import Policy, RuleSet
from streamwarden.domain.policy_outline import decided_under
from streamwarden.domain.state.airtime import LastAired, last_aired
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.state.retention import Interests, admitted, retained
from streamwarden.domain.state.stale_session import stale_session
from streamwarden.domain.verdicts import Mode
from streamwarden.services.controls import Rechecks
from streamwarden.services.errors import PermanentError, TemporaryError, VersionConflict
from streamwarden.services.ledger import with_entries
from streamwarden.services.ports import (
    BackOff,
    Clock,
    ObservedControls,
    Outbox,
    RecordStore,
    Timers,
)
from streamwarden.services.records import PendingMessages, Record
from streamwarden.services.requests import requested_after

# Several observers may write one channel at once: a burst of events in three queues.
_ATTEMPTS: Final = 8
# A timer that is further ahead of the clock says nothing of the time.
_CLOCKS_DIFFER: Final = timedelta(minutes=1)


# What concerns an account, or a record that there is, also where no rule is about it.
_CONTROLS: Final = (
    BreakerTripped,
    Command,
    DeploymentObserved,
    NotificationHandled,
    Recheck,
    StreamsCounted,
)


type RecordDecision = Callable[[str, Sequence[Input], Decision], None]


def _record_nothing(resource_arn: str, inputs: Sequence[Input], decision: Decision) -> None:
    """Nobody asks."""


def _begin_anew(resource_arn: str, reason: str) -> None:
    """Nobody asks."""


class Observer(Struct, frozen=True, kw_only=True):
    """Everything a channel's observation needs. `max_mode` is the mode of the whole stack.

    `rechecks` has an observer that takes commands, and no other one. `record` is told of each
    decision once it is saved, whatever fails afterwards. `begin_anew` is told of each record that
    cannot be read, and why: what is saved next takes its place.
    """

    store: RecordStore
    controls: ObservedControls
    timers: Timers
    outbox: Outbox
    policy: Policy
    max_mode: Mode
    clock: Clock
    back_off: BackOff
    rechecks: Rechecks | None = None
    record: RecordDecision = _record_nothing
    begin_anew: Callable[[str, str], None] = _begin_anew

    def subject_of(self, given: Input) -> str | None:
        """The resource whose record takes the input in; None if it matters to no rule.

        A stream key has no record of its own: what concerns it concerns its channel. A timer of
        a record that the policy has lost interest in lets it close its breaches.
        Raises TemporaryError, and PermanentError for a command about a rule or an incident that
        there is not.
        """
        if isinstance(given, Command):
            self._check_rule(given)
        if isinstance(given, AcknowledgeIncident):
            self._check_incident(given)
        arn = given.resource_arn or ""
        if resource_type_of(arn) is ResourceType.STREAM_KEY:
            arn = self.store.channel_of(arn) or ""
        match resource_type_of(arn):
            case None:
                return None
            case ResourceType.CHANNEL:
                return arn
            case _:
                return arn if self._is_relevant(arn, given) else None

    def _is_relevant(self, arn: str, given: Input) -> bool:
        """A stage says much that nobody listens for: what changes nothing must cost no write."""
        rule_set = self._rules_about(arn)
        if isinstance(given, Received):
            return rule_set.is_relevant(given)
        is_control = isinstance(given, _CONTROLS)
        return bool(rule_set.rules) or is_control

    def _check_rule(self, command: AnyCommand) -> None:
        rule_id = names_rule(command)
        if not rule_id or any(rule.id == rule_id for rule in self.policy.rules):
            return
        if not self._has_tripped(command, rule_id):
            raise PermanentError(f"the deployed policy has no rule {brief(rule_id, 64)!r}")

    def _check_incident(self, command: AcknowledgeIncident) -> None:
        """What was acknowledged may be over when its command comes a second time."""
        record, rule_id = self.store.load(command.resource_arn), command.rule_id
        controls = record.state.controls
        taken = controls.acknowledgements.get(rule_id) if controls else None
        if rule_id in record.standing.incidents or (taken and taken.at == command.time):
            return
        raise PermanentError(f"rule {rule_id} has no open incident on {command.resource_arn}")

    def _has_tripped(self, command: AnyCommand, rule_id: str) -> bool:
        """A rule may be renamed or deleted while people are paged of its breaker."""
        if not isinstance(command, ReleaseBreaker):
            return False
        return rule_id in self.controls.of(place_of(command.resource_arn)).tripped

    def _rules_about(self, arn: str) -> RuleSet:
        resource = resource_type_of(arn)
        return self.policy.about(resource) if resource else RuleSet()

    def observe(self, resource_arn: str, inputs: Sequence[Input]) -> Decision:
        """Take in what the inputs say and do what follows. Raises TemporaryError."""
        (before, controls), has_set_timer = self._load(resource_arn, inputs), False
        if before.unreadable and not _only_tell_of_notifications(inputs):
            self.begin_anew(resource_arn, before.unreadable)
        for attempt in range(_ATTEMPTS):
            try:
                return self._observe(before, controls, inputs, has_set_timer=has_set_timer)
            except VersionConflict as lost:
                has_set_timer = has_set_timer or isinstance(lost, _LostTimer)
                self.back_off(attempt)
                # After the first race there is no wait, in which what was found could become old.
                if attempt == 0 and lost.found is not None:
                    before = lost.found
                else:
                    before, controls = self._load(resource_arn, inputs)
        raise TemporaryError(f"{resource_arn} was changed by others {_ATTEMPTS} times in a row")

    def _load(self, resource_arn: str, inputs: Sequence[Input]) -> tuple[Record, AccountControls]:
        """The record, and what operators have set for its account and region where it matters.

        A command that releases a brake has held channels decided again within moments, so that
        a remembered brake would hold them for good.
        """
        is_of_account = resource_type_of(resource_arn) is ResourceType.ACCOUNT
        if is_of_account or _only_tell_of_notifications(inputs):
            return self.store.load(resource_arn), NO_CONTROLS
        is_asked_again = any(isinstance(each, Recheck) for each in inputs)
        return self.controls.load_with(self.store, resource_arn, afresh=is_asked_again)

    def _observe(
        self,
        before: Record,
        controls: AccountControls,
        inputs: Sequence[Input],
        *,
        has_set_timer: bool,
    ) -> Decision:
        resource_arn = before.state.arn
        if _only_tell_of_notifications(inputs):
            return self._note(before, inputs)
        fired = [each.time for each in inputs if isinstance(each, Recheck)]
        now = _moment(self.clock(), fired)
        rules = self._rules_about(resource_arn)
        observed = admitted(apply_inputs(before.state, inputs, rules.matchers), before.state)
        if resource_type_of(resource_arn) is ResourceType.ACCOUNT:
            # What its own record says is newer than any reading.
            controls = observed.account_controls or NO_CONTROLS
        decision = decide(observed, before.standing, self.policy, now, self.max_mode, controls)
        state = retained(
            observed,
            before.state,
            decision.standing.awaited(resource_arn),
            rules.interests,
            now,
        )
        under = decided_under(self.policy.digest, self.max_mode, controls)
        notifications = with_baseline(
            decision.notifications,
            inputs,
            {each.rule_id: each.since for each in decision.opened},
            is_first_decision=under != before.decided_under,
        )
        after = replace(
            before,
            unreadable="",
            state=state,
            standing=decision.standing,
            pending=before.pending
            + PendingMessages(actions=decision.actions, notifications=notifications),
            requested=requested_after(before, observed, decision, now),
            timer_at=_running_timer(before, fired, now),
            decided_under=under,
            aired=_aired(state, rules.interests),
            is_swept=_is_swept(state, rules),
        )
        after = with_entries(
            after,
            before,
            inputs,
            decision,
            now,
            lambda: self.store.newest_entries(resource_arn),
            self.policy.routing.unrouted(notifications),
            rules.rules,
            observed,
        )
        is_saved = bool(after.pending)
        if is_saved:
            before = self._save(after, before)
            try:
                self.outbox.send(before.pending.naming_lost_notifications())
            finally:
                self.record(resource_arn, inputs, decision)
            after = replace(before, pending=PendingMessages())
        obstacle = self._save_with_timer(after, before, decision, has_set_timer)
        if not is_saved:
            self.record(resource_arn, inputs, decision)
        if self.rechecks is not None:
            self.rechecks.follow(resource_arn, inputs, after.decided_under)
        if obstacle is not None:
            raise obstacle
        return decision

    def _note(self, before: Record, inputs: Sequence[Input]) -> Decision:
        """What became of notifications is noted, and nothing is decided by it: so that no
        notification ever follows from one. Of a resource that is forgotten nothing is noted, nor
        of one that a newer version can read: the note would take the place of all that it knows."""
        nothing = undecided(before.standing)
        if before.version and not before.unreadable:
            after = with_entries(
                before,
                before,
                inputs,
                nothing,
                self.clock(),
                lambda: self.store.newest_entries(before.state.arn),
            )
            self._save(after, before)
        return nothing

    def _save_with_timer(
        self, after: Record, before: Record, decision: Decision, has_set_timer: bool
    ) -> TemporaryError | PermanentError | None:
        """One timer per channel; one that fires earlier will do, since it looks and sets again.

        Once this observer has set one and lost the race, the schedule may be its own, and later
        than the one that the winner saved. It is set again then.
        What keeps a timer from being set must not hold up the save: it is raised afterwards, so
        that the input comes again and the timer with it.
        """
        running, obstacle = after.timer_at, None
        wanted = first_of([running, decision.recheck_at])
        if wanted is None or (wanted == running and not has_set_timer):
            self._save(after, before)
            return None
        try:
            self.timers.set(after.state.arn, wanted)
            after = replace(after, timer_at=wanted)
        except (TemporaryError, PermanentError) as failed:
            obstacle = failed
        try:
            self._save(after, before)
        except VersionConflict as lost:
            raise _LostTimer(after.state.arn, lost.found) from lost
        return obstacle

    def _save(self, after: Record, before: Record) -> Record:
        """What was never observed, or is forgotten, becomes no record by being looked at."""
        is_empty = before.version == 0 and after.state == before.state and not after.pending
        return before if is_empty or after == before else self.store.save(after, before)


class _LostTimer(VersionConflict):
    """Somebody else saved first, after this observer has set the timer or tried to."""


def _is_swept(state: Resource, rules: RuleSet) -> bool:
    """A busy account has new stages and compositions every minute, and where no rule is about their
    tags, only events tell of them."""
    is_other = resource_type_of(state.arn) is ResourceType.OTHER
    is_passing = is_other or api_of(state.arn) is Api.REAL_TIME
    return not is_passing or not rules.only_matches_events or Facts(state).is_gone


def _aired(state: Resource, interests: Interests) -> Mapping[str, LastAired]:
    """What sweeps add up of its airtime; nothing where no rule has channels counted together.

    Sweeps count a live stream from its start, so it is left out, but not a stale session.
    """
    periods = interests.shared_periods
    if not periods:
        return {}
    facts = Facts(state)
    is_stale = stale_session(facts) is not None
    return last_aired(state.airtime if is_stale else facts.aired_before, periods)


def _only_tell_of_notifications(inputs: Sequence[Input]) -> bool:
    return bool(inputs) and all(isinstance(each, NotificationHandled) for each in inputs)


def _moment(clock: datetime, fired: Sequence[datetime]) -> datetime:
    """When it is by the later of two clocks: ours, and the one by which a timer has fired.

    A timer that fires a little early by our clock would otherwise find nothing to do.
    """
    return max([clock, *[each for each in fired if each - clock <= _CLOCKS_DIFFER]])


def _running_timer(before: Record, fired: Sequence[datetime], now: datetime) -> datetime | None:
    """The timer that is set and has not fired, however early it did."""
    at = before.timer_at
    return at if at is not None and at > now and at not in fired else None
