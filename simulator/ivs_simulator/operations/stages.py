"""Stages: where participants meet. Nobody ever does here, so none has a session."""

from datetime import datetime
from typing import Any, Final

from ivs_simulator.operations import compositions
from ivs_simulator.operations.real_time_resources import RealTimeResource
from ivs_simulator.state.account_region import AccountRegion

STAGES: Final = RealTimeResource(
    kind="stage",
    shape="Stage",
    defaults={"name": "", "autoParticipantRecordingConfiguration": None},
)


def update_stage(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    recording = params.get("autoParticipantRecordingConfiguration") or {}
    storage_arn = recording.get("storageConfigurationArn")
    if storage_arn:
        account_region.real_time["storage-configuration"].named(storage_arn)
    return STAGES.update(account_region, params, at)


def delete_stage(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """What is composed of it fails (EventBridge events, `StageDeleted`)."""
    arn = STAGES.held(account_region).named(params["arn"]).arn
    STAGES.delete(account_region, params, at)
    compositions.end_all_of(account_region, arn, at)
    for each in account_region.real_time["ingest-configuration"].values():
        if each.settings["stageArn"] == arn:
            each.settings = {**each.settings, "stageArn": ""}
    return {}
