"""Live channels are told where they stand, and only when a rule would care."""

from collections.abc import Mapping
from copy import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.arn import parse_arn
from streamwarden.domain.inputs import Health, Input, Recheck
from streamwarden.domain.needs import Needs
from streamwarden.domain.state.airtime import (
    Airtime,
    LastAired,
    aired_within,
    before,
    last_aired,
    newest_days,
    slots_between,
)
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.peers import Peers, fresh_peers
from streamwarden.domain.state.periods import LocalPeriod, Period
from streamwarden.services.fleet import fleet_entry
from streamwarden.services.peers import Fleet, changed_peers, together_of
from streamwarden.services.records import FleetEntry, ListedResource
from streamwarden.services.unfinished_sweep import Together
from testbed.builders import (
    CHANNEL,
    NEXT_STREAM,
    STREAM,
    at,
    compiled_rule,
    peers_listed,
    policy_of,
    stream_end,
    stream_listed,
    stream_start,
)
from tests.unit.services.fakes import Harness

HOUR: Final = 3600
AT_MOST_TWO: Final = Needs(peers=frozenset({("team", 2)}))
DAY, MONTH = LocalPeriod(Period.DAY), LocalPeriod(Period.MONTH)
BUDGET: Final = Needs(airtime=frozenset({("team", DAY), ("team", MONTH)}))
TODAY: Final = at().date().isoformat()


def arn_of(name: str) -> str:
    return CHANNEL.replace(parse_arn(CHANNEL).resource_id, name)


def stream_of(name: str, began: datetime) -> LiveStream:
    return LiveStream(
        channel_arn=arn_of(name), stream_id=f"st-{name}", health=Health.HEALTHY, start_time=began
    )


def entry_of(name: str, is_live: bool) -> FleetEntry:
    entry = FleetEntry(resource_arn=arn_of(name), digest="")
    return replace(entry, live_stream_id=f"st-{name}", is_on_air=True) if is_live else entry


def fleet(
    *live: tuple[str, datetime],
    tags: Mapping[str, Mapping[str, str]] | None = None,
    idle: tuple[str, ...] = (),
    **entries: FleetEntry,
) -> Fleet:
    """Channels by name, of team news if nothing else is said."""
    streams = {arn_of(name): stream_of(name, began) for name, began in live}
    names = [*(name for name, _ in live), *idle]
    channels = {
        arn_of(name): ListedResource(
            arn=arn_of(name), settings={}, tags=(tags or {}).get(name, {"team": "news"})
        )
        for name in names
    }
    state = {arn_of(name): entry_of(name, arn_of(name) in streams) for name in names}
    return Fleet(streams, channels, state | {arn_of(key): each for key, each in entries.items()})


def notified_by(fleet: Fleet, needs: Needs, now: datetime) -> dict[str, Mapping[str, Peers]]:
    """What a sweep tells, by the channel's name."""
    reports = list(changed_peers(fleet, needs, now))
    assert all(each.time == now for each in reports)
    assert all(each.stream_id == fleet.streams[each.resource_arn].stream_id for each in reports)
    return {parse_arn(each.resource_arn).resource_id: each.peers for each in reports}


def after(fleet: Fleet, needs: Needs, now: datetime) -> Fleet:
    """The same fleet, once what a sweep tells is in the index."""
    notified = {
        each.resource_arn: Stamped(each.peers, now) for each in changed_peers(fleet, needs, now)
    }
    entries = {
        arn: replace(entry, peers=notified.get(arn, entry.peers))
        for arn, entry in fleet.entries.items()
    }
    return replace(fleet, entries=entries)


def place(rank: int, live: int, value: str = "news", *limits: int) -> Peers:
    return Peers(value=value, live=live, rank=rank, limits=limits or (2,))


@pytest.mark.parametrize("health", Health)
def test_a_report_says_whether_the_stream_was_listed_as_healthy(health: Health) -> None:
    """Else each would count airtime of a stream whose end was lost."""
    live = fleet(("a", at(1)))
    streams = {arn: replace(stream, health=health) for arn, stream in live.streams.items()}

    (report,) = changed_peers(replace(live, streams=streams), AT_MOST_TWO, at(2))

    assert report.is_healthy is (health is Health.HEALTHY)


def test_the_first_to_start_is_the_first() -> None:
    live = fleet(("b", at(2)), ("c", at(1)), ("a", at(2)), ("d", at(3)))

    assert notified_by(live, AT_MOST_TWO, at(4)) == {
        "c": {"team": place(1, 4)},
        "a": {"team": place(2, 4)},
        "b": {"team": place(3, 4)},
        "d": {"team": place(4, 4)},
    }


def test_each_value_of_a_tag_is_counted_apart() -> None:
    tags: dict[str, dict[str, str]] = {"a": {"team": "news"}, "b": {"team": "sports"}, "c": {}}
    live = fleet(("a", at(1)), ("b", at(2)), ("c", at(3)), tags=tags)

    assert notified_by(live, AT_MOST_TWO, at(4)) == {
        "a": {"team": place(1, 1)},
        "b": {"team": place(1, 1, "sports")},
    }


def test_channels_with_a_blank_tag_are_counted_with_nobody() -> None:
    tags = {"a": {"team": " "}, "b": {"team": " "}, "c": {"team": ""}}
    live = fleet(("a", at(1)), ("b", at(2)), ("c", at(3)), tags=tags)

    assert notified_by(live, AT_MOST_TWO, at(4)) == {}


def test_the_whole_account_is_counted_with_an_empty_key() -> None:
    needs = AT_MOST_TWO | Needs(peers=frozenset({("", 1), ("", 9)}))
    live = fleet(("a", at(1)), ("b", at(2)), tags={"b": {}})

    assert notified_by(live, needs, at(4)) == {
        "a": {"team": place(1, 1), "": place(1, 2, "", 1, 9)},
        "b": {"": place(2, 2, "", 1, 9)},
    }


def test_without_a_rule_that_asks_nothing_is_notified() -> None:
    live = fleet(("a", at(1)), ("b", at(2)))

    assert notified_by(live, Needs(), at(4)) == {}


@pytest.mark.parametrize(
    "entry",
    [
        replace(entry_of("a", is_live=True), live_stream_id="st-old"),
        replace(entry_of("a", is_live=True), is_on_air=False),
        entry_of("a", is_live=False),
    ],
)
def test_a_stream_that_is_not_known_yet_is_told_by_a_later_sweep(entry: FleetEntry) -> None:
    assert notified_by(fleet(("a", at(1)), a=entry), AT_MOST_TWO, at(4)) == {}


def test_a_channel_that_nothing_is_known_of_counts_for_others() -> None:
    live = fleet(("a", at(1)), ("b", at(2)))
    entries = {arn: each for arn, each in live.entries.items() if arn != arn_of("a")}

    notified = notified_by(replace(live, entries=entries), AT_MOST_TWO, at(4))

    assert notified == {"b": {"team": place(2, 2)}}


def test_of_a_channel_that_is_not_listed_no_tag_is_known() -> None:
    live = fleet(("a", at(1)), ("b", at(2)))
    unlisted = replace(live, channels={arn_of("b"): live.channels[arn_of("b")]})
    needs = AT_MOST_TWO | Needs(peers=frozenset({("", 2)}), airtime=frozenset({("", DAY)}))

    notified = notified_by(unlisted, needs, at(4))

    assert notified["a"].keys() == {""}
    assert notified["b"]["team"] == place(1, 1)


def test_what_was_told_is_not_notified_again() -> None:
    needs = AT_MOST_TWO | BUDGET
    live = after(fleet(("a", at(1)), ("b", at(2)), ("c", at(3))), needs, at(4))

    assert notified_by(live, needs, at(4)) == {}
    assert notified_by(live, needs, at(4, 59)) == {}


def test_what_was_told_is_notified_again_after_an_hour() -> None:
    live = after(fleet(("a", at(1))), AT_MOST_TWO, at(4))

    assert notified_by(live, AT_MOST_TWO, at(5)).keys() == {"a"}


def test_who_is_within_the_limit_is_not_told_of_others_that_come_and_go() -> None:
    live = after(fleet(("a", at(1)), ("b", at(2))), AT_MOST_TWO, at(3))
    more = fleet(("a", at(1)), ("b", at(2)), ("c", at(3)), ("d", at(3, 1)), ("e", at(3, 2)))
    now_more = replace(more, entries={**more.entries, **live.entries})

    assert notified_by(now_more, AT_MOST_TWO, at(3, 30)).keys() == {"c", "d", "e"}


def test_the_first_is_told_of_the_counts_that_a_rule_warns_of() -> None:
    needs = AT_MOST_TWO | Needs(live_counts=frozenset({("team", 4), ("team", 3)}))
    names = [(name, at(hour)) for hour, name in enumerate("abcd", 1)]
    found = after(fleet(*names[:2]), needs, at(6))
    reported = []
    for count, minute in ((3, 1), (4, 2), (4, 3), (3, 4), (2, 5)):
        seen = fleet(*names[:count])
        entries = {**seen.entries, **found.entries}
        found = after(replace(seen, entries=entries), needs, at(6, minute))
        reported.append(found.entries[arn_of("a")].peers)

    assert [each.value["team"].live for each in reported if each] == [3, 4, 4, 3, 2]
    assert [each.at for each in reported if each] == [at(6, m) for m in (1, 2, 2, 4, 5)]


def test_who_becomes_the_first_is_told_that_another_was_before() -> None:
    needs = AT_MOST_TWO | Needs(live_counts=frozenset({("team", 2)}))
    live = after(fleet(("a", at(1)), ("b", at(2)), ("c", at(3))), needs, at(4))
    left = fleet(("b", at(2)), ("c", at(3)))
    left = replace(left, entries={**left.entries, **live.entries})

    heirs = notified_by(left, needs, at(4, 5))
    again = notified_by(after(left, needs, at(4, 5)), needs, at(4, 10))

    assert [each["team"].is_heir for name, each in heirs.items() if name == "b"] == [True]
    assert "b" not in again


def test_peers_are_repeated_only_when_the_side_of_a_limit_changes() -> None:
    """In a large group everybody moves up whenever one leaves."""
    live = after(fleet(("a", at(1)), ("b", at(2)), ("c", at(3)), ("d", at(4))), AT_MOST_TWO, at(5))
    less = fleet(("b", at(2)), ("c", at(3)), ("d", at(4)))
    now_less = replace(less, entries=live.entries)

    assert notified_by(now_less, AT_MOST_TWO, at(5, 30)) == {"c": {"team": place(2, 3)}}


@pytest.mark.parametrize(
    ("tags", "needs"),
    [
        ({"team": "sports"}, AT_MOST_TWO),
        ({"team": "news"}, Needs(peers=frozenset({("team", 3)}))),
        ({"team": "news"}, AT_MOST_TWO | BUDGET),
        ({"team": "news"}, AT_MOST_TWO | Needs(peers=frozenset({("", 2)}))),
    ],
)
def test_what_is_counted_otherwise_is_notified(tags: Mapping[str, str], needs: Needs) -> None:
    live = after(fleet(("a", at(1))), AT_MOST_TWO, at(2))
    now = fleet(("a", at(1)), tags={"a": tags})

    assert notified_by(replace(now, entries=live.entries), needs, at(3)).keys() == {"a"}


def aired(hours: float, hours_in_month: float, day: str = TODAY) -> dict[str, LastAired]:
    return {
        str(DAY): LastAired(day, round(hours * 12)),
        str(MONTH): LastAired(day[:7], round(hours_in_month * 12)),
    }


def seconds(hours_today: float, hours_this_month: float) -> dict[str, int]:
    return {str(DAY): round(hours_today * HOUR), str(MONTH): round(hours_this_month * HOUR)}


def entry_aired(name: str, last: Mapping[str, LastAired], *, is_live: bool) -> FleetEntry:
    return replace(entry_of(name, is_live), aired=last)


def test_airtime_is_that_of_all_channels_live_and_idle() -> None:
    whole = fleet(
        ("a", at(1)),
        ("b", at(-20)),
        idle=("c", "d", "e", "f"),
        tags={"f": {"team": "sports"}},
        a=entry_aired("a", aired(2, 10), is_live=True),
        b=entry_aired("b", aired(1, 5, "2026-03-12"), is_live=True),
        c=entry_aired("c", aired(3, 7), is_live=False),
        d=entry_aired("d", aired(9, 9, "2026-02-28"), is_live=False),
        f=entry_aired("f", aired(4, 4), is_live=False),
    )

    notified = notified_by(whole, BUDGET, at(3))

    today = (2 + 2) + 15 + 3
    month = (10 + 2) + (5 + 23) + 7
    assert notified["a"]["team"].aired == notified["b"]["team"].aired == seconds(today, month)


def test_airtime_that_runs_as_told_is_not_notified_again() -> None:
    live = after(fleet(("a", at(1)), ("b", at(2))), BUDGET, at(3))
    gone = fleet(("a", at(1)), idle=("b",))
    ended = entry_aired("b", aired(1.5, 1.5), is_live=False)
    entries = {**live.entries, arn_of("b"): ended}
    gone = replace(gone, entries=entries)

    # b ended at 3:30; what was told goes on counting it, a slot too much is nothing to speak of.
    assert notified_by(gone, BUDGET, at(3, 35)) == {}
    notified = notified_by(gone, BUDGET, at(3, 36))
    assert notified["a"]["team"].live == 1
    assert notified["a"]["team"].aired == seconds(1.5 + 2.6, 1.5 + 2.6)


def test_another_stream_makes_a_difference_once_it_has_used_enough() -> None:
    live = after(fleet(("a", at(1))), BUDGET, at(3))
    more = fleet(("a", at(1)), ("b", at(3)))
    more = replace(more, entries={**more.entries, **live.entries})

    assert notified_by(more, BUDGET, at(3, 10)).keys() == {"b"}
    assert notified_by(more, BUDGET, at(3, 11)).keys() == {"a", "b"}


def test_where_nobody_counts_airtime_none_is_notified() -> None:
    live = after(fleet(("a", at(1)), ("b", at(2))), AT_MOST_TWO, at(3))
    gone = replace(fleet(("a", at(1)), idle=("b",)), entries=live.entries)

    assert live.entries[arn_of("a")].peers == Stamped({"team": place(1, 2)}, at(3))
    assert notified_by(gone, AT_MOST_TWO, at(3, 30)) == {}


def test_the_index_holds_what_a_channel_aired_before_and_was_notified() -> None:
    budget = {"limit": "PT40H", "period": "week", "tag": "team", "zone": "Europe/Berlin"}
    harness, notified = Harness(policy_of(compiled_rule("broadcast_budget", budget))), place(1, 1)
    harness.time.now = at(1)
    given = [
        stream_start(at(-2), STREAM),
        stream_end(at(-1), STREAM),
        stream_start(at(), NEXT_STREAM),
        peers_listed(at(1), {"team": notified}, NEXT_STREAM),
    ]

    harness.observer().observe(CHANNEL, given)
    live = fleet_entry(harness.store.load(CHANNEL))
    harness.observer().observe(CHANNEL, [stream_end(at(1), NEXT_STREAM)])
    over = fleet_entry(harness.store.load(CHANNEL))

    week = "week Europe/Berlin"
    assert live.aired == {week: LastAired("2026-W11", 12)}
    assert live.peers == Stamped({"team": notified}, at(1))
    assert (over.aired, over.peers) == ({week: LastAired("2026-W11", 24)}, None)


@pytest.mark.parametrize(
    "listed_for_long",
    [
        (stream_end(at(-1)), stream_listed(at(), start_time=at(-3), health="STARVING")),
        (
            stream_listed(at(-1), start_time=at(-3)),
            *(
                stream_listed(at(minutes=minutes), start_time=at(-3), health="STARVING")
                for minutes in (-55, 0)
            ),
        ),
    ],
    ids=["its end is known", "its end was lost"],
)
def test_what_a_stream_aired_is_in_its_entry_while_it_only_seems_to_go_on(
    listed_for_long: tuple[Input, ...],
) -> None:
    """Sweeps leave it out of the live streams, so its airtime would be nowhere."""
    budget = {"limit": "PT40H", "period": "day", "tag": "team"}
    harness = Harness(policy_of(compiled_rule("broadcast_budget", budget)))
    harness.observer().observe(CHANNEL, [stream_start(at(-3)), *listed_for_long])
    stale = fleet_entry(harness.store.load(CHANNEL))
    harness.observer().observe(CHANNEL, [stream_listed(at(minutes=10), start_time=at(-3))])
    healthy = fleet_entry(harness.store.load(CHANNEL))

    assert (stale.is_stale, stale.aired) == (True, {str(DAY): LastAired(TODAY, 24)})
    # As live it is counted from its start.
    assert (healthy.is_stale, healthy.aired) == (False, {})


def test_under_another_policy_what_was_aired_is_counted_once_the_record_is_decided_anew() -> None:
    def harness_of(zone: str) -> Harness:
        budget = {"limit": "PT40H", "period": "week", "account": True, "zone": zone}
        return Harness(policy_of(compiled_rule("broadcast_budget", budget)))

    earlier, later = harness_of("UTC"), harness_of("Europe/Berlin")
    later.store = earlier.store

    earlier.observer().observe(CHANNEL, [stream_start(at(-2)), stream_end(at(-1))])
    before_it = fleet_entry(later.store.load(CHANNEL)).aired
    later.observer().observe(CHANNEL, [Recheck(resource_arn=CHANNEL, time=at())])

    assert before_it == {"week UTC": LastAired("2026-W11", 12)}
    assert fleet_entry(later.store.load(CHANNEL)).aired == {
        "week Europe/Berlin": LastAired("2026-W11", 12)
    }


def test_the_index_holds_the_periods_of_all_rules() -> None:
    budget = {"limit": "PT40H", "tag": "team"}
    in_week, in_day = {"period": "week"}, {"period": "day", "zone": "Asia/Tokyo"}
    rules = [
        compiled_rule("broadcast_budget", budget | in_week, id="weeks"),
        compiled_rule("broadcast_budget", budget | in_day, id="days"),
    ]
    harness = Harness(policy_of(*rules))

    harness.observer().observe(CHANNEL, [stream_start(at(-2)), stream_end(at(-1))])

    aired = fleet_entry(harness.store.load(CHANNEL)).aired
    assert aired.keys() == {"week UTC", "day Asia/Tokyo"}


def test_where_no_channels_share_a_budget_the_index_holds_no_airtime() -> None:
    own = compiled_rule("broadcast_budget", {"limit": "PT4H", "period": "day"})
    harness = Harness(policy_of(own))

    harness.observer().observe(CHANNEL, [stream_start(at(-2)), stream_end(at(-1))])

    assert fleet_entry(harness.store.load(CHANNEL)).aired == {}


@pytest.mark.parametrize(
    "first",
    [
        entry_of("first", is_live=False),
        replace(entry_of("first", is_live=True), live_stream_id="st-later"),
        replace(entry_of("first", is_live=True), is_stale=True),
    ],
    ids=["its end is known", "another one has begun", "it only seems to go on"],
)
def test_a_stream_that_is_over_and_still_listed_does_not_count_for_others(
    first: FleetEntry,
) -> None:
    """Else who goes from one channel of a team to the next would be stopped there."""
    seen = fleet(("first", at()), ("second", at(1)), first=first)

    notified = notified_by(seen, Needs(peers=frozenset({("team", 1)})), at(1, seconds=10))

    assert notified.keys() == {"second"}
    assert (notified["second"]["team"].live, notified["second"]["team"].rank) == (1, 1)


def test_the_airtime_of_a_stream_that_is_over_and_still_listed_counts_once() -> None:
    over = replace(entry_of("first", is_live=False), aired=aired(2, 2))
    seen = fleet(("first", at()), ("second", at(2)), first=over)

    notified = notified_by(seen, BUDGET, at(2))

    assert notified["second"]["team"].aired == seconds(2, 2)


WEEK: Final = LocalPeriod(Period.WEEK, "Europe/Berlin")


def test_each_tag_is_counted_by_the_periods_that_its_rules_need() -> None:
    needs = Needs(airtime=frozenset({("team", DAY), ("", WEEK)}))
    week = {str(WEEK): LastAired("2026-W11", 36)}
    idle = entry_aired("b", week | aired(1, 5), is_live=False)

    notified = notified_by(fleet(("a", at(1)), idle=("b",), b=idle), needs, at(3))

    assert notified["a"]["team"].aired == {str(DAY): 3 * HOUR}
    assert notified["a"][""].aired == {str(WEEK): 5 * HOUR}


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        # 2026-10-26 00:00 in Berlin is 23:00 UTC, an hour later than a week before.
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), 3 + 1),
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), 0.5),
    ],
)
def test_a_week_ends_by_the_clock_of_its_zone(moment: datetime, hours: float) -> None:
    idle = entry_aired("b", {str(WEEK): LastAired("2026-W43", 36)}, is_live=False)
    began = datetime(2026, 10, 25, 21, 30, tzinfo=UTC)
    needs = Needs(airtime=frozenset({("team", WEEK)}))

    notified = notified_by(fleet(("a", began), idle=("b",), b=idle), needs, moment)

    assert notified["a"]["team"].aired == {str(WEEK): round(hours * HOUR)}


def test_a_period_that_an_entry_does_not_say_yet_counts_as_nothing() -> None:
    """The policy has just changed: no stream is stopped for what is not known."""
    known = entry_aired("b", aired(20, 20), is_live=False)
    needs = Needs(airtime=frozenset({("team", WEEK)}))

    notified = notified_by(fleet(("a", at(1)), idle=("b",), b=known), needs, at(3))

    assert notified["a"]["team"].aired == {str(WEEK): 2 * HOUR}


def test_another_period_is_told_to_who_knows_the_same_airtime() -> None:
    live = after(fleet(("a", at(1))), BUDGET, at(2))

    assert notified_by(live, BUDGET, at(2, 30)) == {}
    more = BUDGET | Needs(airtime=frozenset({("team", WEEK)}))
    assert notified_by(live, more, at(2, 30)).keys() == {"a"}


def test_a_stream_that_begins_after_the_sweep_has_aired_nothing_yet() -> None:
    """Its channel was read by an earlier invocation, which kept nothing that is zero."""
    whole = fleet(("a", at(3, seconds=1)), a=entry_aired("a", aired(0, 5), is_live=True))
    read = together_of(whole, BUDGET, at(3))

    notified = notified_by(replace(whole, channels={}, earlier=read), BUDGET, at(3))

    assert notified["a"]["team"].aired == seconds(0, 5)


LONG_SHOWS = st.lists(
    st.lists(st.tuples(st.integers(0, 9_000), st.integers(5, 1_500)), max_size=3), max_size=6
)


@given(
    period=st.builds(
        LocalPeriod,
        st.sampled_from(Period),
        st.sampled_from(("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu")),
    ),
    minutes=st.integers(0, 60 * 24 * 12),
    shows=LONG_SHOWS,
    parts=st.integers(1, 4),
)
def test_the_sum_of_a_sweep_is_the_sum_of_what_channels_aired(
    period: LocalPeriod, minutes: int, shows: list[list[tuple[int, int]]], parts: int
) -> None:
    """Whatever the clock and the moment, and in how many invocations the channels were read."""
    now = datetime(2026, 10, 23, tzinfo=UTC) + timedelta(minutes=minutes)
    airtimes = {f"c{number}": _airtime(each, now) for number, each in enumerate(shows)}
    entries = {
        arn_of(name): entry_aired(name, last_aired(airtime, (period,)), is_live=False)
        for name, airtime in airtimes.items()
    }
    needs = Needs(airtime=frozenset({("team", period)}))
    whole = fleet(("live", now), idle=tuple(airtimes))
    whole = replace(whole, entries={**whole.entries, **entries})
    arns = list(whole.channels)
    size = -(-len(arns) // parts)
    chunks = [arns[start : start + size] for start in range(0, len(arns), size)]

    together = Together()
    for chunk in chunks:
        part = replace(
            whole, channels={arn: whole.channels[arn] for arn in chunk}, earlier=together
        )
        together = together_of(part, needs, now)

    (notified,) = notified_by(part, needs, now).values()
    exact = sum(
        (aired_within(airtime, period.around(now)) for airtime in airtimes.values()), timedelta(0)
    )
    assert notified["team"].aired == {str(period): exact // timedelta(seconds=1)}


def _airtime(shows: list[tuple[int, int]], now: datetime) -> Airtime:
    """Shows that began so many minutes ago and were so long, as far as they are over."""
    airtime: Airtime = {}
    for ago, length in shows:
        start = now - timedelta(minutes=ago)
        airtime = newest_days(airtime, slots_between(start, start + timedelta(minutes=length)))
    return before(airtime, now)


def test_channels_that_share_a_long_value_are_counted_together() -> None:
    team, other = f"{'news-' * 50}a", f"{'news-' * 50}b"
    tags = {name: {"team": value} for name, value in (("a", team), ("b", team), ("c", other))}
    live = fleet(("a", at(1)), ("b", at(2)), ("c", at(3)), tags=tags)

    found = notified_by(live, AT_MOST_TWO, at(4))

    assert [found[name]["team"].live for name in ("a", "b", "c")] == [2, 2, 1]
    known = Stamped(dict(found["a"]), at(4))
    assert fresh_peers(known, "team", team, at(4)) == found["a"]["team"]
    assert fresh_peers(known, "team", other, at(4)) is None
