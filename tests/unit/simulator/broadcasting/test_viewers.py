"""Viewers: who is let in, what a viewer count shows of them, and when they are too many."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ivs_simulator.broadcasting import viewers
from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.playback import tokens
from ivs_simulator.playback.refusals import PlaybackRefused, Refusal
from ivs_simulator.playback.restrictions import Viewer
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.options import Latencies, Options, Quotas
from ivs_simulator.state.views import View
from ivs_simulator.wire.errors import IvsError
from tests.unit.simulator.conftest import ACCOUNT, REGION, Sandbox
from tests.unit.simulator.playback.conftest import KeyPair, pair_of

ANYONE = Viewer()
TICKET = str(UUID(int=7))
SLOW = Latencies(view_shown=timedelta(seconds=15), view_gone=timedelta(minutes=1))


@dataclass
class LiveChannel:
    """One channel on air, its viewers, and a client that asks the API about it."""

    sandbox: Sandbox
    ivs: Any
    arn: str
    broadcast: Broadcast
    pair: KeyPair

    @property
    def account_region(self) -> AccountRegion:
        return self.sandbox.world.account_region(ACCOUNT, REGION)

    def watch(self, viewer: Viewer = ANYONE, token: str | None = None) -> View:
        return viewers.watch(self.account_region, self.arn, viewer, token, self.sandbox.now)

    def refusal(self, viewer: Viewer = ANYONE, token: str | None = None) -> Refusal:
        with pytest.raises(PlaybackRefused) as caught:
            self.watch(viewer, token)
        return caught.value.reason

    def token(self, **claims: object) -> str:
        """A token of this channel, good for a minute; claims are named without `aws:`."""
        named = {f"aws:{name.replace('_', '-')}": value for name, value in claims.items()}
        expires = int(self.sandbox.now.timestamp()) + 60
        whole = {"aws:channel-arn": self.arn, "exp": expires, **named}
        return tokens.sign(self.pair.private_pem, whole)

    def count(self) -> int:
        return int(self.ivs.get_stream(channelArn=self.arn)["stream"]["viewerCount"])

    def breaches(self) -> list[dict[str, Any]]:
        return self.sandbox.received("IVS Limit Breach")

    def allow_viewers(self, quota: int) -> None:
        self.sandbox.world.options = Options(quotas=Quotas(concurrent_viewers=quota))


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return pair_of(ec.generate_private_key(ec.SECP384R1()))


def live_channel(sandbox: Sandbox, ivs: Any, pair: KeyPair, **settings: Any) -> LiveChannel:
    made = ivs.create_channel(**settings)
    broadcast = sandbox.world.go_live(made["streamKey"]["value"])
    return LiveChannel(sandbox, ivs, made["channel"]["arn"], broadcast, pair)


@pytest.fixture
def public(sandbox: Sandbox, ivs: Any, pair: KeyPair) -> LiveChannel:
    return live_channel(sandbox, ivs, pair)


@pytest.fixture
def key_arn(ivs: Any, pair: KeyPair) -> str:
    imported = ivs.import_playback_key_pair(publicKeyMaterial=pair.public_pem)
    return str(imported["keyPair"]["arn"])


@pytest.fixture
def private(sandbox: Sandbox, ivs: Any, pair: KeyPair, key_arn: str) -> LiveChannel:
    return live_channel(sandbox, ivs, pair, authorized=True)


def test_a_public_channel_lets_anyone_in_and_shows_the_view(public: LiveChannel) -> None:
    view = public.watch()

    assert view.is_playing
    assert (view.channel_arn, view.stream_id) == (public.arn, public.broadcast.stream_id)
    assert public.count() == 1
    (listed,) = public.ivs.list_streams()["streams"]
    assert listed["viewerCount"] == 1


def test_a_channel_that_is_offline_cannot_be_watched(public: LiveChannel) -> None:
    public.broadcast.leave()

    assert public.refusal() is Refusal.OFFLINE


def test_a_session_that_is_not_yet_a_stream_cannot_be_watched(
    sandbox: Sandbox, ivs: Any, pair: KeyPair
) -> None:
    sandbox.world.options = Options(latencies=Latencies(stream_start=timedelta(seconds=6)))
    channel = live_channel(sandbox, ivs, pair)

    assert channel.refusal() is Refusal.OFFLINE
    sandbox.later(seconds=6)
    sandbox.world.tick()
    assert channel.watch().is_playing


def test_a_channel_never_made_is_not_found(public: LiveChannel) -> None:
    never = f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/never"

    with pytest.raises(IvsError, match="ResourceNotFoundException"):
        viewers.watch(public.account_region, never, ANYONE, None, public.sandbox.now)


def test_a_private_channel_lets_in_viewers_with_a_token(private: LiveChannel) -> None:
    assert private.refusal() is Refusal.MISSING
    assert private.watch(token=private.token()).is_playing


def test_a_token_is_verified_against_every_key_of_the_region(
    sandbox: Sandbox, ivs: Any, pair: KeyPair
) -> None:
    other = pair_of(ec.generate_private_key(ec.SECP384R1()))
    for each in (other, pair):
        ivs.import_playback_key_pair(publicKeyMaterial=each.public_pem)
    channel = live_channel(sandbox, ivs, pair, authorized=True)

    assert channel.watch(token=channel.token()).is_playing


def test_a_key_of_another_region_verifies_nothing(
    sandbox: Sandbox, ivs: Any, pair: KeyPair
) -> None:
    elsewhere = sandbox.client(region="us-west-2")
    elsewhere.import_playback_key_pair(publicKeyMaterial=pair.public_pem)
    channel = live_channel(sandbox, ivs, pair, authorized=True)

    assert channel.refusal(token=channel.token()) is Refusal.SIGNATURE_UNKNOWN


def test_a_token_of_another_channel_opens_nothing(private: LiveChannel) -> None:
    other = private.ivs.create_channel(authorized=True)["channel"]["arn"]

    assert private.refusal(token=private.token(channel_arn=other)) is Refusal.OTHER_CHANNEL


def test_a_tokens_origins_are_held_against_the_viewers(private: LiveChannel) -> None:
    token = private.token(access_control_allow_origin="https://example.com")

    assert private.watch(Viewer(origin="https://example.com"), token).is_playing
    elsewhere = Viewer(origin="https://example.org")
    assert private.refusal(elsewhere, token) is Refusal.ORIGIN_NOT_ALLOWED


def test_an_expired_token_lets_in_no_more_but_ends_no_view(private: LiveChannel) -> None:
    token = private.token()
    view = private.watch(token=token)

    private.sandbox.later(minutes=1)

    assert private.refusal(token=token) is Refusal.EXPIRED
    assert view.is_playing


def test_a_deleted_key_lets_in_no_more_but_ends_no_view(private: LiveChannel, key_arn: str) -> None:
    view = private.watch(token=private.token())

    private.ivs.delete_playback_key_pair(arn=key_arn)

    assert private.refusal(token=private.token()) is Refusal.SIGNATURE_UNKNOWN
    assert view.is_playing
    assert private.count() == 1


def test_a_token_for_single_use_is_used_once(private: LiveChannel) -> None:
    token = private.token(single_use_uuid=TICKET)
    private.watch(token=token).leave(private.sandbox.now)

    assert private.refusal(token=token) is Refusal.USED_BEFORE
    same_ticket = private.token(single_use_uuid=TICKET.upper(), viewer_id="viewer-2")
    assert private.refusal(token=same_ticket) is Refusal.USED_BEFORE


def test_a_token_that_was_refused_is_not_used_up(private: LiveChannel) -> None:
    token = private.token(single_use_uuid=TICKET)
    private.allow_viewers(0)
    assert private.refusal(token=token) is Refusal.TOO_MANY_VIEWERS

    private.allow_viewers(1)

    assert private.watch(token=token).is_playing


def policy_of(ivs: Any, **settings: Any) -> str:
    made = ivs.create_playback_restriction_policy(**settings)
    return str(made["playbackRestrictionPolicy"]["arn"])


def test_a_public_channels_policy_says_who_may_watch(
    sandbox: Sandbox, ivs: Any, pair: KeyPair
) -> None:
    policy = policy_of(ivs, allowedCountries=["DE"], allowedOrigins=["https://example.com"])
    channel = live_channel(sandbox, ivs, pair, playbackRestrictionPolicyArn=policy)

    assert channel.watch(Viewer("DE", "https://example.com")).is_playing
    assert channel.watch(Viewer(None, None)).is_playing
    assert channel.refusal(Viewer("FR")) is Refusal.COUNTRY_NOT_ALLOWED
    elsewhere = Viewer("DE", "https://example.org")
    assert channel.refusal(elsewhere) is Refusal.ORIGIN_NOT_ALLOWED


def test_a_changed_policy_is_for_those_who_come_later(
    sandbox: Sandbox, ivs: Any, pair: KeyPair
) -> None:
    policy = policy_of(ivs)
    channel = live_channel(sandbox, ivs, pair, playbackRestrictionPolicyArn=policy)
    view = channel.watch(Viewer("FR"))

    ivs.update_playback_restriction_policy(arn=policy, allowedCountries=["DE"])

    assert channel.refusal(Viewer("FR")) is Refusal.COUNTRY_NOT_ALLOWED
    assert view.is_playing


def test_a_private_channel_ignores_its_policy(
    sandbox: Sandbox, ivs: Any, pair: KeyPair, key_arn: str
) -> None:
    policy = policy_of(ivs, allowedCountries=["DE"])
    channel = live_channel(sandbox, ivs, pair, authorized=True, playbackRestrictionPolicyArn=policy)

    assert channel.watch(Viewer("FR"), channel.token()).is_playing


def test_a_revocation_ends_the_viewers_sessions_up_to_a_version(private: LiveChannel) -> None:
    named = {version: {"viewer_session_version": version} for version in (1, 2, 3)}
    views = {
        version: private.watch(token=private.token(viewer_id="viewer-1", **claims))
        for version, claims in named.items()
    }
    other = private.watch(token=private.token(viewer_id="viewer-2", **named[1]))
    nameless = private.watch(token=private.token())

    private.ivs.start_viewer_session_revocation(
        channelArn=private.arn, viewerId="viewer-1", viewerSessionVersionsLessThanOrEqualTo=2
    )

    assert [version for version, view in views.items() if view.is_playing] == [3]
    assert other.is_playing
    assert nameless.is_playing
    assert private.count() == 3
    dead = private.token(viewer_id="viewer-1", **named[2])
    assert private.refusal(token=dead) is Refusal.REVOKED
    assert private.watch(token=private.token(viewer_id="viewer-1", **named[3])).is_playing


def test_a_revocation_without_a_version_is_of_those_without_one(private: LiveChannel) -> None:
    token = private.token(viewer_id="viewer-1")
    view = private.watch(token=token)
    newer = private.watch(token=private.token(viewer_id="viewer-1", viewer_session_version=1))

    revoked = [{"channelArn": private.arn, "viewerId": "viewer-1"}]
    private.ivs.batch_start_viewer_session_revocation(viewerSessions=revoked)

    assert not view.is_playing
    assert newer.is_playing
    assert private.refusal(token=token) is Refusal.REVOKED


def test_a_revocation_stands_before_the_viewer_comes_and_for_the_next_stream(
    private: LiveChannel,
) -> None:
    private.ivs.start_viewer_session_revocation(channelArn=private.arn, viewerId="viewer-1")
    token = private.token(viewer_id="viewer-1")
    assert private.refusal(token=token) is Refusal.REVOKED
    private.broadcast.leave()

    private.sandbox.world.go_live(private.sandbox.world.key_value(private.arn) or "")

    assert private.refusal(token=token) is Refusal.REVOKED


def test_a_revocation_on_one_channel_leaves_the_others_alone(
    sandbox: Sandbox, ivs: Any, pair: KeyPair, private: LiveChannel
) -> None:
    elsewhere = live_channel(sandbox, ivs, pair, authorized=True)
    view = elsewhere.watch(token=elsewhere.token(viewer_id="viewer-1"))

    ivs.start_viewer_session_revocation(channelArn=private.arn, viewerId="viewer-1")

    assert view.is_playing


def test_a_refusal_repeats_neither_the_token_nor_the_viewer(private: LiveChannel) -> None:
    token = private.token(viewer_id="viewer-1")
    view = private.watch(token=token)
    private.ivs.start_viewer_session_revocation(channelArn=private.arn, viewerId="viewer-1")

    with pytest.raises(PlaybackRefused) as caught:
        private.watch(token=token)

    for shown in (str(caught.value), repr(caught.value), repr(view)):
        assert token not in shown
        assert "viewer-1" not in shown


def test_a_crowd_and_single_viewers_add_up(public: LiveChannel) -> None:
    public.broadcast.watched_by(12)
    views = [public.watch() for _ in range(3)]
    assert public.count() == 15

    views[0].leave(public.sandbox.now)
    public.broadcast.watched_by(10)

    assert public.count() == 12


def test_each_stream_shows_its_own_viewers(
    sandbox: Sandbox, ivs: Any, pair: KeyPair, public: LiveChannel
) -> None:
    public.watch()
    other = live_channel(sandbox, ivs, pair)
    for _ in range(2):
        other.watch()

    assert [each["viewerCount"] for each in ivs.list_streams()["streams"]] == [1, 2]


def test_a_stream_id_that_comes_again_brings_no_viewers_back(public: LiveChannel) -> None:
    public.watch()
    key, stream_id = public.sandbox.world.key_value(public.arn), public.broadcast.stream_id
    public.broadcast.leave()

    public.sandbox.world.go_live(key or "", stream_id=stream_id)

    assert public.count() == 0


def test_a_crowd_is_of_no_fewer_than_zero(public: LiveChannel) -> None:
    with pytest.raises(ValueError, match="fewer than 0"):
        public.broadcast.watched_by(-1)


def test_the_count_learns_late_of_views_but_not_of_a_crowd(public: LiveChannel) -> None:
    public.sandbox.world.options = Options(latencies=SLOW)
    public.broadcast.watched_by(5)
    view = public.watch()

    counts = [public.count()]
    for seconds in (14, 1):
        public.sandbox.later(seconds=seconds)
        counts.append(public.count())
    view.leave(public.sandbox.now)
    for seconds in (0, 59, 1):
        public.sandbox.later(seconds=seconds)
        counts.append(public.count())

    assert counts == [5, 5, 6, 6, 6, 5]


def test_a_short_view_shows_after_it_is_over(public: LiveChannel) -> None:
    public.sandbox.world.options = Options(latencies=SLOW)
    view = public.watch()
    public.sandbox.later(seconds=5)
    view.leave(public.sandbox.now)

    counts = []
    for seconds in (0, 10, 49, 1):
        public.sandbox.later(seconds=seconds)
        counts.append(public.count())

    assert counts == [0, 1, 1, 0]


def test_a_view_ends_once(public: LiveChannel) -> None:
    public.sandbox.world.options = Options(latencies=SLOW)
    view = public.watch()
    left_at = public.sandbox.now
    view.leave(left_at)
    public.sandbox.later(minutes=5)

    view.leave(public.sandbox.now)

    assert view.left_at == left_at
    assert public.count() == 0


def test_the_end_of_the_stream_ends_all_views(public: LiveChannel) -> None:
    view = public.watch()
    public.broadcast.leave()

    public.sandbox.world.go_live(public.sandbox.world.key_value(public.arn) or "")

    assert not view.is_playing
    assert public.count() == 0
    view.leave(public.sandbox.now)
    assert view.left_at is None


def test_viewers_stay_while_the_stream_is_played_out(
    sandbox: Sandbox, ivs: Any, pair: KeyPair
) -> None:
    sandbox.world.options = Options(latencies=Latencies(draining=timedelta(seconds=4)))
    channel = live_channel(sandbox, ivs, pair)
    view = channel.watch()
    channel.broadcast.leave()

    assert view.is_playing
    assert channel.count() == 1
    sandbox.later(seconds=4)
    sandbox.world.tick()
    assert not view.is_playing


def test_a_view_is_found_while_it_plays(public: LiveChannel) -> None:
    view = public.watch()
    assert viewers.find(public.account_region, public.arn, view.id) is view

    view.leave(public.sandbox.now)

    with pytest.raises(IvsError, match="ResourceNotFoundException"):
        viewers.find(public.account_region, public.arn, view.id)


def test_readings_time_out_as_often_as_asked_and_of_that_channel_only(
    sandbox: Sandbox, ivs: Any, pair: KeyPair, public: LiveChannel
) -> None:
    other = live_channel(sandbox, ivs, pair)
    public.broadcast.watched_by(7)
    other.broadcast.watched_by(3)
    viewers.time_out(public.account_region, public.arn, 2)

    first = public.count()
    listed = [each["viewerCount"] for each in ivs.list_streams()["streams"]]

    assert first == viewers.TIMED_OUT == -1
    assert listed == [-1, 3]
    assert public.count() == 7
    assert viewers.shown(public.account_region, public.broadcast.session, sandbox.now) == 7


def test_only_a_channels_readings_can_time_out(public: LiveChannel) -> None:
    with pytest.raises(IvsError, match="ResourceNotFoundException"):
        viewers.time_out(public.account_region, f"{public.arn}0", 1)


def test_a_crowd_over_the_quota_is_announced_as_documented(
    sandbox: Sandbox, ivs: Any, pair: KeyPair, public: LiveChannel
) -> None:
    other = live_channel(sandbox, ivs, pair)
    public.broadcast.watched_by(10_000)
    other.broadcast.watched_by(5_000)
    assert public.breaches() == []

    other.broadcast.watched_by(5_037)

    (event,) = public.breaches()
    assert event["resources"] == []
    assert event["detail"] == {
        "limit_name": "Concurrent Viewers",
        "limit_value": 15_000,
        "exceeded_by": 37,
        "limit_unit": "viewers",
    }
    assert other.count() == 5_037


def test_a_view_beyond_the_quota_is_refused_and_announced_once(public: LiveChannel) -> None:
    public.allow_viewers(2)
    for _ in range(2):
        public.watch()

    assert public.refusal() is Refusal.TOO_MANY_VIEWERS
    assert public.refusal() is Refusal.TOO_MANY_VIEWERS

    (event,) = public.breaches()
    assert event["detail"]["exceeded_by"] == 1
    assert public.count() == 2


@pytest.mark.parametrize(
    ("between", "breaches"),
    [([], 1), ([7], 1), ([5], 1), ([4], 2), ([0, 4], 2)],
    ids=["still over", "less over", "at the quota", "below", "far below"],
)
def test_a_breach_is_announced_again_only_after_there_were_fewer(
    public: LiveChannel, between: list[int], breaches: int
) -> None:
    public.allow_viewers(5)

    for crowd in [8, *between, 9]:
        public.broadcast.watched_by(crowd)

    assert len(public.breaches()) == breaches


def test_a_viewer_who_leaves_makes_room_and_ends_the_breach(public: LiveChannel) -> None:
    public.allow_viewers(1)
    view = public.watch()
    assert public.refusal() is Refusal.TOO_MANY_VIEWERS

    view.leave(public.sandbox.now)

    assert public.watch().is_playing
    assert public.refusal() is Refusal.TOO_MANY_VIEWERS
    assert len(public.breaches()) == 2


def test_the_end_of_another_stream_makes_room(
    sandbox: Sandbox, ivs: Any, pair: KeyPair, public: LiveChannel
) -> None:
    public.allow_viewers(5)
    other = live_channel(sandbox, ivs, pair)
    other.broadcast.watched_by(5)
    assert public.refusal() is Refusal.TOO_MANY_VIEWERS

    other.broadcast.leave()

    assert public.watch().is_playing


def test_the_quota_counts_views_the_count_does_not_show_yet(public: LiveChannel) -> None:
    quotas = Quotas(concurrent_viewers=1)
    public.sandbox.world.options = Options(latencies=SLOW, quotas=quotas)
    public.watch()

    assert public.refusal() is Refusal.TOO_MANY_VIEWERS
    assert public.count() == 0


def test_each_region_has_its_own_quota(
    sandbox: Sandbox, public: LiveChannel, pair: KeyPair
) -> None:
    public.allow_viewers(1)
    public.watch()

    there = sandbox.client(region="us-west-2")
    elsewhere = live_channel(sandbox, there, pair)

    account_region = sandbox.world.account_region(ACCOUNT, "us-west-2")
    assert viewers.watch(account_region, elsewhere.arn, ANYONE, None, sandbox.now).is_playing
