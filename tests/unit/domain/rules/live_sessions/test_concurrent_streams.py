"""Streams that started when as many were live as may be."""

import pytest

from streamwarden.domain.inputs import Input
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.live_sessions.concurrent_streams import ConcurrentStreams
from streamwarden.domain.state.peers import Peers
from testbed.builders import (
    NEXT_STREAM,
    STREAM,
    at,
    channel_listed,
    peers_listed,
    stream_end,
    stream_start,
    tags_set,
)
from tests.unit.domain.rules.cases import (
    OFF_AIR,
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

FIVE_PER_TEAM = ConcurrentStreams(limit=5, tag="team")
FIVE = ConcurrentStreams(limit=5)
UNCOUNTED = not_applicable(
    "how many other streams are live is not known now; the next sweep counts them"
)
NEWS = channel_listed(at(-1), tags={"team": "news"})
LIVE = (NEWS, stream_start(at()))


def peers_of(
    rank: int, live: int = 7, *, limits: tuple[int, ...] = (5,), value: str = "news"
) -> Peers:
    return Peers(value=value, live=live, rank=rank, limits=limits)


def of_team(peers: Peers, stream_id: str = STREAM) -> Input:
    return peers_listed(at(1), {"team": peers}, stream_id)


SIXTH = breach(
    "7 streams of team 'news' are live, 5 are allowed; this one was the 6th to start",
    at(),
    STREAM,
    recheck_at=at(3),
)

NO_TEAM = "the channel has no value of tag 'team', by which streams are counted"


@each(
    (
        Case(title="an idle channel", check=FIVE_PER_TEAM, given=(NEWS,), now=at(1), found=OFF_AIR),
        Case(
            title="a channel without the tag",
            check=FIVE_PER_TEAM,
            given=(stream_start(at()), peers_listed(at(1), {"": peers_of(6, value="")})),
            now=at(1),
            found=not_applicable(NO_TEAM),
        ),
        Case(
            title="a channel whose tag is blank",
            check=FIVE_PER_TEAM,
            given=(
                channel_listed(at(), tags={"team": " "}),
                stream_start(at()),
                peers_listed(at(1), {"team": peers_of(6, value=" ")}),
            ),
            now=at(1),
            found=not_applicable(NO_TEAM),
        ),
        Case(
            title="before a sweep",
            check=FIVE_PER_TEAM,
            given=LIVE,
            now=at(1),
            found=UNCOUNTED,
        ),
        Case(
            title="a sweep finds other tags",
            check=FIVE_PER_TEAM,
            given=(*LIVE, peers_listed(at(1), {"owner": peers_of(6)})),
            now=at(1),
            found=UNCOUNTED,
        ),
        Case(
            title="exactly as many as may",
            check=FIVE_PER_TEAM,
            given=(*LIVE, of_team(peers_of(5))),
            now=at(2),
            found=compliant("one of the first 5 live streams of the same 'team'"),
        ),
        Case(
            title="one too many",
            check=FIVE_PER_TEAM,
            given=(*LIVE, of_team(peers_of(6))),
            now=at(2),
            found=SIXTH,
        ),
        Case(
            title="at the moment of the sweep",
            check=FIVE_PER_TEAM,
            given=(*LIVE, of_team(peers_of(6))),
            now=at(1),
            found=SIXTH,
        ),
        Case(
            title="sweeps stopped telling: a second before two hours",
            check=FIVE_PER_TEAM,
            given=(*LIVE, of_team(peers_of(6))),
            now=at(3, seconds=-1),
            found=SIXTH,
        ),
        Case(
            title="sweeps stopped telling for two hours",
            check=FIVE_PER_TEAM,
            given=(*LIVE, of_team(peers_of(6))),
            now=at(3),
            found=UNCOUNTED,
        ),
        Case(
            title="others ended, as a later sweep finds",
            check=FIVE_PER_TEAM,
            given=(*LIVE, of_team(peers_of(6)), peers_listed(at(2), {"team": peers_of(5, 6)})),
            now=at(3),
            found=compliant("one of the first 5 live streams of the same 'team'"),
        ),
        Case(
            title="the policy allows fewer than at the sweep",
            check=ConcurrentStreams(limit=4, tag="team"),
            given=(*LIVE, of_team(peers_of(6))),
            now=at(2),
            found=UNCOUNTED,
        ),
        Case(
            title="two rules",
            check=ConcurrentStreams(limit=1, tag="team"),
            given=(*LIVE, of_team(peers_of(2, limits=(1, 5)))),
            now=at(2),
            found=breach(
                "7 streams of team 'news' are live, 1 is allowed; this one was the 2nd to start",
                at(),
                STREAM,
                recheck_at=at(3),
            ),
        ),
        Case(
            title="the channel was given to another team since",
            check=FIVE_PER_TEAM,
            given=(*LIVE, of_team(peers_of(6)), tags_set(at(1, 1), {"team": "sports"})),
            now=at(2),
            found=UNCOUNTED,
        ),
        Case(
            title="the next stream has a place of its own",
            check=FIVE_PER_TEAM,
            given=(
                *LIVE,
                of_team(peers_of(6)),
                stream_end(at(2)),
                stream_start(at(3), NEXT_STREAM),
            ),
            now=at(4),
            found=UNCOUNTED,
        ),
        Case(
            title="the end of the stream",
            check=FIVE_PER_TEAM,
            given=(*LIVE, of_team(peers_of(6)), stream_end(at(2))),
            now=at(4),
            found=OFF_AIR,
        ),
        Case(
            title="within the whole account",
            check=FIVE,
            given=(*LIVE, peers_listed(at(1), {"": peers_of(5, value="")})),
            now=at(2),
            found=compliant("one of the first 5 live streams of the account"),
        ),
        Case(
            title="too many in the whole account",
            check=FIVE,
            given=(stream_start(at()), peers_listed(at(1), {"": peers_of(22, 30, value="")})),
            now=at(2),
            found=breach(
                "30 streams of the account are live, 5 are allowed; this one was the 22nd to start",
                at(),
                STREAM,
                recheck_at=at(3),
            ),
        ),
    )
)
def test_concurrent_streams_finds(case: Case) -> None:
    assert_found(case)


@pytest.mark.parametrize(
    ("rank", "output"),
    [
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (101, "101st"),
        (113, "113th"),
    ],
)
def test_places_are_said_as_people_say_them(rank: int, output: str) -> None:
    check = ConcurrentStreams(limit=1, tag="team")
    peers = peers_of(rank, 200, limits=(1,))

    assert_found(
        Case(
            title=output,
            check=check,
            given=(*LIVE, of_team(peers)),
            now=at(2),
            found=breach(
                "200 streams of team 'news' are live, 1 is allowed; "
                f"this one was the {output} to start",
                at(),
                STREAM,
                recheck_at=at(3),
            ),
        )
    )


def test_a_sweep_is_asked_for_peers() -> None:
    assert FIVE.needs == Needs(peers=frozenset({("", 5)}))
    assert FIVE_PER_TEAM.needs == Needs(peers=frozenset({("team", 5)}))


def test_a_limit_of_no_stream_is_refused() -> None:
    with pytest.raises(ValueError, match="`limit`: expected 1 or more, found 0"):
        ConcurrentStreams(limit=0)


def test_a_tag_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="`tag`: expected the key of a tag"):
        ConcurrentStreams(limit=1, tag="")
