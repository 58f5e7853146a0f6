"""Quotas per account and region, as `options` sets them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.state.options import Options, Quotas
from ivs_simulator.wire.model import Api
from tests.unit.simulator.asking import ONE, refusal
from tests.unit.simulator.conftest import REGION, Sandbox
from tests.unit.simulator.wire.service import public_key

MAKERS: dict[str, Callable[[Any], Any]] = {
    "channels": lambda ivs: ivs.create_channel(),
    "recording_configurations": lambda ivs: ivs.create_recording_configuration(
        destinationConfiguration={"s3": {"bucketName": "acme-vod"}}
    ),
    "ad_configurations": lambda ivs: ivs.create_ad_configuration(
        mediaTailorPlaybackConfigurations=[
            {name: arn.replace(REGION, ivs.meta.region_name) for name, arn in ONE[0].items()}
        ]
    ),
    "failover_slate_configurations": lambda ivs: ivs.create_failover_slate_configuration(),
    "playback_restriction_policies": lambda ivs: ivs.create_playback_restriction_policy(),
}
REAL_TIME: dict[str, Callable[[Any], Any]] = {
    "stages": lambda ivs: ivs.create_stage(),
    "encoder_configurations": lambda ivs: ivs.create_encoder_configuration(),
    "ingest_configurations": lambda ivs: ivs.create_ingest_configuration(ingestProtocol="RTMPS"),
    "public_keys": lambda ivs: ivs.import_public_key(publicKeyMaterial=public_key()),
    "storage_configurations": lambda ivs: ivs.create_storage_configuration(
        s3={"bucketName": "acme-vod"}
    ),
}


@pytest.mark.parametrize("quota", MAKERS)
def test_one_more_than_the_quota_is_refused(sandbox: Sandbox, ivs: Any, quota: str) -> None:
    allow_two(sandbox, quota)

    refuses_the_third(MAKERS[quota], ivs)

    MAKERS[quota](sandbox.client(region="us-west-2"))


@pytest.mark.parametrize("quota", REAL_TIME)
def test_so_it_is_in_the_api_for_real_time(sandbox: Sandbox, quota: str) -> None:
    allow_two(sandbox, quota)

    refuses_the_third(REAL_TIME[quota], sandbox.client(api=Api.REAL_TIME))


def allow_two(sandbox: Sandbox, quota: str) -> None:
    options: Options = sandbox.world.options
    quotas: Quotas = replace(options.quotas, **{quota: 2})
    sandbox.world.options = replace(options, quotas=quotas)


def refuses_the_third(make: Callable[[Any], Any], ivs: Any) -> None:
    for _ in range(2):
        make(ivs)

    with pytest.raises(ClientError) as caught:
        make(ivs)

    assert refusal(caught) == ("ServiceQuotaExceededException", 402)
