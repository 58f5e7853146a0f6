"""Documents list the API's words as literals, for their schemas; they are those of the domain."""

from enum import StrEnum
from typing import TypeAliasType, get_args

import pytest

from streamwarden.domain import ivs
from streamwarden_cli.policy import settings
from streamwarden_cli.scenario import channels


@pytest.mark.parametrize(
    ("literal", "words"),
    [
        (settings._Type, ivs.ChannelType),
        (settings._Preset, ivs.TranscodePreset),
        (settings._LatencyMode, ivs.LatencyMode),
        (settings._Container, ivs.ContainerFormat),
        (channels.ChannelType, ivs.ChannelType),
        (channels.LatencyMode, ivs.LatencyMode),
    ],
    ids=str,
)
def test_documents_know_the_words_of_the_api(literal: TypeAliasType, words: type[StrEnum]) -> None:
    assert set(get_args(literal.__value__)) == set(words)
