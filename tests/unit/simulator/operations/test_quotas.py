"""Quotas per account and region, as `options` sets them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.state.options import Options, Quotas
from tests.unit.simulator.asking import ONE, refusal
from tests.unit.simulator.conftest import REGION, Sandbox

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


@pytest.mark.parametrize("quota", MAKERS)
def test_one_more_than_the_quota_is_refused(sandbox: Sandbox, ivs: Any, quota: str) -> None:
    options: Options = sandbox.world.options
    quotas: Quotas = replace(options.quotas, **{quota: 2})
    sandbox.world.options = replace(options, quotas=quotas)
    for _ in range(2):
        MAKERS[quota](ivs)

    with pytest.raises(ClientError) as caught:
        MAKERS[quota](ivs)

    assert refusal(caught) == ("ServiceQuotaExceededException", 402)
    MAKERS[quota](sandbox.client(region="us-west-2"))
