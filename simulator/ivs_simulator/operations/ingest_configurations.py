"""Ingest configurations: how an encoder publishes to a stage. None ever does here."""

from datetime import datetime
from typing import Any, Final

from ivs_simulator.operations.real_time_resources import RealTimeResource, matching
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.wire.errors import invalid

INGEST_CONFIGURATIONS: Final = RealTimeResource(
    kind="ingest-configuration",
    shape="IngestConfiguration",
    defaults={
        "name": "",
        "stageArn": "",
        "userId": "",
        "attributes": {},
        "redundantIngest": False,
    },
)
_FILTERS: Final = {"filterByStageArn": "stageArn", "filterByState": "state"}


def create_ingest_configuration(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    """RTMP has to be allowed (API Reference, `insecureIngest`)."""
    if params["ingestProtocol"] == "RTMP" and not params.get("insecureIngest"):
        raise invalid("insecureIngest must be true where ingestProtocol is RTMP")
    identifiers = account_region.identifiers
    settings = {
        **INGEST_CONFIGURATIONS.defaults,
        **INGEST_CONFIGURATIONS.given(params),
        "ingestProtocol": params["ingestProtocol"],
        "participantId": identifiers.resource("participant"),
        "streamKey": identifiers.ingest_key_value(account_region.account, account_region.region),
        "state": "INACTIVE",
    }
    return INGEST_CONFIGURATIONS.add(account_region, params, settings)


def update_ingest_configuration(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    if params.get("stageArn"):
        account_region.real_time["stage"].named(params["stageArn"])
    return INGEST_CONFIGURATIONS.update(account_region, params, at)


def list_ingest_configurations(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    """Without tags: the model has none in the summary."""
    found = matching(INGEST_CONFIGURATIONS.held(account_region), params, _FILTERS)
    return INGEST_CONFIGURATIONS.page_of(found, params)
