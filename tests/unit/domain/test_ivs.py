"""The words of the IVS API are those of its model."""

from enum import StrEnum

import pytest
from botocore.session import get_session

from streamwarden.domain import ivs

MODEL = get_session().get_service_model("ivs")


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        (ivs.ChannelType, "ChannelType"),
        (ivs.LatencyMode, "ChannelLatencyMode"),
        (ivs.TranscodePreset, "TranscodePreset"),
        (ivs.ContainerFormat, "ContainerFormat"),
        (ivs.MultitrackPolicy, "MultitrackPolicy"),
        (ivs.StreamState, "StreamState"),
    ],
)
def test_the_words_are_those_of_the_api(words: type[StrEnum], shape: str) -> None:
    assert set(words) == set(MODEL.shape_for(shape).metadata["enum"])


def test_an_error_code_is_one_of_the_api() -> None:
    assert set(ivs.ErrorCode) <= {shape.name for shape in MODEL.error_shapes}
