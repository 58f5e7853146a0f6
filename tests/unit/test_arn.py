"""ARNs are read strictly, and an error never repeats what was given."""

import pytest

from streamwarden.domain.arn import Arn, is_channel_arn, parse_arn

CHANNEL = "arn:aws:ivs:eu-west-1:210987654321:channel/dRBnhbN9SKRM"


def test_an_arn_is_read_into_its_parts() -> None:
    assert parse_arn(CHANNEL) == Arn(
        partition="aws",
        service="ivs",
        region="eu-west-1",
        account="210987654321",
        resource_type="channel",
        resource_id="dRBnhbN9SKRM",
    )


@pytest.mark.parametrize(
    "text",
    [
        CHANNEL,
        "arn:aws:iam::210987654321:role/service-role/warden",
        "arn:aws:sts::210987654321:assumed-role/channel-deployer/pipeline",
        "arn:aws:iam::aws:policy/IVSReadOnlyAccess",
    ],
)
def test_an_arn_is_written_as_it_was_read(text: str) -> None:
    assert str(parse_arn(text)) == text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "expected arn:partition:service:region:account:type/id"),
        ("dRBnhbN9SKRM", "expected arn:partition:service:region:account:type/id"),
        ("arn:aws:ivs:eu-west-1:channel/dRBnhbN9SKRM", "expected arn:partition"),
        ("urn:aws:ivs:eu-west-1:210987654321:channel/x", "expected arn:partition"),
        ("arn::ivs:eu-west-1:210987654321:channel/x", "the partition is empty"),
        ("arn:aws::eu-west-1:210987654321:channel/x", "the service is empty"),
        ("arn:aws:ivs:eu-west-1:210987654321:/x", "the type is empty"),
        ("arn:aws:ivs:eu-west-1:210987654321:channel", "the id is empty"),
        ("arn:aws:ivs:eu-west-1:210987654321:channel/", "the id is empty"),
    ],
)
def test_what_is_not_an_arn_is_refused_with_a_reason(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_arn(text)


def test_the_refusal_does_not_repeat_the_text() -> None:
    with pytest.raises(ValueError, match="not an ARN") as refused:
        parse_arn("sk_eu-west-1_not-for-logs")

    assert "not-for-logs" not in str(refused.value)


def test_a_channel_arn_is_recognised() -> None:
    assert is_channel_arn(CHANNEL)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dRBnhbN9SKRM",
        "arn:aws:ivs:eu-west-1:210987654321:stream-key/dRBnhbN9SKRM",
        "arn:aws:medialive:eu-west-1:210987654321:channel/1234567",
        "arn:aws:ivs::210987654321:channel/dRBnhbN9SKRM",
        "arn:aws:ivs:eu-west-1::channel/dRBnhbN9SKRM",
        "arn:aws:ivs:eu-west-1:210987654321:channel/",
        "arn:aws:ivs:eu-west-1:210987654321:channel/a/b",
        "arn%3Aaws%3Aivs%3Aeu-west-1%3A210987654321%3Achannel%2FdRBnhbN9SKRM",
    ],
)
def test_nothing_else_is_a_channel_arn(text: str) -> None:
    assert not is_channel_arn(text)
