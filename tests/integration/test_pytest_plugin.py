"""The simulated IVS in a test's own process, with moto around it, inside it or absent."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import botocore.session
import pytest
from moto import mock_aws
from moto.ivs.models import ivs_backends

from ivs_simulator.dispatch.in_process import attach
from ivs_simulator.dispatch.interception import adopt
from ivs_simulator.dispatch.mocking import SimulatedIvs, simulate_ivs
from ivs_simulator.recording.storage import Bucket, MemoryStorage
from ivs_simulator.state.ingest import Ingest
from ivs_simulator.state.options import REALISTIC, Options
from ivs_simulator.wire.errors import ErrorCode, IvsError, StreamKeyRefused
from ivs_simulator.world import World

pytest_plugins = ["ivs_simulator.testing.pytest_plugin"]

ACCOUNT, OTHER_ACCOUNT = "123456789012", "444455556666"
REGION = "eu-west-1"
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


def create(client: Any, name: str = "arena") -> str:
    return str(client.create_channel(name=name)["channel"]["arn"])


def assert_both_answer(ivs: SimulatedIvs) -> None:
    """IVS is the simulated one, S3 is moto's, and moto was not asked about IVS."""
    client = boto3.client("ivs")
    ivs.go_live(create(client))
    assert [each["health"] for each in client.list_streams()["streams"]] == ["HEALTHY"]
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="kept")
    assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == ["kept"]
    assert ivs_backends[ACCOUNT][REGION].channels == []


@mock_aws
def test_decorated_by_moto_after_the_fixture(ivs_simulator: SimulatedIvs) -> None:
    assert_both_answer(ivs_simulator)


def test_fixture_before_moto(ivs_simulator: SimulatedIvs, aws: None) -> None:
    assert_both_answer(ivs_simulator)


def test_fixture_after_moto(aws: None, ivs_simulator: SimulatedIvs) -> None:
    assert_both_answer(ivs_simulator)


@mock_aws
class TestDecoratedClass:
    def test_class_decorated_by_moto(self, ivs_simulator: SimulatedIvs) -> None:
        assert_both_answer(ivs_simulator)


@pytest.mark.parametrize(
    "nested", [(simulate_ivs, mock_aws), (mock_aws, simulate_ivs)], ids=["outside", "inside"]
)
def test_as_blocks_in_either_order(
    nested: tuple[Callable[[], AbstractContextManager[Any]], ...],
) -> None:
    with ExitStack() as blocks:
        entered = [blocks.enter_context(block()) for block in nested]
        assert_both_answer(next(each for each in entered if isinstance(each, SimulatedIvs)))


def test_decorating_a_function() -> None:
    @mock_aws
    @simulate_ivs()
    def count() -> int:
        client = boto3.client("ivs")
        client.create_channel(name="arena")
        client.list_streams()  # moto has no such operation
        return len(client.list_channels()["channels"])

    assert (count(), count()) == (1, 1)  # a new world each time


def test_both_apis_are_one_account(ivs_simulator: SimulatedIvs) -> None:
    stage = boto3.client("ivs-realtime").create_stage(name="hall")["stage"]["arn"]
    create(boto3.client("ivs"))

    assert stage.split(":")[3:5] == [REGION, ACCOUNT]
    assert [call.operation for call in ivs_simulator.calls] == ["CreateStage", "CreateChannel"]
    assert boto3.client("ivs-realtime").list_stages()["stages"][0]["arn"] == stage


def test_every_client_whoever_makes_it(ivs_simulator: SimulatedIvs) -> None:
    arns = {
        create(boto3.client("ivs")),
        create(boto3.Session(region_name="us-west-2").client("ivs")),
        create(botocore.session.get_session().create_client("ivs", "ap-south-1")),
        create(boto3.client("ivs", endpoint_url="http://127.0.0.1:9")),
    }
    regions = {arn.split(":")[3] for arn in arns}
    assert regions == {REGION, "us-west-2", "ap-south-1"}
    assert len(boto3.client("ivs", region_name=REGION).list_channels()["channels"]) == 2


def test_a_client_older_than_the_simulator_can_be_adopted(ivs_simulator: SimulatedIvs) -> None:
    session = botocore.session.Session(include_builtin_handlers=False)
    client = session.create_client("ivs", REGION)
    adopt(client)
    assert create(client).startswith("arn:aws:ivs:")


def test_a_client_attached_to_another_world_stays_with_it(ivs_simulator: SimulatedIvs) -> None:
    other = World(lambda: NOON)
    client = boto3.client("ivs")
    attach(client, other, account=OTHER_ACCOUNT)
    assert create(client).split(":")[4] == OTHER_ACCOUNT
    assert ivs_simulator.calls == []


def test_nothing_is_answered_after_the_block(aws: None) -> None:
    with simulate_ivs():
        client = boto3.client("ivs")
        create(client)
    assert client.list_channels()["channels"] == []  # moto's


def test_the_inner_of_two_answers() -> None:
    with simulate_ivs() as outer:
        client = boto3.client("ivs")
        create(client)
        with simulate_ivs() as inner:
            assert client.list_channels()["channels"] == []
        assert len(client.list_channels()["channels"]) == 1
    assert [len(each.calls) for each in (outer, inner)] == [2, 1]


def test_no_credentials_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with simulate_ivs():
        assert create(boto3.client("ivs")).split(":")[4] == ACCOUNT


def test_an_assumed_role_acts_in_its_own_account(aws: None, ivs_simulator: SimulatedIvs) -> None:
    role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/operator"
    answer = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="shift")
    there = boto3.client(
        "ivs",
        aws_access_key_id=answer["Credentials"]["AccessKeyId"],
        aws_secret_access_key=answer["Credentials"]["SecretAccessKey"],
        aws_session_token=answer["Credentials"]["SessionToken"],
    )
    assert create(there).split(":")[4] == OTHER_ACCOUNT
    assert boto3.client("ivs").list_channels()["channels"] == []
    event = ivs_simulator.events[-1]
    assert event["account"] == OTHER_ACCOUNT
    identity = event["detail"]["userIdentity"]
    assert identity["type"] == "AssumedRole"
    assert identity["arn"].endswith(":assumed-role/operator/shift")
    assert identity["accessKeyId"] == answer["Credentials"]["AccessKeyId"]


def test_callers_are_motos_users_else_the_root(aws: None, ivs_simulator: SimulatedIvs) -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="jo")
    key = iam.create_access_key(UserName="jo")["AccessKey"]
    secret = key["SecretAccessKey"]
    create(boto3.client("ivs", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=secret))
    create(boto3.client("ivs"))
    identities = [each["detail"]["userIdentity"] for each in ivs_simulator.events]
    assert [each["type"] for each in identities] == ["IAMUser", "Root"]
    assert [each.caller_arn for each in ivs_simulator.calls] == [
        f"arn:aws:iam::{ACCOUNT}:user/jo",
        f"arn:aws:iam::{ACCOUNT}:root",
    ]
    assert "Boto3" in ivs_simulator.events[0]["detail"]["userAgent"]


def test_the_account_moto_is_notified(
    aws: None, ivs_simulator: SimulatedIvs, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = boto3.client("ivs")
    client.meta.events.register(
        "before-call", lambda params, **_: params["headers"].update({"x-moto-account-id": "1" * 12})
    )
    assert create(client).split(":")[4] == "1" * 12
    monkeypatch.setenv("MOTO_ACCOUNT_ID", OTHER_ACCOUNT)
    assert create(boto3.client("ivs")).split(":")[4] == OTHER_ACCOUNT


def test_a_broadcaster_and_its_events(ivs_simulator: SimulatedIvs) -> None:
    client = boto3.client("ivs")
    arn = create(client)
    broadcast = ivs_simulator.go_live(arn)
    broadcast.stall()
    assert client.get_stream(channelArn=arn)["stream"]["health"] == "STARVING"
    names = [each["detail"].get("event_name") for each in ivs_simulator.events]
    assert names == [None, "Session Created", "Stream Start", "Starvation Start"]
    assert [each.operation for each in ivs_simulator.calls] == ["CreateChannel", "GetStream"]


def test_a_channel_without_a_key_cannot_go_live(ivs_simulator: SimulatedIvs) -> None:
    client = boto3.client("ivs")
    made = client.create_channel(name="arena")
    client.delete_stream_key(arn=made["streamKey"]["arn"])
    assert ivs_simulator.key_value(made["channel"]["arn"]) is None
    with pytest.raises(StreamKeyRefused):
        ivs_simulator.go_live(made["channel"]["arn"])


def test_a_channel_that_is_not_there_is_not_found(ivs_simulator: SimulatedIvs) -> None:
    never = f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/AbCdEfGhIjKl"
    for ask in (ivs_simulator.go_live, ivs_simulator.key_value):
        with pytest.raises(IvsError) as caught:
            ask(never)
        assert (caught.value.code, never in caught.value.message) == (ErrorCode.NOT_FOUND, True)


def test_what_an_encoder_sends_may_end_its_stream_at_once(ivs_simulator: SimulatedIvs) -> None:
    too_much = Ingest(video_bitrate=20_000_000)
    assert not ivs_simulator.go_live(create(boto3.client("ivs")), ingest=too_much).is_live
    assert "Stream Start" not in [each["detail"].get("event_name") for each in ivs_simulator.events]


def test_handles_show_what_they_are_and_no_key(ivs_simulator: SimulatedIvs) -> None:
    arn = create(boto3.client("ivs"))
    broadcast = ivs_simulator.go_live(arn)
    view = ivs_simulator.world.watch(arn)
    stream_id = broadcast.stream_id
    output = [repr(broadcast), repr(view)]
    broadcast.leave()
    output += [repr(broadcast), repr(view)]
    assert output == [
        f"<Broadcast on {arn}: {stream_id}, HEALTHY>",
        f"<View {view.id} of {arn}, {stream_id}: playing>",
        f"<Broadcast on {arn}: off air>",
        f"<View {view.id} of {arn}, {stream_id}: over>",
    ]


def test_equal_seeds_give_equal_arns() -> None:
    def made(seed: int) -> list[str]:
        with simulate_ivs(seed=seed):
            client = boto3.client("ivs")
            return [create(client), create(client)]

    assert made(7) == made(7)
    assert set(made(7)).isdisjoint(made(8))


def test_recordings_can_be_kept_without_moto() -> None:
    storage = MemoryStorage()
    storage.add_bucket(Bucket("kept", REGION, ACCOUNT, is_kms_encrypted=False))
    with simulate_ivs(storage=storage) as ivs:
        client: Any = boto3.client("ivs")
        configuration = client.create_recording_configuration(
            destinationConfiguration={"s3": {"bucketName": "kept"}}
        )["recordingConfiguration"]
        made = client.create_channel(recordingConfigurationArn=configuration["arn"])
        broadcast = ivs.go_live(made["channel"]["arn"])
        ivs.advance(timedelta(minutes=2))
        broadcast.leave()
    assert any(key.endswith("recording-ended.json") for key in storage.objects("kept"))


def test_time_is_the_tests_own() -> None:
    with simulate_ivs(clock=lambda: NOON, options=Options(latencies=REALISTIC)) as ivs:
        arn = create(boto3.client("ivs"))
        ivs.go_live(arn)
        ivs.advance(timedelta(minutes=5))
        started = next(
            each for each in ivs.events if each["detail"].get("event_name") == "Stream Start"
        )
        assert started["time"] == "2026-03-14T12:00:06Z"
        assert ivs.now == NOON + timedelta(minutes=5)


def test_real_time_unless_told_otherwise(ivs_simulator: SimulatedIvs) -> None:
    before = datetime.now(UTC)  # noqa: TID251 - it is the system's time that is tested
    assert before <= ivs_simulator.now <= before + timedelta(minutes=1)


def test_recordings_are_in_motos_s3(aws: None, ivs_simulator: SimulatedIvs) -> None:
    client: Any = boto3.client("ivs")
    s3: Any = boto3.client("s3")
    s3.create_bucket(Bucket="recordings", CreateBucketConfiguration={"LocationConstraint": REGION})
    configuration = client.create_recording_configuration(
        destinationConfiguration={"s3": {"bucketName": "recordings"}}
    )["recordingConfiguration"]
    made = client.create_channel(name="arena", recordingConfigurationArn=configuration["arn"])
    broadcast = ivs_simulator.go_live(made["channel"]["arn"])
    ivs_simulator.advance(timedelta(minutes=2))
    broadcast.leave()
    event = ivs_simulator.events[-1]["detail"]
    assert event["recording_status"] == "Recording End"
    stored = s3.list_objects_v2(Bucket="recordings", Prefix=event["recording_s3_key_prefix"])
    assert any(each["Key"].endswith("recording-ended.json") for each in stored["Contents"])


def test_threads_are_answered_one_by_one(ivs_simulator: SimulatedIvs) -> None:
    client = boto3.client("ivs")
    threads = [
        threading.Thread(target=lambda: [create(client) for _ in range(10)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    arns = {each["arn"] for each in client.list_channels()["channels"]}
    assert len(arns) == len(ivs_simulator.calls) - 1 == 40


def test_moto_need_not_be_installed() -> None:
    script = """
import sys
sys.modules["moto"] = None
import botocore.session
from ivs_simulator.dispatch.mocking import simulate_ivs
with simulate_ivs() as ivs:
    client = botocore.session.get_session().create_client("ivs", "eu-west-1")
    ivs.go_live(client.create_channel(name="arena")["channel"]["arn"])
    print(len(client.list_streams()["streams"]), len(ivs.events))
"""
    ran = subprocess.run(  # noqa: S603 - a fixed script
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["1", "3"]
