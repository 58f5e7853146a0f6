"""A channel has a recording configuration, the right one if that is asked."""

from streamwarden.domain.rules.channel_settings.recording_required import RecordingRequired
from testbed.builders import at, channel_created, channel_listed, channel_updated
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

VOD = "arn:aws:ivs:eu-west-1:210987654321:recording-configuration/vod"
TEST = "arn:aws:ivs:eu-west-1:210987654321:recording-configuration/test"
ANY = RecordingRequired()
ONLY_VOD = RecordingRequired(configurations=("*/vod", "*/archive"))
OFF = "the channel has no recording configuration: its streams are not recorded"
RECORDS = compliant("the channel records")

CASES = (
    Case(
        title="nothing is known",
        check=ANY,
        given=(channel_listed(at()),),
        now=at(),
        found=not_applicable("whether the channel records is not known yet"),
    ),
    Case(
        title="no configuration",
        check=ONLY_VOD,
        given=(channel_listed(at(), recordingConfigurationArn=""),),
        now=at(1),
        found=breach(OFF, at()),
    ),
    Case(
        title="a channel created without saying does not record",
        check=ANY,
        given=(channel_created(at()),),
        now=at(1),
        found=breach(OFF, at()),
    ),
    Case(
        title="any configuration",
        check=ANY,
        given=(channel_listed(at(), recordingConfigurationArn=TEST),),
        now=at(1),
        found=RECORDS,
    ),
    Case(
        title="the right configuration",
        check=ONLY_VOD,
        given=(channel_listed(at(), recordingConfigurationArn=VOD),),
        now=at(1),
        found=RECORDS,
    ),
    Case(
        title="another configuration",
        check=ONLY_VOD,
        given=(channel_updated(at(), recordingConfigurationArn=TEST),),
        now=at(1),
        found=breach(f"the recording configuration is {TEST!r}, not '*/vod' or '*/archive'", at()),
    ),
    Case(
        title="a configuration that was taken away",
        check=ANY,
        given=(
            channel_listed(at(), recordingConfigurationArn=VOD),
            channel_updated(at(1), recordingConfigurationArn=""),
        ),
        now=at(2),
        found=breach(OFF, at(1)),
    ),
)


@each(CASES)
def test_recording_required_finds(case: Case) -> None:
    assert_found(case)
