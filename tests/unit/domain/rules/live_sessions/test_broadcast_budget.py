"""Budgets of airtime, of one channel and of several."""

from datetime import timedelta
from functools import reduce
from operator import or_

import pytest

from streamwarden.domain.inputs import Input
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.live_sessions.broadcast_budget import BroadcastBudget
from streamwarden.domain.state.peers import Peers
from streamwarden.domain.state.periods import LocalPeriod, Period
from testbed.builders import (
    NEXT_STREAM,
    at,
    channel_listed,
    peers_listed,
    stream_end,
    stream_listed,
    stream_start,
    stream_still_listed,
    tags_removed,
    tags_set,
)
from tests.unit.domain.rules.cases import (
    OFF_AIR,
    Case,
    assert_found,
    breach,
    each,
    not_applicable,
    pending,
)

HOUR = timedelta(hours=1)
FOUR_A_DAY = BroadcastBudget(limit=4 * HOUR, period=Period.DAY)
MINUTE_A_DAY = BroadcastBudget(limit=timedelta(minutes=1), period=Period.DAY)
TOKYO_DAY = BroadcastBudget(limit=3 * HOUR, period=Period.DAY, zone="Asia/Tokyo")
FOUR_A_WEEK = BroadcastBudget(limit=4 * HOUR, period=Period.WEEK)
FOUR_A_MONTH = BroadcastBudget(limit=4 * HOUR, period=Period.MONTH)
FORTY_PER_TEAM = BroadcastBudget(limit=40 * HOUR, period=Period.MONTH, tag="team")
TEN_PER_TEAM_AND_DAY = BroadcastBudget(limit=10 * HOUR, period=Period.DAY, tag="team")
TEN_PER_TEAM_AND_LOCAL_WEEK = BroadcastBudget(
    limit=10 * HOUR, period=Period.WEEK, tag="team", zone="Europe/Berlin"
)
OF_THE_ACCOUNT = BroadcastBudget(limit=1000 * HOUR, period=Period.MONTH, account=True)
UNCOUNTED = not_applicable(
    "the airtime of other channels is not known now; the next sweep counts it"
)
MIDNIGHT = at(12)
TODAY, TOMORROW, MONTH = "2026-03-14", "2026-03-15", "2026-03"
END_OF_MONTH = at(24 * 17 + 12)
SUNDAY_NIGHT = at(24 + 11)  # midnight in Berlin
NEWS = channel_listed(at(-48), tags={"team": "news"})


def aired(start: float, end: float, stream_id: str) -> tuple[Input, ...]:
    return stream_start(at(start), stream_id), stream_end(at(end), stream_id)


def starving(start: float, listed: float) -> Input:
    return stream_listed(at(listed), "st-1", health="STARVING", start_time=at(start))


@each(
    (
        Case(
            title="a day in Tokyo begins at 15:00 UTC",
            check=TOKYO_DAY,
            given=aired(-2, 2, "st-1"),
            now=at(3, 30),
            found=OFF_AIR,
        ),
        Case(
            title="a day in Tokyo ends at 15:00 UTC",
            check=TOKYO_DAY,
            given=(stream_start(at(-2)),),
            now=at(2),
            found=breach(
                "the channel has used 4h of 3h today (Asia/Tokyo)",
                at(1),
                "2026-03-14",
                recheck_at=at(3),
            ),
        ),
        Case(
            title="a week ends on Sunday",
            check=FOUR_A_WEEK,
            given=aired(-5, 0, "st-1"),
            now=at(1),
            found=breach(
                "the channel has used 5h of 4h this week (UTC); it is off the air",
                at(),
                "2026-W11",
                recheck_at=at(36),
            ),
        ),
        Case(title="an idle channel", check=FOUR_A_DAY, now=at(), found=OFF_AIR),
        Case(
            title="an idle channel that has not used up its budget",
            check=FOUR_A_DAY,
            given=aired(-3, 0, "st-old"),
            now=at(1),
            found=OFF_AIR,
        ),
        Case(
            title="the first stream of the day",
            check=FOUR_A_DAY,
            given=(stream_start(at()),),
            now=at(1, 30),
            found=pending("the channel has used 1h 30m of 4h today (UTC)", at(4), TODAY),
        ),
        Case(
            title="at its start",
            check=FOUR_A_DAY,
            given=(stream_start(at()),),
            now=at(),
            found=pending("the channel has used 0m of 4h today (UTC)", at(4), TODAY),
        ),
        Case(
            title="with earlier streams",
            check=FOUR_A_DAY,
            given=(*aired(-3, -1, "st-1"), *aired(-1, 0, "st-2"), stream_start(at())),
            now=at(minutes=20),
            found=pending("the channel has used 3h 20m of 4h today (UTC)", at(1), TODAY),
        ),
        Case(
            title="what a sweep saw of the live stream is not counted twice",
            check=FOUR_A_DAY,
            given=(stream_start(at()), stream_listed(at(1), start_time=at())),
            now=at(2),
            found=pending("the channel has used 2h of 4h today (UTC)", at(4), TODAY),
        ),
        Case(
            title="a second before it is used up",
            check=FOUR_A_DAY,
            given=(*aired(-3, 0, "st-1"), stream_start(at())),
            now=at(1, seconds=-1),
            found=pending("the channel has used 3h 59m of 4h today (UTC)", at(1), TODAY),
        ),
        Case(
            title="a minute of a trial is a slot, which is said where the limit is small",
            check=MINUTE_A_DAY,
            given=aired(0, 1 / 60, "st-1"),
            now=at(1),
            found=breach(
                "the channel has used 5m of 1m today (UTC), in slots of 5m; it is off the air",
                at(0, 1),
                TODAY,
                recheck_at=MIDNIGHT,
            ),
        ),
        Case(
            title="a live stream is counted to the second",
            check=MINUTE_A_DAY,
            given=(stream_start(at()),),
            now=at(0, 1),
            found=breach(
                "the channel has used 1m of 1m today (UTC)", at(0, 1), TODAY, recheck_at=MIDNIGHT
            ),
        ),
        Case(
            title="exactly when it is used up",
            check=FOUR_A_DAY,
            given=(*aired(-3, 0, "st-1"), stream_start(at())),
            now=at(1),
            found=breach(
                "the channel has used 4h of 4h today (UTC)",
                at(1),
                "2026-03-14",
                recheck_at=MIDNIGHT,
            ),
        ),
        Case(
            title="after it was used up",
            check=FOUR_A_DAY,
            given=(*aired(-3, 0, "st-1"), stream_start(at())),
            now=at(2, 5),
            found=breach(
                "the channel has used 5h 5m of 4h today (UTC)",
                at(1),
                "2026-03-14",
                recheck_at=MIDNIGHT,
            ),
        ),
        Case(
            title="started when it was used up: in breach since then",
            check=FOUR_A_DAY,
            given=(*aired(-5, 0, "st-1"), stream_start(at(1))),
            now=at(1),
            found=breach(
                "the channel has used 5h of 4h today (UTC)",
                at(1),
                "2026-03-14",
                recheck_at=MIDNIGHT,
            ),
        ),
        Case(
            title="off the air, and used up",
            check=FOUR_A_DAY,
            given=aired(-5, 0, "st-1"),
            now=at(1),
            found=breach(
                "the channel has used 5h of 4h today (UTC); it is off the air",
                at(),
                "2026-03-14",
                recheck_at=MIDNIGHT,
            ),
        ),
        Case(
            title="listed after its end, it uses nothing more",
            check=FOUR_A_DAY,
            given=(*aired(-3, -2, "st-1"), starving(-3, -1), stream_still_listed(at(3), "st-1")),
            now=at(3),
            found=OFF_AIR,
        ),
        Case(
            title="listed after its end, and used up by then",
            check=FOUR_A_DAY,
            given=(*aired(-5, -1, "st-1"), starving(-5, 0)),
            now=at(1),
            found=breach(
                "the channel has used 4h of 4h today (UTC); it is off the air",
                at(-1),
                "2026-03-14",
                recheck_at=MIDNIGHT,
            ),
        ),
        Case(
            title="starving without an event, it may go on",
            check=FOUR_A_DAY,
            given=(stream_start(at(-3), "st-1"), starving(-3, 0)),
            now=at(),
            found=pending("the channel has used 3h of 4h today (UTC)", at(1), TODAY),
        ),
        Case(
            title="off the air on the next day",
            check=FOUR_A_DAY,
            given=aired(-5, 0, "st-1"),
            now=MIDNIGHT,
            found=OFF_AIR,
        ),
        Case(
            title="streams of yesterday do not count",
            check=FOUR_A_DAY,
            given=(*aired(-24, -18, "st-1"), stream_start(at())),
            now=at(1),
            found=pending("the channel has used 1h of 4h today (UTC)", at(4), TODAY),
        ),
        Case(
            title="what the live stream used yesterday does not count either",
            check=FOUR_A_DAY,
            given=(stream_start(at(-20)),),
            now=at(-11),
            found=pending("the channel has used 1h of 4h today (UTC)", at(-8), TODAY),
        ),
        Case(
            title="a day that ends before the budget: looked at again when the next one begins",
            check=FOUR_A_DAY,
            given=(stream_start(at(9)),),
            now=at(11),
            found=pending("the channel has used 2h of 4h today (UTC)", MIDNIGHT, TODAY),
        ),
        Case(
            title="a new day, a new budget",
            check=FOUR_A_DAY,
            given=(stream_start(at()),),
            now=MIDNIGHT,
            found=pending("the channel has used 0m of 4h today (UTC)", at(16), TOMORROW),
        ),
        Case(
            title="in a month streams of yesterday count",
            check=FOUR_A_MONTH,
            given=(*aired(-24, -21, "st-1"), stream_start(at())),
            now=at(1),
            found=breach(
                "the channel has used 4h of 4h this month (UTC)",
                at(1),
                "2026-03",
                recheck_at=END_OF_MONTH,
            ),
        ),
        Case(
            title="those of last month do not",
            check=FOUR_A_MONTH,
            given=(*aired(-24 * 20, -24 * 20 + 5, "st-1"), stream_start(at())),
            now=at(1),
            found=pending("the channel has used 1h of 4h this month (UTC)", at(4), MONTH),
        ),
        Case(
            title="an encoder that comes and goes within five minutes uses five",
            check=FOUR_A_DAY,
            given=(
                *aired(-1, -0.99, "st-1"),
                *aired(-0.98, -0.97, "st-2"),
                stream_start(at(), NEXT_STREAM),
            ),
            now=at(minutes=10),
            found=pending("the channel has used 15m of 4h today (UTC)", at(3, 55), TODAY),
        ),
    )
)
def test_the_budget_of_a_channel(case: Case) -> None:
    assert_found(case)


def usage(hours: float, live: int, *, today: float = 0, value: str = "news") -> dict[str, Peers]:
    """What the team has used this month, and today."""
    used = {"month UTC": round(hours * 3600), "day UTC": round(today * 3600)}
    peers = Peers(value=value, live=live, rank=1, aired=used)
    return {"team" if value else "": peers}


def in_local_week(hours: float, live: int) -> dict[str, Peers]:
    used = {"week Europe/Berlin": round(hours * 3600)}
    return {"team": Peers(value="news", live=live, rank=1, aired=used)}


LIVE = (NEWS, stream_start(at()))
NO_TEAM = "the channel has no value of tag 'team', whose channels share the budget"


@each(
    (
        Case(title="an idle channel", check=FORTY_PER_TEAM, given=(NEWS,), now=at(), found=OFF_AIR),
        Case(
            title="a channel without the tag",
            check=FORTY_PER_TEAM,
            given=(*LIVE, peers_listed(at(1), usage(30, 2)), tags_removed(at(1, 1), "team")),
            now=at(2),
            found=not_applicable(NO_TEAM),
        ),
        Case(
            title="a channel whose tag is blank",
            check=FORTY_PER_TEAM,
            given=(*LIVE, peers_listed(at(1), usage(30, 2)), tags_set(at(1, 1), {"team": " "})),
            now=at(2),
            found=not_applicable(NO_TEAM),
        ),
        Case(
            title="before a sweep",
            check=FORTY_PER_TEAM,
            given=LIVE,
            now=at(1),
            found=UNCOUNTED,
        ),
        Case(
            title="a sweep counted streams, not airtime",
            check=FORTY_PER_TEAM,
            given=(*LIVE, peers_listed(at(1), {"team": Peers(value="news", live=2, rank=1)})),
            now=at(1),
            found=UNCOUNTED,
        ),
        Case(
            title="the channel was given to another team since",
            check=FORTY_PER_TEAM,
            given=(
                *LIVE,
                peers_listed(at(1), usage(50, 2)),
                tags_set(at(1, 1), {"team": "sports"}),
            ),
            now=at(2),
            found=UNCOUNTED,
        ),
        Case(
            title="used by those that are live together",
            check=FORTY_PER_TEAM,
            given=(*LIVE, peers_listed(at(1), usage(30, 4))),
            now=at(2),
            found=pending(
                "team 'news' has used 34h of 40h this month (UTC); 4 streams are live",
                at(3),
                MONTH,
            ),
        ),
        Case(
            title="a single stream",
            check=FORTY_PER_TEAM,
            given=(*LIVE, peers_listed(at(1), usage(39.5, 1))),
            now=at(1),
            found=pending("team 'news' has used 39h 30m of 40h this month (UTC)", at(1, 30), MONTH),
        ),
        Case(
            title="exactly when it is used up",
            check=FORTY_PER_TEAM,
            given=(*LIVE, peers_listed(at(1), usage(34, 4))),
            now=at(2, 30),
            found=breach(
                "team 'news' has used 40h of 40h this month (UTC); 4 streams are live",
                at(2, 30),
                "2026-03",
                recheck_at=at(3),
            ),
        ),
        Case(
            title="used up before the sweep",
            check=FORTY_PER_TEAM,
            given=(*LIVE, peers_listed(at(1), usage(41, 1))),
            now=at(1, 30),
            found=breach(
                "team 'news' has used 41h 30m of 40h this month (UTC)",
                at(1),
                "2026-03",
                recheck_at=at(3),
            ),
        ),
        Case(
            title="sweeps stopped telling for two hours",
            check=FORTY_PER_TEAM,
            given=(*LIVE, peers_listed(at(1), usage(41, 1))),
            now=at(3),
            found=UNCOUNTED,
        ),
        Case(
            title="a pace that no clock can name exactly",
            check=FORTY_PER_TEAM,
            given=(*LIVE, peers_listed(at(1), usage(39, 7))),
            now=at(1) + HOUR / 7,
            found=breach(
                "team 'news' has used 40h of 40h this month (UTC); 7 streams are live",
                (at(1) + HOUR / 7).replace(microsecond=0),
                "2026-03",
                recheck_at=at(3),
            ),
        ),
        Case(
            title="a later sweep finds that others ended",
            check=FORTY_PER_TEAM,
            given=(
                *LIVE,
                peers_listed(at(1), usage(39, 9)),
                peers_listed(at(1, 5), usage(39.5, 1)),
            ),
            now=at(1, 10),
            found=pending("team 'news' has used 39h 35m of 40h this month (UTC)", at(1, 35), MONTH),
        ),
        Case(
            title="today",
            check=TEN_PER_TEAM_AND_DAY,
            given=(*LIVE, peers_listed(at(1), usage(300, 2, today=9))),
            now=at(1, 15),
            found=pending(
                "team 'news' has used 9h 30m of 10h today (UTC); 2 streams are live",
                at(1, 30),
                TODAY,
            ),
        ),
        Case(
            title="told yesterday: today counts from midnight with those that were live",
            check=TEN_PER_TEAM_AND_DAY,
            given=(*LIVE, peers_listed(at(11), usage(300, 2, today=9.9))),
            now=at(12, 30),
            found=pending(
                "team 'news' has used 1h of 10h today (UTC); 2 streams are live", at(13), TOMORROW
            ),
        ),
        Case(
            title="a week in Berlin",
            check=TEN_PER_TEAM_AND_LOCAL_WEEK,
            given=(*LIVE, peers_listed(at(1), in_local_week(9.5, 2))),
            now=at(1, 15),
            found=breach(
                "team 'news' has used 10h of 10h this week (Europe/Berlin); 2 streams are live",
                at(1, 15),
                "2026-W11",
                recheck_at=at(3),
            ),
        ),
        Case(
            title="a week in Berlin that ends before the budget",
            check=TEN_PER_TEAM_AND_LOCAL_WEEK,
            given=(*LIVE, peers_listed(SUNDAY_NIGHT - HOUR, in_local_week(7, 2))),
            now=SUNDAY_NIGHT - HOUR / 2,
            found=pending(
                "team 'news' has used 8h of 10h this week (Europe/Berlin); 2 streams are live",
                SUNDAY_NIGHT,
                "2026-W11",
            ),
        ),
        Case(
            title="told before the week in Berlin began: it counts from its midnight",
            check=TEN_PER_TEAM_AND_LOCAL_WEEK,
            given=(*LIVE, peers_listed(SUNDAY_NIGHT - HOUR / 2, in_local_week(9, 6))),
            now=SUNDAY_NIGHT + HOUR,
            found=pending(
                "team 'news' has used 6h of 10h this week (Europe/Berlin); 6 streams are live",
                SUNDAY_NIGHT + HOUR * 3 / 2,
                "2026-W12",
            ),
        ),
        Case(
            title="a sweep counted by another clock",
            check=TEN_PER_TEAM_AND_LOCAL_WEEK,
            given=(*LIVE, peers_listed(at(1), usage(50, 2, today=50))),
            now=at(2),
            found=UNCOUNTED,
        ),
        Case(
            title="the next stream has to be told too",
            check=FORTY_PER_TEAM,
            given=(
                *LIVE,
                peers_listed(at(1), usage(50, 2)),
                stream_end(at(2)),
                stream_start(at(3), NEXT_STREAM),
            ),
            now=at(4),
            found=UNCOUNTED,
        ),
        Case(
            title="the whole account",
            check=OF_THE_ACCOUNT,
            given=(stream_start(at()), peers_listed(at(1), usage(980, 20, value=""))),
            now=at(1, 30),
            found=pending(
                "the account has used 990h of 1000h this month (UTC); 20 streams are live",
                at(2),
                MONTH,
            ),
        ),
        Case(
            title="more than the whole account may",
            check=OF_THE_ACCOUNT,
            given=(stream_start(at()), peers_listed(at(1), usage(980, 20, value=""))),
            now=at(2, 15),
            found=breach(
                "the account has used 1005h of 1000h this month (UTC); 20 streams are live",
                at(2),
                "2026-03",
                recheck_at=at(3),
            ),
        ),
    )
)
def test_a_shared_budget(case: Case) -> None:
    assert_found(case)


def test_only_a_shared_budget_asks_a_sweep_for_airtime() -> None:
    assert FOUR_A_DAY.needs == Needs()
    assert FORTY_PER_TEAM.needs == Needs(airtime=frozenset({("team", LocalPeriod(Period.MONTH))}))
    assert TEN_PER_TEAM_AND_LOCAL_WEEK.needs == Needs(
        airtime=frozenset({("team", LocalPeriod(Period.WEEK, "Europe/Berlin"))})
    )
    assert OF_THE_ACCOUNT.needs == Needs(airtime=frozenset({("", LocalPeriod(Period.MONTH))}))


def test_a_budget_is_shared_by_a_tag_or_by_the_account() -> None:
    with pytest.raises(ValueError, match="give either `tag` or `account`, not both"):
        BroadcastBudget(limit=HOUR, period=Period.DAY, tag="team", account=True)
    with pytest.raises(ValueError, match="`tag`: expected the key of a tag"):
        BroadcastBudget(limit=HOUR, period=Period.DAY, tag="")


@pytest.mark.parametrize(("period", "days"), [(Period.DAY, 1), (Period.MONTH, 31)])
def test_a_budget_that_no_channel_can_use_up_is_refused(period: Period, days: int) -> None:
    limit = timedelta(days=days)

    with pytest.raises(ValueError, match="one channel cannot be on the air for more in a"):
        BroadcastBudget(limit=limit, period=period)

    BroadcastBudget(limit=limit - timedelta(seconds=1), period=period)
    BroadcastBudget(limit=limit, period=period, tag="team")


@pytest.mark.parametrize(
    ("budgets", "is_local"),
    [
        ((FOUR_A_WEEK,), False),
        ((TOKYO_DAY,), True),
        ((TOKYO_DAY, FOUR_A_WEEK), True),
        ((FOUR_A_WEEK, TOKYO_DAY), True),
    ],
)
def test_one_budget_by_another_clock_is_enough_to_keep_the_edges_of_days(
    budgets: tuple[BroadcastBudget, ...], is_local: bool
) -> None:
    assert reduce(or_, (each.interests for each in budgets)).by_local_clock is is_local
