"""Ad configurations and the ad breaks inserted with them.

No ad is ever decided on or played: MediaTailor is known by the form of its ARNs only.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from ivs_simulator.events.envelopes import DetailType, EventName, event_time
from ivs_simulator.operations import tags
from ivs_simulator.operations.streams import receiving
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resources import Configuration, Session
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.errors import IvsError, conflict, invalid, quota_exceeded
from ivs_simulator.wire.paging import page
from ivs_simulator.wire.timestamps import parse_time

# Source: the API reference, defaults of CreateAdConfiguration.
DEFAULTS: dict[str, Any] = {
    "name": "",
    "postRollConfiguration": {"enabled": False, "durationSeconds": 15},
}
_SETTABLE = (*DEFAULTS, "mediaTailorPlaybackConfigurations")


def create_ad_configuration(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    settings = {**DEFAULTS, **_given(account_region, params)}
    given_tags = tags.accepted(params.get("tags"))
    quota = account_region.options.quotas.ad_configurations
    if len(account_region.ad_configurations) >= quota:
        raise quota_exceeded(f"An account can have {quota} ad configurations in a region")
    made = Configuration(account_region.new_arn("ad-configuration"), settings, given_tags)
    account_region.ad_configurations[made.arn] = made
    return {"adConfiguration": made.described()}


def get_ad_configuration(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    return {"adConfiguration": account_region.ad_configurations.named(params["arn"]).described()}


def list_ad_configurations(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    shown, more = page(account_region.ad_configurations, params, default=100)
    return {"adConfigurations": [_summarise(each) for each in shown], **more}


def update_ad_configuration(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    """Also while a channel with it is live: nothing says that this is refused."""
    held = account_region.ad_configurations.named(params["arn"])
    held.settings = {**held.settings, **_given(account_region, params)}
    return {"adConfiguration": held.described()}


def delete_ad_configuration(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    held = account_region.ad_configurations.named(params["arn"])
    if any(
        each.settings["adConfigurationArn"] == held.arn for each in account_region.channels.values()
    ):
        raise conflict("The ad configuration is in use by a channel")
    del account_region.ad_configurations[held.arn]
    return {}


def insert_ad_break(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """Starts a break of the channel's ad configuration, at once or at the time given."""
    session = receiving(account_region, params["channelArn"])
    _check_ad_configuration(account_region, session)
    starts_at = _start(params.get("targetStartAt"), at)
    _reserve(session, starts_at, timedelta(seconds=params["durationSeconds"]), at)
    ad_break_id = params.get("adBreakId") or account_region.identifiers.resource("ad-break")
    detail = {
        "event_name": str(EventName.AD_BREAK_INSERTED),
        "channel_name": account_region.channel_name(session.channel_arn),
        "stream_id": session.stream_id,
        "ad_break_id": ad_break_id,
        "duration_seconds": params["durationSeconds"],
        "target_start_time": event_time(starts_at),
    }
    account_region.announce(
        session, DetailType.AD_BREAK_STATE, EventName.AD_BREAK_INSERTED, detail, at
    )
    answer = {"adBreakId": ad_break_id, "targetStartAt": starts_at}
    return api_model.only_members("InsertAdBreakResponse", answer)


def _check_ad_configuration(account_region: AccountRegion, session: Session) -> None:
    # AWS does not say which error this is. ConflictException would invite callers to try again
    # after the break they take to be running. A channel with one has container format TS, since
    # CreateChannel and UpdateChannel refuse the other.
    if not account_region.channel(session.channel_arn).settings["adConfigurationArn"]:
        raise invalid("The channel has no ad configuration")


def _start(target: str | datetime | None, at: datetime) -> datetime:
    """The time a break is to start, in UTC; AWS does not say how soon the default is."""
    if target is None:
        return at
    starts_at = parse_time(target) if isinstance(target, str) else target
    # Not documented; a caller with a wrong clock should learn of it.
    if starts_at < at:
        raise invalid("targetStartAt is in the past")
    try:
        return starts_at.astimezone(UTC)
    except OverflowError as error:
        raise _beyond_calendar() from error


def _reserve(session: Session, starts_at: datetime, duration: timedelta, at: datetime) -> None:
    """Source: the page on server-side ad insertion: 409 for a second break during a break.

    Of a break that is yet to start it says nothing; the stricter reading is that it counts too.
    """
    if session.ad_break_ends_at is not None and at < session.ad_break_ends_at:
        raise conflict("The stream has an ad break already")
    try:
        session.ad_break_ends_at = starts_at + duration
    except OverflowError as error:
        raise _beyond_calendar() from error


def _beyond_calendar() -> IvsError:
    return invalid("targetStartAt is too far in the future")


def _given(account_region: AccountRegion, params: dict[str, Any]) -> dict[str, Any]:
    settings = {name: params[name] for name in _SETTABLE if params.get(name) is not None}
    for each in settings.get("mediaTailorPlaybackConfigurations", []):
        _check_playback_configuration(account_region, each.get("playbackConfigurationArn"))
    return settings


def _check_playback_configuration(account_region: AccountRegion, arn: str | None) -> None:
    """Source: the API reference: a resource "in the same region and account".

    The model lets the ARN be absent, which leaves nothing to insert ads with.
    """
    if not arn:
        raise invalid("A MediaTailor playback configuration needs a playbackConfigurationArn")
    if not arn.startswith(f"arn:aws:mediatailor:{account_region.region}:{account_region.account}:"):
        raise invalid("The MediaTailor playback configuration is of another region or account")


def _summarise(held: Configuration) -> dict[str, Any]:
    return api_model.only_members("AdConfigurationSummary", held.described())
