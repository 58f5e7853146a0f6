"""Compositions: they last until they are stopped or their stage is deleted.

AWS says that StopComposition deletes one, and that a summary has the time of its end. How long one
that has ended is still listed it does not say. Here it stays for good, as is harder on callers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ivs_simulator.operations.real_time_resources import RealTimeResource, matching
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resources import Configuration
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.model import Api
from ivs_simulator.wire.paging import Listing

COMPOSITIONS: Final = RealTimeResource(
    kind="composition",
    shape="Composition",
    defaults={"layout": {"grid": {}}},
)


def start_composition(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    account_region.real_time["stage"].named(params["stageArn"])
    for each in params["destinations"]:
        _check_references(account_region, each)
    destinations = [
        {
            "id": account_region.identifiers.resource("destination"),
            "state": "ACTIVE",
            "startTime": at,
            "configuration": each,
        }
        for each in params["destinations"]
    ]
    settings = {
        **COMPOSITIONS.defaults,
        **COMPOSITIONS.given(params),
        "stageArn": params["stageArn"],
        "destinations": destinations,
        "state": "ACTIVE",
        "startTime": at,
    }
    return COMPOSITIONS.add(account_region, params, settings)


def list_compositions(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    found = matching(COMPOSITIONS.held(account_region), params, {"filterByStageArn": "stageArn"})
    encoder = params.get("filterByEncoderConfigurationArn")
    listed = COMPOSITIONS.page_of(_Encoded(found, encoder) if encoder else found, params)
    summaries = [
        {**each, "destinations": [_summarise(destination) for destination in each["destinations"]]}
        for each in listed["compositions"]
    ]
    return {**listed, "compositions": summaries}


def stop_composition(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """Nothing changes where it has ended already."""
    _end(COMPOSITIONS.held(account_region).named(params["arn"]), "STOPPED", at)
    return {}


def end_all_of(account_region: AccountRegion, stage_arn: str, at: datetime) -> None:
    for each in COMPOSITIONS.held(account_region).values():
        if each.settings["stageArn"] == stage_arn:
            _end(each, "FAILED", at)


def _end(composition: Configuration, state: str, at: datetime) -> None:
    if "endTime" in composition.settings:
        return
    ended = {"state": state, "endTime": at}
    destinations = [{**each, **ended} for each in composition.settings["destinations"]]
    composition.settings = {**composition.settings, **ended, "destinations": destinations}


def _check_references(account_region: AccountRegion, destination: Mapping[str, Any]) -> None:
    """Raises ResourceNotFoundException."""
    channel, storage = destination.get("channel"), destination.get("s3")
    if channel:
        account_region.channel(channel["channelArn"])
    if storage:
        held = account_region.real_time["storage-configuration"]
        held.named(storage["storageConfigurationArn"])
    for arn in _encoders_of(destination):
        account_region.real_time["encoder-configuration"].named(arn)


def _encoders_of(destination: Mapping[str, Any]) -> list[str]:
    of_channel = (destination.get("channel") or {}).get("encoderConfigurationArn")
    of_storage = (destination.get("s3") or {}).get("encoderConfigurationArns") or ()
    return [each for each in (of_channel, *of_storage) if each]


def _summarise(destination: Mapping[str, Any]) -> dict[str, Any]:
    return api_model.only_members("DestinationSummary", destination, Api.REAL_TIME)


@dataclass(frozen=True, slots=True)
class _Encoded:
    """The compositions of which a destination has this encoder configuration."""

    listing: Listing[Configuration]
    encoder_arn: str

    def after(self, number: int) -> Iterator[tuple[int, Configuration]]:
        for entry in self.listing.after(number):
            if any(map(self._has_encoder, entry[1].settings["destinations"])):
                yield entry

    def _has_encoder(self, destination: Mapping[str, Any]) -> bool:
        return self.encoder_arn in _encoders_of(destination["configuration"])
