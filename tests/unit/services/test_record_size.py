"""Nobody outside decides how large a record is, nor switches governance off by making it large.

A year of churn by people who may tag channels and keys, and by encoders that reconnect, fail, stall
and take over; a sweep now and then, events in no order, most of them twice.
"""

from collections.abc import Callable, Iterator
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamwarden.adapters.dynamodb.records import record_item
from streamwarden.adapters.memory import MemoryRecordStore
from streamwarden.domain.commands import QuarantineChannel, StopStream
from streamwarden.domain.inputs import Input, parse_input
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.controls import Sender
from streamwarden.domain.state.peers import Peers, stored_value
from streamwarden.domain.verdicts import Mode
from streamwarden.services.errors import TemporaryError
from streamwarden.services.records import PendingMessages, Record
from streamwarden_cli.policy.compilation import load_policy_file
from testbed import builders as build
from testbed.builders import CHANNEL, KEY, NOON, at
from tests.unit.services.fakes import Harness

SHIPPED: Final = load_policy_file(Path(__file__).parents[3] / "policies" / "default.yaml")
VOD: Final = "arn:aws:ivs:eu-west-1:210987654321:recording-configuration/KAk1sHBl2L47"
LISTED: Final = {
    "name": "studio",
    "latencyMode": "LOW",
    "authorized": False,
    "insecureIngest": False,
    "preset": "",
    "type": "STANDARD",
    "recordingConfigurationArn": VOD,
    "playbackRestrictionPolicyArn": "",
}
MOST_BYTES: Final = 32 * 1024
ORDINARY_BYTES: Final = 2 * 1024

# The longest that IVS takes (TagResource).
FULL: Final = {f"{number:02}-{'k' * 125}": f"{number:02}-{'v' * 253}" for number in range(50)}


def size_of(record: Record) -> int:
    """Bytes of the table's item as DynamoDB counts them: names and values, in UTF-8."""
    values = ((name, next(iter(value.values()))) for name, value in record_item(record).items())
    return sum(len(name.encode()) + len(str(value).encode()) for name, value in values)


@dataclass
class Measured(MemoryRecordStore):
    """Remembers the size of everything that was saved, under the moment."""

    sizes: list[int] = field(default_factory=list)

    def save(self, record: Record, before: Record) -> Record:
        saved = super().save(record, before)
        self.sizes.append(size_of(saved))
        return saved


@dataclass
class Churn:
    """What hostile people and encoders cause; everything is theirs to choose."""

    random: Random
    now: datetime = NOON
    tags: dict[str, str] = field(default_factory=lambda: dict(FULL))
    made: int = 0

    def text(self, length: int) -> str:
        self.made += 1
        return f"{self.made}-{'x' * length}"[:length]

    def author(self) -> str:
        return f"arn:aws:sts::210987654321:assumed-role/{self.text(60)}/{self.text(60)}"

    def some_tags(self, number: int) -> dict[str, str]:
        return {self.text(128): self.text(256) for _ in range(number)}

    def stream_id(self) -> str:
        return f"st-{self.random.randrange(10**9):023}"

    def tagged(self) -> Iterator[Input]:
        added = self.some_tags(self.random.randint(1, 50))
        for gone in self.random.sample(sorted(self.tags), min(len(added), len(self.tags))):
            del self.tags[gone]
            yield build.tags_removed(self.now, gone, by=self.author())
        self.tags |= added
        yield build.tags_set(self.now, added, by=self.author())

    def key_tagged(self) -> Iterator[Input]:
        yield build.tags_set(self.now, self.some_tags(50), arn=KEY, by=self.author())
        yield build.tags_removed(self.now, self.text(128), arn=KEY, by=self.author())

    def key_replaced(self) -> Iterator[Input]:
        arn = f"{KEY}{self.random.randrange(10**6)}"
        yield build.key_created(self.now, key_arn=arn, tags=self.some_tags(50), by=self.author())
        yield build.tags_set(self.now, self.some_tags(50), arn=arn)

    def reconnecting(self) -> Iterator[Input]:
        for _ in range(self.random.randint(1, 30)):
            self.now += timedelta(seconds=2)
            stream_id = self.stream_id()
            yield build.session_created(self.now, stream_id)
            yield build.stream_start(self.now, stream_id)
            yield build.stream_end(self.now, stream_id)

    def failing(self) -> Iterator[Input]:
        for _ in range(20):
            yield build.stream_event(
                "Stream Failure", self.now, self.stream_id(), reason=self.text(5_000)
            )

    def ending(self) -> Iterator[Input]:
        for _ in range(20):
            yield build.session_ended(self.now, self.stream_id())

    def misbehaving(self) -> Iterator[Input]:
        stream_id = self.stream_id()
        yield build.stream_start(self.now, stream_id)
        for _ in range(30):
            self.now += timedelta(seconds=self.random.randint(1, 600))
            name = self.random.choice(("Stream Takeover", "Stream Takeover Failure"))
            yield build.stream_event(name, self.now, stream_id, code=self.text(200))
            yield build.limit_breach(self.now, stream_id)
            yield build.starvation_start(self.now, stream_id)
            yield build.stream_listed(self.now, stream_id, health="STARVING", viewers=0)
            yield build.starvation_end(self.now, stream_id)

    def recording(self) -> Iterator[Input]:
        streams = tuple(self.stream_id() for _ in range(60))
        recording_id = self.text(16)
        yield build.recording_start(self.now, recording_id, streams[0])
        yield build.recording_event(
            "Recording End Failure", self.now, recording_id, reason=self.text(9_000)
        )
        yield build.recording_end(self.now, timedelta(0), recording_id, *streams)

    def renamed(self) -> Iterator[Input]:
        strange = {self.text(100): self.text(9_000) for _ in range(10)}
        yield build.channel_updated(self.now, name=self.text(128), **strange)

    def of_unknown_kind(self) -> Iterator[Input]:
        for _ in range(30):
            event_id = f"{self.random.randrange(10**30):036}"
            detail = {"event_name": self.text(900), "code": self.text(900)}
            yield parse_input(
                build.raw_event("IVS Stream News", self.now, detail, event_id=event_id)
            )

    def judged(self) -> Iterator[Input]:
        """By moderation services, each of which names twenty viewers every time."""
        stream_ids = (self.stream_id(), self.stream_id(), None)
        for number in range(60):
            self.now += timedelta(seconds=5)
            viewers = tuple({"id": self.text(40), "version": 10**9} for _ in range(20))
            yield build.external_verdict(
                self.now,
                self.random.choice(stream_ids),
                label=f"V{self.text(62)}",
                source=self.text(64),
                evidence=f"{build.EVIDENCE}?{self.text(400)}",
                viewers=viewers if number % 2 else (),
            )

    def swept(self) -> Iterator[Input]:
        yield build.channel_listed(self.now, tags=self.tags)

    def next(self) -> list[Input]:
        """Something of this kind, mostly twice, and in no order."""
        self.now += timedelta(minutes=self.random.randint(1, 60 * 48))
        kinds: tuple[Callable[[], Iterator[Input]], ...] = (
            *(self.tagged, self.key_tagged, self.key_replaced, self.reconnecting, self.failing),
            *(self.ending, self.misbehaving, self.recording, self.renamed, self.of_unknown_kind),
            self.judged,
            self.swept,
        )
        found = list(self.random.choice(kinds)())
        again = self.random.sample(found, len(found) // 2)
        both = [*found, *again]
        self.random.shuffle(both)
        return both


def churned(policy: Policy, random: Random, rounds: int) -> tuple[Measured, Churn]:
    store, churn = Measured(), Churn(random)
    harness = Harness(policy, store=store)
    start = build.channel_created(churn.now, tags=FULL, name="n" * 128, by=churn.author())
    harness.observer().observe(CHANNEL, [start])
    for _ in range(rounds):
        given = churn.next()
        harness.time.now = churn.now
        harness.observer().observe(CHANNEL, given)
    return store, churn


@pytest.mark.parametrize(
    ("policy", "most_bytes", "days"),
    [
        pytest.param(SHIPPED, MOST_BYTES, 365, id="shipped"),
        # Forty-seven rules: how many breaches are open at once is the policy's doing. What adds up
        # over a year, the shipped policy shows.
        pytest.param(build.every_kind(), MOST_BYTES + 9_216, 120, id="every kind"),
        pytest.param(
            build.with_repetition(build.every_kind(), times=10),
            MOST_BYTES + 12_288,
            120,
            id="every kind, counting",
        ),
    ],
)
@settings(max_examples=settings().max_examples // 60)  # each is a year: one, and five in CI
@given(seed=st.integers(0, 1_000_000))
def test_a_year_of_churn_leaves_a_record_small(
    policy: Policy, most_bytes: int, days: int, seed: int
) -> None:
    store, churn = churned(policy, Random(seed), rounds=days)  # noqa: S311  # no secret depends on it

    assert churn.now > at() + timedelta(days=0.8 * days)
    assert max(store.sizes) <= most_bytes


@pytest.mark.parametrize("policy", [SHIPPED, build.every_kind()], ids=["shipped", "every kind"])
def test_listings_alone_do_not_pile_up_values_of_tags(policy: Policy) -> None:
    """Nobody is known to have changed them, since there is no trail."""
    store = Measured()
    harness = Harness(policy, store=store)

    for hour in range(4):
        tags = {key: f"{hour}{value[1:]}" for key, value in FULL.items()}
        harness.observer().observe(CHANNEL, [build.channel_listed(at(hour), tags=tags)])

    assert max(store.sizes) <= MOST_BYTES


def test_in_ordinary_life_a_record_is_two_kilobytes() -> None:
    """A show a day, recorded, with a stall and viewers; looked at every hour of two months."""
    tags = {"team": "news", "env": "prod", "owner": "ann@example.com", "cost-center": "4711"}
    harness = Harness(SHIPPED, store=Measured())
    listed = build.channel_listed(at(), tags=tags, **LISTED)
    harness.observer().observe(CHANNEL, [listed, build.key_observed(at(0, 1), tags=tags)])
    sizes: dict[int, list[int]] = {}
    for hour in range(1, 24 * 60):
        harness.time.now = at(hour)
        given = list(show(hour))
        if given:
            harness.observer().observe(CHANNEL, given)
        sizes.setdefault(hour % 24, []).append(size_of(harness.store.load(CHANNEL)))

    largest_by_hour = sorted(max(each) for each in sizes.values())
    assert largest_by_hour[len(largest_by_hour) // 2] <= ORDINARY_BYTES
    assert largest_by_hour[-1] <= 1.5 * ORDINARY_BYTES


def show(hour: int) -> Iterator[Input]:
    day, hour_of_day = divmod(hour, 24)
    stream_id, recording_id = f"st-ro045LtfYCVP3txTHWp{day:04}", f"r9vmu7yL1Gbr{day:04}"
    match hour_of_day:
        case 20:
            yield build.session_created(at(hour), stream_id)
            yield build.stream_start(at(hour), stream_id)
            yield build.recording_start(at(hour), recording_id, stream_id)
            yield build.stream_listed(at(hour, 3), stream_id, start_time=at(hour), viewers=5)
        case 21:
            yield build.starvation_start(at(hour), stream_id)
            yield build.starvation_end(at(hour, 1), stream_id)
            yield build.stream_listed(at(hour, 3), stream_id, start_time=at(hour - 1), viewers=50)
        case 22:
            yield build.session_ended(at(hour), stream_id)
            yield build.stream_end(at(hour), stream_id)
            yield build.recording_end(at(hour), timedelta(hours=2), recording_id, stream_id)
        case _:
            return


def test_tags_of_a_key_that_do_not_fit_are_told_apart_all_the_same() -> None:
    """Who tags a key with much must not hide that it lacks what its channel carries."""
    harness = Harness(build.policy_of(build.compiled_rule("inherited_tags", {"tags": ["*"]})))
    full = [build.channel_created(at(), tags=FULL), build.key_observed(at(1), tags=FULL)]
    harness.observer().observe(CHANNEL, full)
    harness.observer().observe(CHANNEL, [build.stream_start(at(2))])
    assert harness.store.load(CHANNEL).breaches == {}

    key = next(iter(FULL))
    changed = build.tags_set(at(3), {key: f"{'v' * 255}!"}, arn=KEY)
    harness.observer().observe(CHANNEL, [changed])

    assert list(harness.store.load(CHANNEL).breaches) == ["inherited-tags"]


def test_churn_of_tags_hides_neither_a_tag_nor_its_removal() -> None:
    rule = build.compiled_rule("required_tags", {"tags": {"owner": {}}})
    harness, churn = Harness(build.policy_of(rule)), Churn(Random(1))  # noqa: S311  # likewise
    owned = {**dict(list(FULL.items())[:40]), "owner": "ann"}
    harness.observer().observe(CHANNEL, [build.channel_created(at(), tags=owned)])

    for minute in range(1, 60):
        noise = churn.some_tags(9)
        set_, removed = (
            build.tags_set(at(0, minute), noise),
            [build.tags_removed(at(0, minute, 30), key) for key in noise],
        )
        harness.observer().observe(CHANNEL, [set_, *removed])
        assert harness.store.load(CHANNEL).breaches == {}
    harness.observer().observe(CHANNEL, [build.tags_removed(at(2), "owner")])
    for minute in range(1, 60):
        harness.observer().observe(CHANNEL, [build.tags_set(at(2, minute), churn.some_tags(9))])

    assert list(harness.store.load(CHANNEL).breaches) == ["required-tags"]


def test_what_channels_share_takes_little_of_a_record() -> None:
    """As many budgets as a policy may have, each shared by another tag, and all tags full."""
    zone = "America/Argentina/Rio_Gallegos"
    keys = [*FULL][:6]
    params = {"limit": "PT999H", "period": "month", "zone": zone}
    rules = [
        build.compiled_rule("broadcast_budget", {**params, "tag": key}, id=f"{number}")
        for number, key in enumerate(keys)
    ]
    harness = Harness(build.policy_of(*rules))
    harness.observer().observe(CHANNEL, [build.stream_start(at())])
    before = size_of(harness.store.load(CHANNEL))
    aired = {f"month {zone}": 10**6}
    longest = stored_value("v" * 48)
    peers = {key: Peers(value=longest, live=4_000, rank=4_000, aired=aired) for key in keys}

    harness.observer().observe(CHANNEL, [build.peers_listed(at(1), peers)])

    assert size_of(harness.store.load(CHANNEL)) - before <= 4_096


class Away:
    """An outbox whose queues cannot be reached."""

    def send(self, pending: PendingMessages) -> None:
        raise TemporaryError("sqs:SendMessage: EndpointConnectionError")


def test_what_cannot_be_sent_is_not_piled_up_and_its_loss_is_notified() -> None:
    """The queues are away for days of incidents; then they are back."""
    rule = build.compiled_rule("starvation", {"limit": "PT1M"}, mode=Mode.NOTIFY)
    harness = Harness(build.policy_of(rule), store=Measured())
    harness.observer().observe(CHANNEL, [build.stream_start(at())])
    for hour in range(1, 60):
        stall, recovery = build.starvation_start(at(hour)), build.starvation_end(at(hour, 30))
        for minute, event in ((10, stall), (40, recovery)):
            harness.time.now = at(hour, minute)
            with pytest.raises(TemporaryError):
                replace(harness.observer(), outbox=Away()).observe(CHANNEL, [event])
    record = harness.store.load(CHANNEL)
    assert len(record.pending.notifications) <= 62
    assert record.pending.left_out >= 50

    harness.observer().observe(CHANNEL, [build.stream_end(at(60))])

    assert (
        "earlier notifications could not be sent and are lost"
        in harness.outbox.notifications[0].text
    )
    assert not harness.store.load(CHANNEL).pending


def test_orders_take_little_of_a_record_however_often_encoders_come_back() -> None:
    by = Sender(id="x" * 200, claimed_arn="y" * 200)
    rule = build.compiled_rule("insecure_ingest", {}, id="r" * 64, mode=Mode.NOTIFY)
    harness = Harness(build.policy_of(rule))
    for number in range(60):
        harness.time.later(hours=1)
        now = harness.time.now
        said = [
            kind(resource_arn=CHANNEL, time=now, author=by, reason="\U0001f6d1" * 200)
            for kind in (QuarantineChannel, StopStream)
        ]
        harness.observer().observe(CHANNEL, said if number % 20 == 0 else [])
        for action in harness.outbox.actions:
            outcome = build.action_finished(now, action.id, decided_at=action.decided_at)
            harness.observer().observe(CHANNEL, [outcome])
        harness.outbox.actions.clear()
        start = build.stream_start(now + timedelta(minutes=1), f"st-{number:023}")
        harness.observer().observe(CHANNEL, [start])

    record = harness.store.load(CHANNEL)
    assert record.standing.orders.quarantine is not None
    assert record.standing.orders.quarantine.strike_count >= 50
    assert size_of(record) <= 12 * 1024
