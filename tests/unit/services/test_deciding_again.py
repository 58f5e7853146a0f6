"""What was decided under another policy, mode or code is decided again, without any event."""

from copy import replace
from dataclasses import dataclass, field
from typing import Any

import pytest

from streamwarden.adapters.memory import MemoryControls, MemoryFleetIndex, MemoryInbox
from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.arn import Place, ResourceType
from streamwarden.domain.commands import LimitMode, PauseActions, ResumeActions, SetMode
from streamwarden.domain.inputs import Health, Recheck, StreamsCounted
from streamwarden.domain.needs import Needs
from streamwarden.domain.policy import CompiledRule, Policy
from streamwarden.domain.policy_outline import decided_under
from streamwarden.domain.state.controls import Sender
from streamwarden.domain.verdicts import Mode, NotificationStatus
from streamwarden.services.errors import PermanentError
from streamwarden.services.fleet_figures import FleetFigures
from streamwarden.services.records import ListedResource, Page
from streamwarden.services.sweep import Sweeper, SweepReport
from testbed import builders as build
from testbed.builders import ACCOUNT, REGION, STOP, STREAM, WHOLE_ACCOUNT, at
from tests.unit.services.fakes import FakeIvs, Harness, swept

LONG = build.compiled_rule("max_duration", {"limit": "PT4H"}, STOP)
SHORT = build.compiled_rule("max_duration", {"limit": "PT1H"}, STOP)
OBSERVED = replace(SHORT, mode=Mode.OBSERVE)
LIVE, IDLE = (f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/{name}" for name in ("live", "idle"))


def policy(digest: str, *rules: CompiledRule) -> Policy:
    return replace(build.policy_of(*rules), digest=digest)


@dataclass
class Account(Harness):
    """Channels that sweeps have found, some of them live since noon; no event ever comes."""

    live: set[str] = field(default_factory=set)
    idle: set[str] = field(default_factory=set)
    max_mode: Mode = Mode.ENFORCE
    stream_inbox: MemoryInbox = field(default_factory=MemoryInbox)
    figures: list[FleetFigures] = field(default_factory=list)
    is_listing_refused: bool = False
    change_inbox: MemoryInbox = field(default_factory=MemoryInbox)

    def resources(self, resource: ResourceType, token: str = "") -> Page[ListedResource]:
        if self.is_listing_refused:
            raise PermanentError("ivs:ListChannels: AccessDeniedException")
        arns = sorted(self.live | self.idle)
        return Page(tuple(ListedResource(arn=arn, settings={}, tags={}) for arn in arns))

    def streams(self, token: str = "") -> Page[LiveStream]:
        return Page(tuple(map(_stream, self.live)))

    def sweep(self) -> SweepReport:
        sweeper = Sweeper(
            listing=self,
            sessions=FakeIvs(),
            keys=FakeIvs(),
            index=MemoryFleetIndex(self.store, ACCOUNT, REGION),
            stream_inbox=self.stream_inbox,
            change_inbox=self.change_inbox,
            controls=MemoryControls(self.store),
            place=Place(ACCOUNT, REGION),
            needs=Needs(),
            decided_under=decided_under(self.policy.digest, self.max_mode),
            figures=self.figures.append,
            restarted=lambda listing: None,
            clock=self.time,
        )
        return swept(sweeper)

    def observe_all(self) -> None:
        """Run the observers on everything that the sweep asked for."""
        for inbox in (self.stream_inbox, self.change_inbox):
            while inbox.inputs:
                given = inbox.inputs.popleft()
                self.observer(max_mode=self.max_mode).observe(given.resource_arn, [given])

    def swept(self) -> SweepReport:
        report = self.sweep()
        self.observe_all()
        return report


def _stream(arn: str) -> LiveStream:
    return LiveStream(channel_arn=arn, stream_id=STREAM, health=Health.HEALTHY, start_time=at())


@pytest.fixture
def account() -> Account:
    """One live and one idle channel, compliant with a policy that allows four hours; at two."""
    account = Account(policy("old", LONG), live={LIVE}, idle={IDLE})
    account.time.now = at(2)
    account.swept()
    assert account.swept().outdated == 0
    assert not account.outbox.actions
    return account


def test_a_new_policy_reaches_what_is_known_already(account: Account) -> None:
    account.policy = policy("new", SHORT)

    first, second = account.swept(), account.swept()

    assert (first.differences, first.outdated, first.rechecked) == (0, 2, 2)
    assert second.outdated == 0
    (stop,) = account.outbox.actions
    assert (stop.kind, stop.resource_arn, stop.stream_id) == ("stop", LIVE, STREAM)


def test_a_rule_turned_to_enforce_acts_on_a_breach_that_is_open(account: Account) -> None:
    account.policy = policy("observing", OBSERVED)
    account.swept()
    assert account.store.load(LIVE).breaches
    assert not account.outbox.actions

    account.policy = policy("enforcing", SHORT)
    account.swept()

    assert [each.kind for each in account.outbox.actions] == ["stop"]


def test_a_stack_turned_to_enforce_acts_on_a_breach_that_is_open(account: Account) -> None:
    account.policy, account.max_mode = policy("new", SHORT), Mode.NOTIFY
    account.swept()
    assert not account.outbox.actions

    account.max_mode = Mode.ENFORCE
    account.swept()

    assert [each.kind for each in account.outbox.actions] == ["stop"]


def test_a_rule_whose_mode_an_operator_lowered_is_decided_again_everywhere(
    account: Account,
) -> None:
    account.policy = policy("new", SHORT)
    account.swept()
    (rule,) = account.policy.rules
    lowered = LimitMode(
        resource_arn=WHOLE_ACCOUNT,
        time=at(2),
        author=Sender(id="AIDAEXAMPLE"),
        reason="too many stops",
        rule_id=rule.id,
        mode=Mode.OBSERVE,
    )

    account.observer().observe(WHOLE_ACCOUNT, [lowered])
    first, second = account.swept(), account.swept()

    assert (first.rechecked, second.outdated) == (2, 0)
    (breach,) = account.store.load(LIVE).breaches.values()
    assert (breach.mode, dict(breach.requests)) == (Mode.OBSERVE, {})


def set_to_notify(account: Account) -> None:
    (rule,) = account.policy.rules
    command = SetMode(
        resource_arn=WHOLE_ACCOUNT,
        time=account.time.now,
        author=Sender(id="AIDAEXAMPLE"),
        reason="the rule is right",
        rule_id=rule.id,
        mode=Mode.NOTIFY,
    )
    account.observer().observe(WHOLE_ACCOUNT, [command])


def opened(account: Account) -> list[bool]:
    """Of each incident that is told to have opened, whether it is a baseline."""
    notified = account.outbox.notifications
    return [each.is_baseline for each in notified if each.status is NotificationStatus.OPENED]


def test_what_begins_now_is_no_baseline_though_an_operator_has_set_the_mode() -> None:
    account = Account(policy("same", OBSERVED), live={LIVE})
    account.time.now = at(0, 30)
    account.swept()
    account.swept()
    set_to_notify(account)

    account.time.now = at(1)
    account.observer().observe(LIVE, [Recheck(resource_arn=LIVE, time=at(1))])

    assert opened(account) == [False]


def test_what_was_observed_before_an_operator_has_it_told_is_a_baseline(account: Account) -> None:
    """A rule that was only observed may have hundreds of breaches: they page once."""
    account.policy = policy("observing", OBSERVED)
    account.swept()
    set_to_notify(account)

    account.swept()

    assert opened(account) == [True]


def test_what_a_pause_held_and_nobody_decided_again_is_found_by_a_sweep(account: Account) -> None:
    """More is held than a command has decided again at once."""
    said: dict[str, Any] = {
        "resource_arn": WHOLE_ACCOUNT,
        "author": Sender(id="AIDAEXAMPLE"),
        "reason": "a test",
    }
    account.policy = policy("new", SHORT)
    account.observer().observe(WHOLE_ACCOUNT, [PauseActions(time=at(2), **said)])
    account.swept()
    account.swept()
    paused = [*account.outbox.actions]

    account.time.now = at(2, 1)
    account.observer().observe(WHOLE_ACCOUNT, [ResumeActions(time=at(2, 1), **said)])
    report = account.swept()

    assert (paused, report.outdated) == ([], 0)
    assert [each.kind for each in account.outbox.actions] == ["stop"]


def test_a_sweep_counts_live_streams_where_that_changes_what_a_breaker_lets_pass(
    account: Account,
) -> None:
    account.live |= {f"{LIVE}{number}" for number in range(59)}

    account.sweep()
    counted = [e for e in account.stream_inbox.inputs if isinstance(e, StreamsCounted)]
    account.observe_all()
    account.sweep()
    again = [e for e in account.stream_inbox.inputs if isinstance(e, StreamsCounted)]

    assert [each.live for each in counted] == [60]
    assert again == []


def test_a_breach_of_a_rule_that_is_taken_out_resolves(account: Account) -> None:
    account.policy = policy("new", SHORT)
    account.swept()

    account.policy = policy("without")
    account.swept()
    account.time.now = at(2, 30)
    account.swept()

    assert account.store.load(LIVE).breaches == {}
    assert [each.status for each in account.outbox.notifications] == [
        NotificationStatus.OPENED,
        NotificationStatus.RESOLVED,
    ]


def test_live_channels_are_rechecked_first_and_by_the_way_of_stops(account: Account) -> None:
    account.policy = policy("new", SHORT)

    account.sweep()

    assert account.stream_inbox.inputs.popleft() == Recheck(resource_arn=LIVE, time=at(2))
    assert account.change_inbox.inputs.popleft() == Recheck(resource_arn=IDLE, time=at(2))


def test_a_large_account_is_rechecked_in_several_sweeps(account: Account) -> None:
    account.idle |= {f"{IDLE}{number}" for number in range(1_500)}
    account.swept()
    account.policy = policy("new", SHORT)

    reports = [account.swept() for _ in range(3)]

    assert [each.outdated for each in reports] == [1_502, 502, 0]
    assert [each.rechecked for each in reports] == [1_000, 502, 0]
    assert len(account.outbox.actions) == 1  # the live one, in the first sweep


def test_what_is_forgotten_meanwhile_is_not_remembered_for_being_looked_at(
    account: Account,
) -> None:
    look = Recheck(resource_arn=f"{IDLE}-forgotten", time=at(2))

    account.observer().observe(look.resource_arn, [look])

    assert account.store.load(look.resource_arn).version == 0


def test_records_that_cannot_be_decided_do_not_hold_up_the_rest(account: Account) -> None:
    account.idle |= {f"{IDLE}{number:04}" for number in range(1_500)}
    account.swept()
    account.policy = policy("new", SHORT)
    asked: set[str] = set()
    for _ in range(20):  # no observer decides anything
        account.sweep()
        account.time.later(minutes=5, seconds=7)
        for inbox in (account.stream_inbox, account.change_inbox):
            asked |= {each.resource_arn for each in inbox.inputs}
            inbox.inputs.clear()
        if len(asked) == 1_502:
            return

    pytest.fail(f"only {len(asked)} were asked for in 20 sweeps")


def test_how_far_it_has_come_is_told_also_where_a_listing_fails(account: Account) -> None:
    account.policy, account.is_listing_refused = policy("new", SHORT), True

    with pytest.raises(PermanentError):
        account.sweep()

    assert (account.figures[-1].outdated, account.figures[-1].rechecked) == (2, 2)
    assert account.stream_inbox.inputs
