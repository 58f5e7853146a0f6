"""ARNs are read strictly, and an error never repeats what was given."""

import pytest

from streamwarden.domain.arn import (
    Arn,
    Place,
    ResourceType,
    account_arn,
    is_channel_arn,
    parse_arn,
    place_of,
    resource_type_of,
)

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


def ivs_arn(resource: str) -> str:
    return f"arn:aws:ivs:eu-west-1:210987654321:{resource}"


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (ivs_arn("channel/dRBnhbN9SKRM"), ResourceType.CHANNEL),
        (ivs_arn("stream-key/kSoH7ZCgrudc"), ResourceType.STREAM_KEY),
        (ivs_arn("playback-key/f99cde61-c2b0-4df3-8941"), ResourceType.PLAYBACK_KEY_PAIR),
        (ivs_arn("recording-configuration/KAk1sHBl2L47"), ResourceType.RECORDING_CONFIGURATION),
        (ivs_arn("playback-restriction-policy/AB34"), ResourceType.PLAYBACK_RESTRICTION_POLICY),
        (ivs_arn("stage/psnXR4sxSXhW"), ResourceType.STAGE),
        (ivs_arn("composition/mxy5i84Xi5oL"), ResourceType.COMPOSITION),
        (ivs_arn("encoder-configuration/x"), ResourceType.ENCODER_CONFIGURATION),
        (ivs_arn("ingest-configuration/x"), ResourceType.INGEST_CONFIGURATION),
        (ivs_arn("public-key/x"), ResourceType.PUBLIC_KEY),
        (ivs_arn("storage-configuration/x"), ResourceType.STORAGE_CONFIGURATION),
        (ivs_arn("account/210987654321"), ResourceType.ACCOUNT),
        (ivs_arn("ad-configuration/x"), ResourceType.AD_CONFIGURATION),
        (
            ivs_arn("failover-slate-configuration/x"),
            ResourceType.FAILOVER_SLATE_CONFIGURATION,
        ),
        (ivs_arn("whatever-comes/x"), ResourceType.OTHER),
        (ivs_arn("channel/a/b"), None),
        ("", None),
        ("arn:aws:ivs::210987654321:stage/x", None),
        ("arn:aws:ivs:eu-west-1::stage/x", None),
        ("arn:aws:ivs:eu-west-1:everybody:stage/x", None),
        ("arn:aws:ivs:eu-west-1:\u0662\u0661\u0660:stage/x", None),
        ("arn:aws:s3:eu-west-1:210987654321:stage/x", None),
    ],
)
def test_an_arn_says_what_it_names(arn: str, expected: ResourceType | None) -> None:
    assert resource_type_of(arn) is expected


def test_an_account_has_an_arn_of_its_own() -> None:
    arn = account_arn("210987654321", "eu-west-1")

    assert resource_type_of(arn) is ResourceType.ACCOUNT
    assert place_of(arn) == Place(account="210987654321", region="eu-west-1")


@pytest.mark.parametrize("kind", list(ResourceType))
def test_a_type_is_called_by_words(kind: ResourceType) -> None:
    assert kind.noun.replace(" ", "").isalpha()


@pytest.mark.parametrize("text", ["", "a:b", "arn:aws:iam::1:role/x", "arn:aws:ivs:eu-west-1::x"])
def test_what_has_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an ARN with a region and an account"):
        place_of(text)
