"""Stages and the rest of real-time: what tells of them, what reads them, and what tags them."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.account import Account, eventually, now

UNASSIGNED = {"team": "unassigned"}


def test_a_stage_of_which_no_event_came_is_found_by_a_sweep_and_tagged(account: Account) -> None:
    stage = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:stage/OnlySwept"
    account.control.mirror(_created(stage))
    _, since = account.control.calls()

    account.sweep()

    eventually(lambda: _tags(account, stage) == UNASSIGNED)
    asked = [call["operation"] for call in account.calls(since)]
    assert (asked.count("ListStages"), asked.count("TagResource")) == (1, 1)
    account.settle()
    tagged = account.record(stage)
    account.sweep()
    account.settle()
    assert account.record(stage) == tagged, "the next sweep finds nothing to say of it"


def test_what_is_made_without_a_tag_gets_it_and_gets_it_again(account: Account) -> None:
    ivs = account.client("ivs-realtime")
    arns = _one_of_each(ivs)

    for arn in arns:
        eventually(lambda arn=arn: _tags(account, arn) == UNASSIGNED)  # type: ignore[misc]  # bound early

    account.settle()
    ivs.untag_resource(resourceArn=arns[0], tagKeys=["team"])
    eventually(lambda: _tags(account, arns[0]) == UNASSIGNED)


def test_what_is_forbidden_goes_from_a_stage(account: Account) -> None:
    ivs = account.client("ivs-realtime")
    made = ivs.create_stage(tags={"email": "ann@example.com", "team": "news"})

    eventually(lambda: _tags(account, made["stage"]["arn"]) == {"team": "news"})


def test_a_sweep_reads_every_type_and_the_tags_of_what_is_listed_without(account: Account) -> None:
    ivs = account.client("ivs-realtime")
    made = ivs.create_ingest_configuration(ingestProtocol="RTMPS", tags={"team": "news"})
    arn = made["ingestConfiguration"]["arn"]
    _, since = account.control.calls()

    account.sweep()

    calls = account.calls(since)
    assert {call["operation"] for call in calls} >= {
        "ListStages",
        "ListCompositions",
        "ListEncoderConfigurations",
        "ListIngestConfigurations",
        "ListPublicKeys",
        "ListStorageConfigurations",
    }
    assert "ListTagsForResource" in account.calls_on(arn)
    assert "GetIngestConfiguration" not in account.calls_on(arn)


def _one_of_each(ivs: Any) -> list[str]:
    stage = ivs.create_stage(name="hall")["stage"]["arn"]
    storage = ivs.create_storage_configuration(s3={"bucketName": "vod"})["storageConfiguration"]
    encoder = ivs.create_encoder_configuration()["encoderConfiguration"]
    ingest = ivs.create_ingest_configuration(ingestProtocol="RTMPS")["ingestConfiguration"]
    key = ivs.import_public_key(publicKeyMaterial=_public_key())["publicKey"]
    place = {"storageConfigurationArn": storage["arn"]}
    destination = {"s3": {**place, "encoderConfigurationArns": [encoder["arn"]]}}
    composed = ivs.start_composition(stageArn=stage, destinations=[destination])["composition"]
    return [stage, *(each["arn"] for each in (storage, encoder, ingest, key, composed))]


def _tags(account: Account, arn: str) -> dict[str, str]:
    ivs = account.client("ivs-realtime")
    tags: dict[str, str] = ivs.list_tags_for_resource(resourceArn=arn)["tags"]
    return tags


def _public_key() -> str:
    key = ec.generate_private_key(ec.SECP384R1()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _created(stage_arn: str) -> dict[str, Any]:
    """For the world alone: no event reaches the stack."""
    time = f"{now():%Y-%m-%dT%H:%M:%SZ}"
    return {
        "version": "0",
        "id": "made-unnoticed",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.ivs",
        "account": ACCOUNT_ID,
        "time": time,
        "region": REGION,
        "resources": [],
        "detail": {
            "eventName": "CreateStage",
            "eventTime": time,
            "requestParameters": {},
            "responseElements": {"stage": {"arn": stage_arn, "name": "swept"}},
        },
    }
