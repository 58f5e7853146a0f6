"""Timed metadata: into a stream that comes in, and not too much of it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.simulator.asking import refusal
from tests.unit.simulator.conftest import Sandbox


@pytest.fixture
def made(ivs: Any) -> Any:
    return ivs.create_channel()


@pytest.mark.parametrize("metadata", ["x" * 1024, "\u00e9" * 512, "\U0001f600" * 256])
def test_a_kilobyte_fits(sandbox: Sandbox, ivs: Any, made: Any, metadata: str) -> None:
    sandbox.world.go_live(made["streamKey"]["value"])

    answer = ivs.put_metadata(channelArn=made["channel"]["arn"], metadata=metadata)

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204


@pytest.mark.parametrize("metadata", ["x" * 1025, "\u00e9" * 513, "\U0001f600" * 257])
def test_a_byte_more_does_not(sandbox: Sandbox, ivs: Any, made: Any, metadata: str) -> None:
    sandbox.world.go_live(made["streamKey"]["value"])

    with pytest.raises(ClientError) as caught:
        ivs.put_metadata(channelArn=made["channel"]["arn"], metadata=metadata)

    assert refusal(caught) == ("ValidationException", 400)
    assert metadata not in str(caught.value.response)


def test_an_idle_channel_takes_none(ivs: Any, made: Any) -> None:
    with pytest.raises(ClientError) as caught:
        ivs.put_metadata(channelArn=made["channel"]["arn"], metadata="goal")

    assert refusal(caught) == ("ChannelNotBroadcasting", 404)
