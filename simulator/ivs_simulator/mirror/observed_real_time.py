"""Mirrors writes of the API for real-time that were seen elsewhere."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from ivs_simulator.operations.compositions import COMPOSITIONS
from ivs_simulator.operations.encoder_configurations import ENCODER_CONFIGURATIONS
from ivs_simulator.operations.ingest_configurations import INGEST_CONFIGURATIONS
from ivs_simulator.operations.public_keys import PUBLIC_KEYS
from ivs_simulator.operations.real_time_resources import RealTimeResource
from ivs_simulator.operations.stages import STAGES
from ivs_simulator.operations.storage_configurations import STORAGE_CONFIGURATIONS
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resources import Configuration

type Members = Mapping[str, Any]
type Reflect = Callable[[AccountRegion, Members, Members, datetime], None]

# What is deleted by a call of its name. A composition is stopped.
REAL_TIME: Final = (
    STAGES,
    ENCODER_CONFIGURATIONS,
    INGEST_CONFIGURATIONS,
    PUBLIC_KEYS,
    STORAGE_CONFIGURATIONS,
)
_NOT_SETTINGS: Final = {"arn", "tags"}


def _created(resource: RealTimeResource) -> Reflect:
    def reflect(account_region: AccountRegion, _: Members, answer: Members, __: datetime) -> None:
        made = answer.get(resource.member)
        if made is None or made["arn"] in account_region.deleted:
            return
        known = {name: value for name, value in made.items() if name not in _NOT_SETTINGS}
        held = Configuration(
            made["arn"],
            {**resource.defaults, **_not_recorded(account_region, resource), **known},
            dict(made.get("tags") or {}),
        )
        resource.held(account_region)[held.arn] = held

    return reflect


def _not_recorded(account_region: AccountRegion, resource: RealTimeResource) -> Members:
    """No record has the stream key of an ingest configuration. This one stands for the real one."""
    if resource is not INGEST_CONFIGURATIONS:
        return {}
    place = account_region.account, account_region.region
    return {"streamKey": account_region.identifiers.ingest_key_value(*place)}


def _updated(resource: RealTimeResource) -> Reflect:
    def reflect(account_region: AccountRegion, request: Members, _: Members, __: datetime) -> None:
        held = resource.held(account_region).get(unquote(request["arn"]))
        if held is not None:
            held.settings = {**held.settings, **resource.given(request)}

    return reflect


def _stopped(account_region: AccountRegion, request: Members, _: Members, __: datetime) -> None:
    arn = unquote(request["arn"])
    account_region.deleted.add(arn)
    COMPOSITIONS.held(account_region).pop(arn, None)


WRITES: Final[Mapping[str, Reflect]] = {
    "CreateStage": _created(STAGES),
    "UpdateStage": _updated(STAGES),
    "StartComposition": _created(COMPOSITIONS),
    "StopComposition": _stopped,
    "CreateEncoderConfiguration": _created(ENCODER_CONFIGURATIONS),
    "CreateIngestConfiguration": _created(INGEST_CONFIGURATIONS),
    "UpdateIngestConfiguration": _updated(INGEST_CONFIGURATIONS),
    "ImportPublicKey": _created(PUBLIC_KEYS),
    "CreateStorageConfiguration": _created(STORAGE_CONFIGURATIONS),
}
