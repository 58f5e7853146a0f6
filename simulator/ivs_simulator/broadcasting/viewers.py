"""The viewers of a stream: which may watch, how many do, and the count that the API shows."""

from datetime import datetime

from ivs_simulator.broadcasting import sessions
from ivs_simulator.playback import keys, restrictions, tokens
from ivs_simulator.playback.claims import PlaybackToken
from ivs_simulator.playback.refusals import PlaybackRefused, Refusal
from ivs_simulator.playback.restrictions import Restrictions, Viewer
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.ingest import Excess
from ivs_simulator.state.resources import Channel, Session
from ivs_simulator.state.views import View
from ivs_simulator.wire.errors import not_found

# Source: the API reference, "a value of -1 indicates that the request timed out".
TIMED_OUT = -1


def watch(
    account_region: AccountRegion, channel_arn: str, viewer: Viewer, token: str | None, at: datetime
) -> View:
    """Starts playback; `token` is the query parameter of that name and ignored where the
    channel is public.

    Everything is asked once, here: what changes later (a policy, a deleted playback key, an
    expired token) ends no view, only a revocation or the end of the stream does. AWS says so of
    `exp` alone; for the rest we take the reading that promises least.

    Raises PlaybackRefused, or ResourceNotFoundException where there is no such channel.
    """
    channel = account_region.channel(channel_arn)
    session = account_region.streaming.get(channel_arn)
    if session is None:
        raise PlaybackRefused(Refusal.OFFLINE, "the channel is not live")
    granted = _granted(account_region, channel, viewer, token, at)
    _refuse_beyond_quota(account_region, at)
    if granted is not None and granted.single_use_uuid is not None:
        account_region.views.spent_tokens.add(granted.single_use_uuid)
    views = account_region.views.of(session)
    view = View(account_region.identifiers.resource("view"), views, at, granted)
    views.add(view)
    return view


def gather(account_region: AccountRegion, session: Session, crowd: int, at: datetime) -> None:
    """Lets a stream be watched by so many viewers besides the individual views.

    A crowd is counted at once and never cut down to the quota.
    """
    if crowd < 0:
        raise ValueError("a stream cannot be watched by fewer than 0 viewers")
    _clear_quota_breach(account_region)
    session.viewers = crowd
    _exceeds_quota(account_region, watching(account_region), at)


def find(account_region: AccountRegion, channel_arn: str, view_id: str) -> View:
    """A view that is playing; raises ResourceNotFoundException."""
    session = account_region.streaming.get(channel_arn)
    views = account_region.views.of(session).playing if session is not None else {}
    if view_id not in views:
        raise not_found(view_id)
    return views[view_id]


def revoke(
    account_region: AccountRegion, channel_arn: str, viewer_id: str, version: int, at: datetime
) -> None:
    """Ends this viewer's views up to a session version, and refuses such tokens from now on.

    IVS only "starts the process"; how long it takes is not documented. Here it takes no time.
    Views without a viewer id, as all of public channels are, cannot be revoked.
    """
    views = account_region.views
    views.revocations = views.revocations.with_revocation(channel_arn, viewer_id, version)
    session = account_region.streaming.get(channel_arn)
    if session is None:
        return
    for view in list(views.of(session).playing.values()):
        if _is_revoked(account_region, view.granted):
            view.leave(at)


def watching(account_region: AccountRegion) -> int:
    """How many watch now in the whole account and region, as the quota counts: without delay."""
    # Any session on air: a crowd may wait for a stream to begin.
    on_air = account_region.connected.values()
    return sum(each.viewers + len(account_region.views.of(each).playing) for each in on_air)


def shown(account_region: AccountRegion, session: Session, at: datetime) -> int:
    """The viewer count of a stream as the API knows it at this time."""
    latencies = account_region.options.latencies
    individual = account_region.views.of(session).shown(
        at, appears_after=latencies.view_shown, vanishes_after=latencies.view_gone
    )
    return session.viewers + individual


def read(account_region: AccountRegion, session: Session, at: datetime) -> int:
    """One reading of the viewer count by an API call: TIMED_OUT while readings are to time out."""
    timeouts = account_region.views.timeouts
    left = timeouts.pop(session.channel_arn, 0)
    if left == 0:
        return shown(account_region, session, at)
    if left > 1:
        timeouts[session.channel_arn] = left - 1
    return TIMED_OUT


def time_out(account_region: AccountRegion, channel_arn: str, readings: int) -> None:
    """Makes the next readings of a channel's viewer count time out, by whichever operation.

    Raises ResourceNotFoundException.
    """
    channel = account_region.channel(channel_arn)
    account_region.views.timeouts[channel.arn] = readings


def _granted(
    account_region: AccountRegion, channel: Channel, viewer: Viewer, token: str | None, at: datetime
) -> PlaybackToken | None:
    """What lets the viewer in: a token on a private channel, None on a public one."""
    is_private = bool(channel.settings["authorized"])
    restrictions.check(_restrictions(account_region, channel), viewer, is_private=is_private)
    if not is_private:
        return None
    imported = (
        keys.parse(each.public_key_material) for each in account_region.playback_key_pairs.values()
    )
    granted = tokens.verify(token, imported, channel_arn=channel.arn, origin=viewer.origin, at=at)
    _check_memory(account_region, granted)
    return granted


def _check_memory(account_region: AccountRegion, granted: PlaybackToken) -> None:
    """Refuses what cannot be seen from the token alone."""
    if _is_revoked(account_region, granted):
        raise PlaybackRefused(Refusal.REVOKED, "the viewer session was revoked")
    # Used anywhere in the region: AWS says what single use is for, not how it is tracked.
    if granted.single_use_uuid in account_region.views.spent_tokens:
        raise PlaybackRefused(Refusal.USED_BEFORE, "the token was for a single use")


def _is_revoked(account_region: AccountRegion, granted: PlaybackToken | None) -> bool:
    return granted is not None and account_region.views.revocations.is_revoked(
        granted.channel_arn, granted.viewer_id, granted.viewer_session_version
    )


def _restrictions(account_region: AccountRegion, channel: Channel) -> Restrictions | None:
    arn = channel.settings["playbackRestrictionPolicyArn"]
    policy = account_region.playback_restriction_policies.get(arn)
    return Restrictions.of(policy.settings) if policy is not None else None


def _refuse_beyond_quota(account_region: AccountRegion, at: datetime) -> None:
    _clear_quota_breach(account_region)
    if _exceeds_quota(account_region, watching(account_region) + 1, at):
        text = "the account has as many concurrent viewers as it may have"
        raise PlaybackRefused(Refusal.TOO_MANY_VIEWERS, text)


def _exceeds_quota(account_region: AccountRegion, viewers: int, at: datetime) -> bool:
    """Whether these are too many. The first time has an event."""
    quota = account_region.options.quotas.concurrent_viewers
    if viewers <= quota:
        return False
    if not account_region.views.is_quota_broken:
        account_region.views.is_quota_broken = True
        excess = Excess("Concurrent Viewers", quota, viewers - quota, "viewers")
        sessions.exceed_account_limit(account_region, excess, at)
    return True


def _clear_quota_breach(account_region: AccountRegion) -> None:
    """Between two changes upwards there are only changes downwards, so looking then is enough.

    Only below the quota: at the quota itself every refused viewer would have one more event.
    """
    if watching(account_region) < account_region.options.quotas.concurrent_viewers:
        account_region.views.is_quota_broken = False
