"""A channel that must not record has no recording configuration."""

from streamwarden.domain.rules.channel_settings.recording_forbidden import RecordingForbidden
from testbed.builders import at, channel_listed, channel_updated
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

VOD = "arn:aws:ivs:eu-west-1:210987654321:recording-configuration/vod"
OFF = RecordingForbidden()

CASES = (
    Case(
        title="nothing is known",
        check=OFF,
        given=(channel_listed(at()),),
        now=at(),
        found=not_applicable("whether the channel records is not known yet"),
    ),
    Case(
        title="no configuration",
        check=OFF,
        given=(channel_listed(at(), recordingConfigurationArn=""),),
        now=at(1),
        found=compliant("the channel does not record"),
    ),
    Case(
        title="a configuration",
        check=OFF,
        given=(channel_listed(at(), recordingConfigurationArn=VOD),),
        now=at(1),
        found=breach(f"the channel's streams are recorded, by {VOD!r}", at()),
    ),
    Case(
        title="a configuration that was taken away",
        check=OFF,
        given=(
            channel_listed(at(), recordingConfigurationArn=VOD),
            channel_updated(at(1), recordingConfigurationArn=""),
        ),
        now=at(2),
        found=compliant("the channel does not record"),
    ),
)


@each(CASES)
def test_recording_forbidden_finds(case: Case) -> None:
    assert_found(case)
