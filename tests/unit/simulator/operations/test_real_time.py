"""Stages, compositions and their configurations through a real boto3 client of `ivs-realtime`."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.state.options import Options, Quotas
from ivs_simulator.wire.model import Api
from tests.unit.simulator.asking import destination, refusal
from tests.unit.simulator.conftest import ACCOUNT, NOW, REGION, Sandbox
from tests.unit.simulator.wire.service import public_key

IVS = f"arn:aws:ivs:{REGION}:{ACCOUNT}"
NOBODY = f"{IVS}:stage/AbCdEfGhIjKl"


def stage_of(real_time: Any, **params: Any) -> str:
    return str(real_time.create_stage(**params)["stage"]["arn"])


def composition_of(real_time: Any, stage: str, *encoders: str) -> str:
    destinations = [destination(real_time, *encoders)]
    made = real_time.start_composition(stageArn=stage, destinations=destinations)
    return str(made["composition"]["arn"])


def test_a_stage_is_made_read_changed_and_deleted(real_time: Any) -> None:
    made = real_time.create_stage(name="hall", tags={"a": "b"})["stage"]
    real_time.update_stage(arn=made["arn"], name="foyer")

    found = real_time.get_stage(arn=made["arn"])["stage"]
    assert found == {"arn": made["arn"], "name": "foyer", "tags": {"a": "b"}}
    assert made["arn"].startswith(f"{IVS}:stage/")
    assert real_time.list_stages()["stages"] == [found]
    real_time.delete_stage(arn=made["arn"])
    assert real_time.list_stages()["stages"] == []
    with pytest.raises(ClientError) as caught:
        real_time.get_stage(arn=made["arn"])
    assert refusal(caught) == ("ResourceNotFoundException", 404)


def test_a_composition_that_was_stopped_is_listed_with_its_end(
    sandbox: Sandbox, real_time: Any
) -> None:
    arn = composition_of(real_time, stage_of(real_time))
    (active,) = real_time.list_compositions()["compositions"]
    sandbox.later(minutes=1)
    real_time.stop_composition(arn=arn)
    real_time.stop_composition(arn=arn)

    (stopped,) = real_time.list_compositions()["compositions"]
    assert (active["state"], active["startTime"], active.get("endTime")) == ("ACTIVE", NOW, None)
    assert (stopped["state"], stopped["endTime"]) == ("STOPPED", sandbox.now)
    assert [each["state"] for each in stopped["destinations"]] == ["STOPPED"]


def test_a_stage_that_is_deleted_ends_what_is_composed_of_it(real_time: Any) -> None:
    stage = stage_of(real_time)
    of_it, of_another = (
        composition_of(real_time, stage),
        composition_of(real_time, stage_of(real_time)),
    )
    ingest = real_time.create_ingest_configuration(ingestProtocol="RTMPS", stageArn=stage)
    real_time.delete_stage(arn=stage)

    states = {each["arn"]: each["state"] for each in real_time.list_compositions()["compositions"]}
    assert states == {of_it: "FAILED", of_another: "ACTIVE"}
    held = real_time.get_ingest_configuration(arn=ingest["ingestConfiguration"]["arn"])
    assert held["ingestConfiguration"]["stageArn"] == ""


def test_compositions_are_found_by_stage_and_by_encoder(real_time: Any) -> None:
    encoder = real_time.create_encoder_configuration()["encoderConfiguration"]["arn"]
    stage = stage_of(real_time)
    encoded = composition_of(real_time, stage, encoder)
    other = composition_of(real_time, stage_of(real_time))

    of_stage = real_time.list_compositions(filterByStageArn=stage)["compositions"]
    of_encoder = real_time.list_compositions(filterByEncoderConfigurationArn=encoder)
    everything = real_time.list_compositions()["compositions"]
    assert [each["arn"] for each in of_stage] == [encoded]
    assert [each["arn"] for each in of_encoder["compositions"]] == [encoded]
    assert [each["arn"] for each in everything] == [encoded, other]


def test_compositions_that_have_ended_count_towards_no_quota(
    sandbox: Sandbox, real_time: Any
) -> None:
    stage = stage_of(real_time)
    sandbox.world.options = Options(quotas=Quotas(compositions=2))
    for _ in range(2):
        last = composition_of(real_time, stage)
    with pytest.raises(ClientError) as caught:
        composition_of(real_time, stage)
    assert refusal(caught) == ("ServiceQuotaExceededException", 402)

    real_time.stop_composition(arn=last)
    composition_of(real_time, stage)


def test_what_there_is_no_stage_for_is_not_composed(real_time: Any) -> None:
    with pytest.raises(ClientError) as caught:
        composition_of(real_time, NOBODY)

    assert refusal(caught) == ("ResourceNotFoundException", 404)


def test_ingest_configurations_are_listed_without_tags_and_without_keys(real_time: Any) -> None:
    made = real_time.create_ingest_configuration(
        ingestProtocol="RTMP", insecureIngest=True, tags={"a": "b"}
    )["ingestConfiguration"]
    (listed,) = real_time.list_ingest_configurations(filterByState="INACTIVE")[
        "ingestConfigurations"
    ]

    assert made["streamKey"].startswith(f"rt_{ACCOUNT}_{REGION}_")
    assert made["tags"] == {"a": "b"}
    assert not {"tags", "streamKey"} & {*listed}
    for others in ({"filterByState": "ACTIVE"}, {"filterByStageArn": NOBODY}):
        assert real_time.list_ingest_configurations(**others)["ingestConfigurations"] == []


def test_rtmp_has_to_be_allowed(real_time: Any) -> None:
    with pytest.raises(ClientError) as caught:
        real_time.create_ingest_configuration(ingestProtocol="RTMP")

    assert refusal(caught) == ("ValidationException", 400)


def test_no_event_has_the_key_of_an_ingest_configuration(sandbox: Sandbox, real_time: Any) -> None:
    made = real_time.create_ingest_configuration(ingestProtocol="RTMPS")["ingestConfiguration"]

    (event,) = sandbox.received("AWS API Call via CloudTrail")
    assert event["detail"]["eventSource"] == "ivs.amazonaws.com"
    assert event["detail"]["responseElements"]["ingestConfiguration"]["arn"] == made["arn"]
    assert made["streamKey"] not in json.dumps(event)


def test_a_public_key_is_imported_once(real_time: Any) -> None:
    material = public_key()
    made = real_time.import_public_key(publicKeyMaterial=material, name="laptop")["publicKey"]
    with pytest.raises(ClientError) as caught:
        real_time.import_public_key(publicKeyMaterial=material)

    assert refusal(caught) == ("ConflictException", 409)
    assert len(made["fingerprint"].split(":")) == 16
    assert real_time.list_public_keys()["publicKeys"] == [
        {"arn": made["arn"], "name": "laptop", "tags": {}}
    ]


@pytest.mark.parametrize("material", ["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"])
def test_what_is_no_key_is_refused(real_time: Any, material: str) -> None:
    with pytest.raises(ClientError) as caught:
        real_time.import_public_key(publicKeyMaterial=material)

    assert refusal(caught) == ("ValidationException", 400)


def test_the_endpoint_of_one_api_knows_no_operation_of_the_other(sandbox: Sandbox) -> None:
    """Their paths are others, so a client that asks at the wrong endpoint asks for nothing."""
    stages = sandbox.client(api=Api.REAL_TIME, endpoint_url=f"https://ivs.{REGION}.api.example.com")
    with pytest.raises(ClientError) as caught:
        stages.list_stages()

    assert refusal(caught) == ("ResourceNotFoundException", 404)
