"""Recording configurations: immutable, and held while a channel refers to them."""

from datetime import datetime
from typing import Any

from simulator.api.errors import conflict, quota_exceeded
from simulator.api.paging import page
from simulator.operations import tags
from simulator.realm import Realm
from simulator.resources import RecordingConfiguration

MAXIMUM = 20
DEFAULTS: dict[str, Any] = {
    "name": "",
    "recordingReconnectWindowSeconds": 0,
    "thumbnailConfiguration": {"recordingMode": "INTERVAL", "targetIntervalSeconds": 60},
    "renditionConfiguration": {"renditionSelection": "ALL"},
}
_SETTABLE = (*DEFAULTS, "destinationConfiguration")


def create_recording_configuration(
    realm: Realm, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    given_tags = tags.accepted(params.get("tags"))
    if len(realm.recording_configurations) >= MAXIMUM:
        raise quota_exceeded(f"An account can have {MAXIMUM} recording configurations in a region")
    settings = {name: params[name] for name in _SETTABLE if params.get(name) is not None}
    made = install(realm, realm.new_arn("recording-configuration"), settings, given_tags)
    return {"recordingConfiguration": {**made.described(), "state": "CREATING"}}


def get_recording_configuration(
    realm: Realm, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    return {
        "recordingConfiguration": realm.recording_configurations.named(params["arn"]).described()
    }


def list_recording_configurations(
    realm: Realm, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    shown, more = page(realm.recording_configurations, params, default=100)
    return {"recordingConfigurations": [_summarise(each) for each in shown], **more}


def delete_recording_configuration(
    realm: Realm, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    held = realm.recording_configurations.named(params["arn"])
    if any(
        channel.settings["recordingConfigurationArn"] == held.arn
        for channel in realm.channels.values()
    ):
        raise conflict("The recording configuration is in use by a channel")
    del realm.recording_configurations[held.arn]
    return {}


def install(
    realm: Realm, arn: str, settings: dict[str, Any], given_tags: dict[str, str]
) -> RecordingConfiguration:
    held = RecordingConfiguration(arn, {**DEFAULTS, **settings}, given_tags)
    realm.recording_configurations[arn] = held
    return held


def _summarise(held: RecordingConfiguration) -> dict[str, Any]:
    whole = held.described()
    shown = ("arn", "name", "destinationConfiguration", "state", "tags")
    return {name: whole[name] for name in shown}
