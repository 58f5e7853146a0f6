"""A sweep that is interrupted anywhere reads each page once, and concludes from all of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from streamwarden.adapters.memory import MemoryFleetIndex, MemoryInbox, MemorySweepLog
from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.arn import Place, ResourceType
from streamwarden.domain.inputs import Health, PeersListed, ResourceListed, ResourceNotListed
from streamwarden.domain.needs import Needs
from streamwarden.domain.policy_outline import decided_under
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.periods import LocalPeriod, Period
from streamwarden.domain.verdicts import Mode
from streamwarden.services.errors import TemporaryError, TokenRefused
from streamwarden.services.fleet_figures import FleetFigures
from streamwarden.services.ports import HasTime
from streamwarden.services.records import ListedResource, Page
from streamwarden.services.sweep import Sweeper, SweepReport
from streamwarden.services.sweep_runs import SweepRun, SweepRuns
from streamwarden.services.unfinished_sweep import (
    FinishedSweep,
    Listing,
    Marks,
    RunningSweep,
    UnfinishedSweep,
)
from testbed import builders
from testbed.builders import ACCOUNT, CONFIGURATION, REGION, at
from tests.unit.services.fakes import NO_BRAKES, Calls, Crash, FakeIvs, Harness

NEEDS = Needs(
    resources=frozenset({ResourceType.RECORDING_CONFIGURATION, ResourceType.ACCOUNT}),
    peers=frozenset({("team", 1)}),
    airtime=frozenset({("team", LocalPeriod(Period.DAY))}),
)
CHANNELS = [f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/c{number}" for number in range(7)]
LIVE = CHANNELS[:3]
IN_TURN = 2  # entries of a page


def no_time() -> bool:
    return False


@dataclass
class Listings(FakeIvs):
    """An account in pages of two. Counts the pages that were read, and can refuse them."""

    channels: list[str] = field(default_factory=lambda: list(CHANNELS))
    configurations: list[str] = field(default_factory=lambda: [CONFIGURATION])
    pages_read: list[tuple[str, str]] = field(default_factory=list)
    busy: set[tuple[str, str]] = field(default_factory=set)
    refused: set[tuple[str, str]] = field(default_factory=set)
    on_refusal: Callable[[], None] = lambda: None

    def resources(self, resource: ResourceType, token: str = "") -> Page[ListedResource]:
        if resource is ResourceType.CHANNEL:
            return self._page("channels", [_channel(arn) for arn in self.channels], token)
        settings = {"name": "archive"}
        spare = [
            ListedResource(arn=each, settings=settings, tags={}) for each in self.configurations
        ]
        return self._page(resource, spare, token)

    def streams(self, token: str = "") -> Page[LiveStream]:
        return self._page("streams", [_stream(arn) for arn in LIVE], token)

    def _page[T](self, name: str, entries: list[T], token: str) -> Page[T]:
        if (name, token) in self.busy:
            raise TemporaryError("ThrottlingException")
        if (name, token) in self.refused:
            self.on_refusal()
            raise TokenRefused("ValidationException")
        self.pages_read.append((name, token))
        start = int(token or 0)
        end = start + IN_TURN
        return Page(tuple(entries[start:end]), str(end) if end < len(entries) else "")


def _channel(arn: str) -> ListedResource:
    settings = {"name": "studio", "recordingConfigurationArn": CONFIGURATION}
    return ListedResource(arn=arn, settings=settings, tags={"team": "news"})


def _stream(arn: str) -> LiveStream:
    started_at = at() + timedelta(minutes=LIVE.index(arn))
    return LiveStream(
        channel_arn=arn, stream_id=f"st-{arn[-1]}", health=Health.HEALTHY, start_time=started_at
    )


@dataclass
class Account:
    """What outlives an invocation, and how often one was asked for."""

    ivs: Listings = field(default_factory=Listings)
    harness: Harness = field(default_factory=lambda: Harness(builders.policy_of()))
    log: MemorySweepLog = field(default_factory=MemorySweepLog)
    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    figures: list[FleetFigures] = field(default_factory=list)
    restarted: list[Listing] = field(default_factory=list)
    asked: int = 0
    policy: str = ""

    def run(
        self,
        holder: str = "scheduled",
        has_time: HasTime = lambda: True,
        calls: Calls | None = None,
        *,
        only_begun: bool = False,
    ) -> Any:
        watch = (calls or Calls()).watch
        sweeper = Sweeper(
            listing=watch(self.ivs),
            sessions=self.ivs,
            keys=self.ivs,
            index=watch(MemoryFleetIndex(self.harness.store, ACCOUNT, REGION)),
            stream_inbox=watch(self.inbox),
            change_inbox=watch(self.inbox),
            controls=NO_BRAKES,
            place=Place(ACCOUNT, REGION),
            needs=NEEDS,
            decided_under=decided_under(self.policy, Mode.ENFORCE),
            figures=self.figures.append,
            restarted=self.restarted.append,
            clock=self.harness.time,
        )
        runs = SweepRuns(
            sweeper=sweeper,
            log=watch(self.log),
            continuation=lambda: calls.around("continue", self._ask) if calls else self._ask(),
            clock=self.harness.time,
        )
        until = self.harness.time() + timedelta(minutes=5)
        return runs.run(
            SweepRun(holder=holder, until=until, has_time=has_time, only_begun=only_begun)
        )

    def _ask(self) -> None:
        self.asked += 1

    def run_in_parts(
        self, calls: Calls | None = None, holder: str = "scheduled"
    ) -> tuple[SweepReport, int]:
        """Invocations that have time for one page each, and how many there were."""
        for number in range(1, 20):
            name = holder if number == 1 else f"part-{number}"
            result = self.run(name, no_time, calls, only_begun=number > 1)
            if isinstance(result, SweepReport):
                return result, number
            assert isinstance(result, UnfinishedSweep)
        raise AssertionError("it does not end")

    def observe_all(self) -> None:
        found = list(self.inbox.inputs)
        self.inbox.inputs.clear()
        for each in found:
            self.harness.observer().observe(each.resource_arn, [each])

    def found(self) -> list[str]:
        return sorted(map(repr, self.inbox.inputs))


@pytest.fixture
def account() -> Account:
    return known()


def known() -> Account:
    """An account whose streams and channels are known. A channel is deleted since."""
    account = Account()
    gone = f"{CHANNELS[0]}-gone"
    account.ivs.channels.append(gone)
    for _ in range(2):
        account.harness.time.later(minutes=5)
        account.run()
        account.observe_all()
    account.ivs.channels.remove(gone)
    account.ivs.pages_read.clear()
    account.figures.clear()
    account.harness.time.later(hours=2)
    return account


ONCE = {
    **{("streams", token): 1 for token in ("", "2")},
    **{("channels", token): 1 for token in ("", "2", "4", "6")},
    (ResourceType.RECORDING_CONFIGURATION, ""): 1,
}


def whole_of(account: Account) -> tuple[SweepReport, list[str]]:
    """What one invocation with all the time it needs would report, and put into inboxes."""
    whole = Account(harness=account.harness)
    return whole.run(), whole.found()


def test_parts_read_each_page_once_and_find_what_one_invocation_finds(account: Account) -> None:
    expected, found = whole_of(account)

    report, parts = account.run_in_parts()

    assert (report, account.found()) == (expected, found)
    assert sum(isinstance(each, ResourceNotListed) for each in account.inbox.inputs) == 1
    assert sum(isinstance(each, PeersListed) for each in account.inbox.inputs) == len(LIVE)
    assert Counter(account.ivs.pages_read) == ONCE
    assert account.asked == parts - 1 == 5
    assert account.log.running() is None
    assert len(account.figures) == 1


@cache
def found_at_once() -> set[str]:
    """What a sweep that nobody kills finds, without the moment."""
    _, found = whole_of(known())
    return {each.partition(" ")[0] for each in found}


def calls_in_parts() -> int:
    calls = Calls()
    known().run_in_parts(calls)
    return len(calls.made)


@pytest.mark.parametrize("holder", ["retry", "schedule"])
@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, calls_in_parts() + 1))
def test_a_sweep_that_is_killed_anywhere_goes_on_from_the_last_place_that_was_kept(
    account: Account, crash_at: int, is_after: bool, holder: str
) -> None:
    calls = Calls(crash_at, is_after=is_after)

    with pytest.raises(Crash):
        account.run_in_parts(calls)
    running = account.log.running()
    if holder == "schedule":
        account.harness.time.later(minutes=5)
    elif running is not None:
        holder = running.holder
    if running is not None or not account.ivs.pages_read:
        account.run_in_parts(holder=holder)

    assert {each.partition(" ")[0] for each in account.found()} == found_at_once()
    counted = Counter(account.ivs.pages_read)
    assert set(counted) == set(ONCE)
    assert sum(counted.values()) - len(ONCE) <= 3  # what was read by the one that was killed
    assert account.log.running() is None


def test_a_sweep_that_is_under_way_is_left_alone(account: Account) -> None:
    with pytest.raises(Crash):
        account.run(calls=Calls(3))
    account.ivs.pages_read.clear()
    account.harness.time.later(minutes=4)

    assert account.run("schedule") is None

    assert account.ivs.pages_read == []
    account.harness.time.later(minutes=1)
    assert isinstance(account.run("schedule"), SweepReport)


def test_of_two_that_begin_at_once_one_sweeps(account: Account) -> None:
    second: list[object] = []

    class Slow(MemorySweepLog):
        def running(self) -> RunningSweep | None:
            found = super().running()
            if not second:
                second.append(None)
                second[:] = [account.run("second", no_time)]
            return found

    account.log = Slow()

    first = account.run("first")

    assert isinstance(second[0], UnfinishedSweep)
    assert first is None
    assert account.ivs.pages_read == [("streams", "")]


def test_an_invocation_that_goes_on_begins_no_sweep(account: Account) -> None:
    assert account.run(only_begun=True) is None
    assert account.ivs.pages_read == []


def test_one_that_fails_lets_the_schedule_begin_at_once(account: Account) -> None:
    account.ivs.busy.add(("streams", ""))
    with pytest.raises(TemporaryError):
        account.run()
    account.ivs.busy.clear()

    assert isinstance(account.run("schedule"), SweepReport)


def test_what_fails_at_one_place_for_good_does_not_keep_streams_from_being_read(
    account: Account,
) -> None:
    account.run(has_time=no_time)
    account.run(has_time=no_time)
    account.ivs.busy.add(("channels", "2"))
    for _ in range(2):
        with pytest.raises(TemporaryError):
            account.run("retried", only_begun=True)
    account.ivs.pages_read.clear()

    account.run("schedule", no_time)

    assert account.ivs.pages_read == [("streams", "")]


def test_a_sweep_that_nobody_went_on_with_is_begun_again(account: Account) -> None:
    account.run(has_time=no_time)
    account.harness.time.later(minutes=15)
    account.ivs.pages_read.clear()

    account.run("schedule", no_time)

    assert account.ivs.pages_read == [("streams", "")]


def test_a_page_that_ivs_has_no_time_for_is_read_by_the_next_invocation(account: Account) -> None:
    expected, found = whole_of(account)
    account.ivs.busy.add(("channels", "4"))

    first = account.run()
    account.ivs.busy.clear()
    second = account.run(only_begun=True)

    assert isinstance(first, UnfinishedSweep)
    assert (second, account.found()) == (expected, found)
    assert Counter(account.ivs.pages_read) == ONCE


def test_a_listing_that_is_read_in_part_takes_nothing_for_gone(account: Account) -> None:
    account.ivs.configurations = [f"{CONFIGURATION}{number}" for number in range(5)]
    account.run()
    account.observe_all()
    account.harness.time.later(hours=2)
    account.ivs.busy.add((ResourceType.RECORDING_CONFIGURATION, "2"))

    with pytest.raises(TemporaryError):
        account.run()

    assert not [each for each in account.inbox.inputs if isinstance(each, ResourceNotListed)]


def test_a_sweep_that_another_policy_began_is_begun_again(account: Account) -> None:
    account.run(has_time=no_time)
    account.ivs.pages_read.clear()
    account.policy = "another"

    account.run("next", no_time)

    assert account.ivs.pages_read == [("streams", "")]


def test_an_end_that_cannot_be_written_lets_the_schedule_begin_at_once(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: MemorySweepLog, __: RunningSweep, ___: FinishedSweep) -> None:
        raise TemporaryError("ThrottlingException")

    with monkeypatch.context() as patched:
        patched.setattr(MemorySweepLog, "finish", refuse)
        with pytest.raises(TemporaryError):
            account.run()

    assert account.run("schedule") is not None


@pytest.mark.parametrize(
    ("page", "parts", "again"),
    [
        (("streams", "2"), 1, {("streams", "")}),
        (("channels", "4"), 3, {("channels", ""), ("channels", "2")}),
    ],
)
def test_a_listing_whose_token_is_refused_begins_again_once(
    account: Account, page: tuple[str, str], parts: int, again: set[tuple[str, str]]
) -> None:
    expected, _ = whole_of(account)
    for _ in range(parts):
        account.run(has_time=no_time)
    account.ivs.refused.add(page)
    account.ivs.on_refusal = account.ivs.refused.clear

    report = account.run(only_begun=True)

    assert account.restarted == [page[0]]
    assert (report.channels, report.streams) == (expected.channels, expected.streams)
    assert Counter(account.ivs.pages_read) == Counter(ONCE) + Counter(again)


def test_a_listing_whose_token_is_refused_again_fails(account: Account) -> None:
    account.run(has_time=no_time)
    account.ivs.refused.add(("streams", "2"))

    with pytest.raises(TokenRefused):
        account.run(only_begun=True)

    assert account.restarted == [Listing.STREAMS]


def test_a_channel_that_is_made_during_the_sweep_is_not_thought_gone(account: Account) -> None:
    """Its page was read before. What is known of it is newer than the sweep."""
    late = f"{CHANNELS[0]}-late"
    for _ in range(3):
        account.run(has_time=no_time)
    account.harness.time.later(minutes=1)
    created = ResourceListed(resource_arn=late, time=account.harness.time(), settings={}, tags={})
    account.harness.observer().observe(late, [created])

    account.run_in_parts()
    account.observe_all()

    assert not Facts(account.harness.store.load(late).state).is_gone


def test_marks_forget_no_channel_and_mistake_few() -> None:
    listed, others = ([f"{kind}{number}" for number in range(10_000)] for kind in "ab")

    marks = Marks("salt").with_arns(listed[:5_000]).with_arns(listed[5_000:])

    assert all(arn in marks for arn in listed)
    mistaken = {arn for arn in others if arn in marks}
    assert 0 < len(mistaken) < 200
    again = Marks("another salt").with_arns(listed)
    assert len({arn for arn in mistaken if arn in again}) < len(mistaken) / 5
