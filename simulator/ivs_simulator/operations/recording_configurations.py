"""Recording configurations: immutable, and held while a channel refers to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ivs_simulator.operations import tags
from ivs_simulator.recording.destination import Flaw, flaw
from ivs_simulator.recording.storage import Place
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resources import RecordingConfiguration, RecordingConfigurationState
from ivs_simulator.wire.errors import conflict, invalid, quota_exceeded
from ivs_simulator.wire.paging import page

DEFAULTS: dict[str, Any] = {
    "name": "",
    "recordingReconnectWindowSeconds": 0,
    "thumbnailConfiguration": {"recordingMode": "INTERVAL", "targetIntervalSeconds": 60},
    "renditionConfiguration": {"renditionSelection": "ALL"},
}
# "Known issue: In the us-east-1 region" a bucket elsewhere is no error, but ends in CREATE_FAILED.
_LENIENT = "us-east-1"
_SETTABLE = (*DEFAULTS, "destinationConfiguration")


def create_recording_configuration(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    given_tags = tags.accepted(params.get("tags"))
    quota = account_region.options.quotas.recording_configurations
    if len(account_region.recording_configurations) >= quota:
        raise quota_exceeded(f"An account can have {quota} recording configurations in a region")
    settings = {name: params[name] for name in _SETTABLE if params.get(name) is not None}
    settings |= _completed(settings)
    _refuse_other_region(account_region, _destination(account_region, settings))
    made = install(
        account_region, account_region.new_arn("recording-configuration"), settings, given_tags
    )
    made.state = RecordingConfigurationState.CREATING
    account_region.later(
        at + account_region.options.latencies.recording_configuration,
        lambda _: _settle(account_region, made),
    )
    return {"recordingConfiguration": made.described()}


def get_recording_configuration(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    return {
        "recordingConfiguration": account_region.recording_configurations.named(
            params["arn"]
        ).described()
    }


def list_recording_configurations(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    shown, more = page(account_region.recording_configurations, params, default=100)
    return {"recordingConfigurations": [_summarise(each) for each in shown], **more}


def delete_recording_configuration(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    held = account_region.recording_configurations.named(params["arn"])
    if any(
        channel.settings["recordingConfigurationArn"] == held.arn
        for channel in account_region.channels.values()
    ):
        raise conflict("The recording configuration is in use by a channel")
    del account_region.recording_configurations[held.arn]
    return {}


def install(
    account_region: AccountRegion, arn: str, settings: dict[str, Any], given_tags: dict[str, str]
) -> RecordingConfiguration:
    held = RecordingConfiguration(arn, {**DEFAULTS, **settings}, given_tags)
    account_region.recording_configurations[arn] = held
    return held


def _completed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The nested defaults; raises ValidationException where the members do not fit together."""
    rendition = settings.get("renditionConfiguration") or {}
    if rendition.get("renditionSelection") == "CUSTOM" and not rendition.get("renditions"):
        raise invalid("A CUSTOM renditionSelection needs renditions")
    thumbnail = {"recordingMode": "INTERVAL", **(settings.get("thumbnailConfiguration") or {})}
    if thumbnail["recordingMode"] == "INTERVAL":
        thumbnail = {"targetIntervalSeconds": 60, **thumbnail}
    completed = {"renditionSelection": "ALL", **rendition}
    return {"renditionConfiguration": completed, "thumbnailConfiguration": thumbnail}


def _destination(account_region: AccountRegion, settings: dict[str, Any]) -> Place:
    s3 = settings["destinationConfiguration"].get("s3")
    if s3 is None:
        raise invalid("The destination configuration names no S3 bucket")
    return Place(account_region.account, account_region.region, s3["bucketName"])


def _refuse_other_region(account_region: AccountRegion, place: Place) -> None:
    """Raises ValidationException: AWS does not say which error it is, only that it is one."""
    if account_region.region != _LENIENT and _flaw(account_region, place) is Flaw.OTHER_REGION:
        raise invalid(f"The bucket {place.bucket} is not in {account_region.region}")


def _settle(account_region: AccountRegion, made: RecordingConfiguration) -> None:
    # A KMS key is found out when a stream begins. AWS names a bucket in another region as a cause
    # of CREATE_FAILED. That a missing or a foreign one is another, and not refused at once, is the
    # reading that is harder on callers that do not poll.
    is_good = _flaw(account_region, _destination(account_region, made.settings)) in {
        None,
        Flaw.KMS_ENCRYPTED,
    }
    state = RecordingConfigurationState
    made.state = state.ACTIVE if is_good else state.CREATE_FAILED


def _flaw(account_region: AccountRegion, place: Place) -> Flaw | None:
    return flaw(account_region.storage.inspect(place), place)


def _summarise(held: RecordingConfiguration) -> dict[str, Any]:
    whole = held.described()
    shown = ("arn", "name", "destinationConfiguration", "state", "tags")
    return {name: whole[name] for name in shown}
