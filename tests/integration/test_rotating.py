"""Stream keys are replaced when they are due or on demand, and published in Secrets Manager."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.wire.errors import ErrorCode, IvsError, StreamKeyRefused
from streamwarden.adapters.continuation import LambdaContinuation
from streamwarden.bootstrap.rotator import RotationsFailed
from tests.integration.driver import Stack, arn_of
from tests.integration.rotated_keys import PREFIX, key_of, published, with_old_key


def outcomes(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["outcome"]["status"], each["outcome"]["reason"]) for each in answer["rotations"]]


def test_a_key_that_is_too_old_is_replaced(stack: Stack) -> None:
    studio = with_old_key(stack)
    old = key_of(stack, studio)

    answer = stack.run("RotateKeys", {})

    new = key_of(stack, studio)
    assert outcomes(answer) == [("done", f"the new key is in secret {PREFIX}studio")]
    assert new["value"] != old["value"]
    assert published(stack, studio) == {
        "channelArn": studio,
        "streamKeyArn": new["arn"],
        "streamKey": new["value"],
    }


def test_the_old_key_lets_nobody_in_and_the_new_one_does(stack: Stack) -> None:
    studio = with_old_key(stack)
    old = stack.world.key_value(studio)
    assert old is not None

    stack.run("RotateKeys", {})

    with pytest.raises(StreamKeyRefused):
        stack.world.go_live(old)
    assert stack.world.go_live(published(stack, studio)["streamKey"]).is_live


def test_tags_move_to_the_new_key(stack: Stack) -> None:
    studio = with_old_key(stack, team="news")

    stack.run("RotateKeys", {})

    assert key_of(stack, studio)["tags"] == {
        "team": "news",
        "streamwarden:minted-at": "2026-04-14T12:00:00+00:00",
    }


def test_a_rotation_resolves_its_breach_and_is_notified(stack: Stack) -> None:
    with_old_key(stack)

    stack.run("RotateKeys", {})
    stack.later(seconds=5)
    stack.pump("ResourceChanges")

    notified = [each.body["title"] for each in stack.take_notifications()]
    assert notified[0].endswith("stream key replaced")
    assert notified[1].endswith("fresh-keys resolved")
    assert stack.run("RotateKeys", {}) == {"rotations": []}


def test_the_second_rotation_updates_the_same_secret(stack: Stack) -> None:
    studio = with_old_key(stack)
    stack.run("RotateKeys", {})
    stack.pump("ResourceChanges")
    stack.later(days=31)
    stack.sweep()

    stack.run("RotateKeys", {})

    assert published(stack, studio)["streamKey"] == key_of(stack, studio)["value"]
    secrets = stack.client("secretsmanager").list_secrets()["SecretList"]
    assert [each["Name"] for each in secrets] == [f"{PREFIX}studio"]


def test_a_live_channel_keeps_its_key_until_it_is_over(stack: Stack) -> None:
    studio = with_old_key(stack)
    old = key_of(stack, studio)
    live = stack.go_live(studio)

    answer = stack.run("RotateKeys", {})

    assert outcomes(answer)[0][0] == "nothing-to-do"
    assert key_of(stack, studio) == old
    live.leave()
    stack.run("RotateKeys", {})
    assert key_of(stack, studio)["arn"] != old["arn"]


def test_force_replaces_the_key_of_a_live_channel(stack: Stack) -> None:
    studio = stack.channel("studio")
    live = stack.go_live(studio)
    old = key_of(stack, studio)

    answer = stack.run("RotateKeys", {"channel_arn": studio, "force": True})

    assert outcomes(answer)[0][0] == "done"
    assert key_of(stack, studio)["arn"] != old["arn"]
    assert live.is_live


def test_on_demand_a_young_key_is_replaced_too(stack: Stack) -> None:
    studio = stack.channel("studio")
    old = key_of(stack, studio)

    stack.run("RotateKeys", {"channel_arn": studio})

    assert key_of(stack, studio)["arn"] != old["arn"]


def test_a_key_whose_tag_says_it_is_young_is_left_and_noted(stack: Stack) -> None:
    stamp = {"streamwarden:minted-at": "2026-04-10T12:00:00+00:00"}
    studio = with_old_key(stack, **stamp)
    old = key_of(stack, studio)

    answer = stack.run("RotateKeys", {})

    assert outcomes(answer) == [("nothing-to-do", "the key is younger than was known")]
    assert key_of(stack, studio) == old
    stack.later(seconds=1)
    stack.pump("ResourceChanges")
    assert stack.run("RotateKeys", {}) == {"rotations": []}


def test_an_unknown_channel_fails_with_the_reason(stack: Stack) -> None:
    answer = stack.run("RotateKeys", {"channel_arn": arn_of("never-made")})

    ((status, reason),) = outcomes(answer)
    assert status == "failed"
    assert reason.startswith("ivs:ListStreamKeys: ResourceNotFoundException: Resource: arn:aws:")


def test_a_request_for_no_channel_is_refused(stack: Stack) -> None:
    with pytest.raises(ValueError, match="channel_arn: expected the ARN of an IVS channel"):
        stack.run("RotateKeys", {"channel_arn": "arn:aws:s3:::bucket"})


def test_a_channel_without_a_key_gets_one(stack: Stack) -> None:
    studio = stack.channel("studio")
    stack.client("ivs").delete_stream_key(arn=key_of(stack, studio)["arn"])

    stack.run("RotateKeys", {"channel_arn": studio})

    assert published(stack, studio)["streamKey"] == key_of(stack, studio)["value"]


def test_one_channel_that_fails_does_not_keep_the_others_waiting(stack: Stack) -> None:
    first, second = stack.channel("first"), stack.channel("second")
    stack.later(days=31)
    stack.sweep()
    refused = IvsError(ErrorCode.ACCESS_DENIED, "no")
    stack.world.fail_next("DeleteStreamKey", refused)

    # A run that failed anywhere fails as a whole, so that Lambda retries it and then tells.
    with pytest.raises(RotationsFailed, match="DeleteStreamKey"):
        stack.run("RotateKeys", {})

    assert published(stack, second)["streamKey"] == key_of(stack, second)["value"]
    stack.run("RotateKeys", {})
    for channel_arn in (first, second):
        assert published(stack, channel_arn)["streamKey"] == key_of(stack, channel_arn)["value"]


def test_a_stack_that_is_turned_to_observe_in_the_middle_tells_at_once(stack: Stack) -> None:
    studio = with_old_key(stack)
    stack.world.fail_next("CreateStreamKey", IvsError(ErrorCode.ACCESS_DENIED, "no"))
    with pytest.raises(RotationsFailed, match="CreateStreamKey"):
        stack.run("RotateKeys", {})
    stack.refs["Mode"] = "observe"
    stack.start_cold()
    stack.calls.clear()

    answers = [stack.run("RotateKeys", {"only": "begun"}) for _ in range(2)]

    command = f"streamwarden keys finish --stack-name streamwarden {studio}"
    expected = f"the stack only observes, and a rotation has begun; finish it: {command}"
    assert [outcomes(each) for each in answers] == [[("nothing-to-do", expected)]] * 2
    (notified,) = [each.body for each in stack.take_notifications()]
    assert notified["severity"] == "critical"
    assert "The channel has no stream key: no encoder can connect." in notified["text"]
    assert {each.operation for each in stack.asked()} == {"ListStreamKeys"}
    stack.refs["Mode"] = "enforce"
    stack.start_cold()
    stack.run("RotateKeys", {})
    assert published(stack, studio)["streamKey"] == key_of(stack, studio)["value"]


def test_a_stack_that_observes_replaces_nothing(observing: Stack) -> None:
    studio = with_old_key(observing)
    old = key_of(observing, studio)

    due = observing.run("RotateKeys", {})
    asked = observing.run("RotateKeys", {"channel_arn": studio, "force": True})

    assert outcomes(due) == []
    assert outcomes(asked) == [("nothing-to-do", "the stack only observes")]
    assert key_of(observing, studio) == old
    with pytest.raises(ClientError, match="ResourceNotFound"):
        published(observing, studio)


def test_a_run_that_has_no_time_left_goes_on_in_another(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        stack.channel(name)
    stack.later(days=31)
    stack.sweep()
    invoked: list[dict[str, Any]] = []
    monkeypatch.setattr(LambdaContinuation, "go_on", lambda _, request: invoked.append(request))
    stack.seconds_left = lambda: 50 if stack.asked("DeleteStreamKey") else 300

    first = stack.run("RotateKeys", {})
    (request,) = invoked
    stack.seconds_left = lambda: 300
    second = stack.run("RotateKeys", request)

    rotated = [[each["channel_arn"] for each in run["rotations"]] for run in (first, second)]
    assert rotated == [[arn_of("a")], [arn_of("b"), arn_of("c")]]
    due = [each["KeyRotationsDue"] for each in stack.logs() if "KeyRotationsDue" in each]
    assert due == [[3.0], [2.0]]


def test_the_secret_of_a_deleted_channel_can_be_restored_for_thirty_days(stack: Stack) -> None:
    studio = with_old_key(stack)
    stack.run("RotateKeys", {})
    stack.client("ivs").delete_channel(arn=studio)
    stack.later(hours=1)
    stack.sweep()

    for _ in range(2):
        stack.run("RotateKeys", {})

    secret = stack.client("secretsmanager").describe_secret(SecretId=f"{PREFIX}studio")
    assert "DeletedDate" in secret
    asked = [each for _, name, each in stack.requests if name == "DeleteSecret"]
    assert "'RecoveryWindowInDays': 30" in asked[0]
    retired = [each for each in stack.logs() if each.get("message") == "secret retired"]
    assert [each["resource_arn"] for each in retired] == [studio]
