"""What must be true when the story is over, checked against the simulated IVS itself."""

from collections.abc import Callable
from dataclasses import dataclass

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from ivs_simulator.control.client import ControlRefused
from streamwarden_cli.demo.cast import HARBOUR_CAM, NIGHT_OWL, Cast, secret_key_value
from streamwarden_cli.demo.stage import Stage
from streamwarden_cli.demo.watch import Watch


@dataclass(frozen=True)
class Check:
    """One claim of the story, and how to see whether it holds."""

    claim: str
    holds: Callable[[], bool]


def checks(stage: Stage, cast: Cast, watch: Watch) -> list[Check]:
    """The claims that the stack can still make true by itself; all must hold in the end."""
    return [
        Check("harbour-cam, the marathon of the sample events, is off the air",
              lambda: _stream(stage, HARBOUR_CAM) is None),
        Check("night-owl, whose ingest had stalled, is off the air",
              lambda: _stream(stage, NIGHT_OWL) is None),
        Check("last-minute was stopped when its four hours were over",
              lambda: _stream(stage, cast.last_minute) is None),
        Check("quiet-start, whose start event was lost, was found by the sweep and stopped",
              lambda: _stream(stage, cast.quiet_start) is None),
        Check("evening-show, which keeps to the policy, is still on the air",
              lambda: _stream(stage, cast.evening_show) == cast.evening_stream),
        Check("garage-gig carries the tags it lacked",
              lambda: {"team", "cost-center"} <= _tags(stage, cast.garage_gig).keys()),
        Check("garage-gig's failed recording was announced",
              lambda: _was_told(watch, "recordings-arrive", cast.garage_gig)),
        Check("old-timer has one key, which the secret holds",
              lambda: secret_key_value(stage, cast.old_timer)
              == _key_value(stage, cast.old_timer) != cast.old_key_value),
        Check("old-timer's old key is refused",
              lambda: _is_refused(stage, cast.old_key_value)),
        Check("IVS limited everybody's calls, as AWS does", stage.control.rate_limits),
        Check("IVS refuses a request that nobody signed", lambda: _is_unsigned_refused(stage)),
        Check("no dead-letter queue holds a message", lambda: _dead_letters(stage) == 0),
    ]  # fmt: skip


def _stream(stage: Stage, channel_arn: str) -> str | None:
    ivs = stage.client("ivs")
    try:
        return str(ivs.get_stream(channelArn=channel_arn)["stream"]["streamId"])
    except ivs.exceptions.ChannelNotBroadcasting:
        return None


def _tags(stage: Stage, arn: str) -> dict[str, str]:
    tags: dict[str, str] = stage.client("ivs").list_tags_for_resource(resourceArn=arn)["tags"]
    return tags


def _was_told(watch: Watch, rule: str, channel_arn: str) -> bool:
    return any(
        f"rule: {rule}" in notification["Message"] and channel_arn in notification["Message"]
        for notification in watch.notifications
    )


def _key_value(stage: Stage, channel_arn: str) -> str:
    ivs = stage.client("ivs")
    keys = ivs.list_stream_keys(channelArn=channel_arn)["streamKeys"]
    return str(ivs.get_stream_key(arn=keys[0]["arn"])["streamKey"]["value"]) if keys else ""


def _is_refused(stage: Stage, key_value: str) -> bool:
    try:
        stage.control.go_live(key_value=key_value)
    except ControlRefused as refusal:
        return refusal.code == "StreamKeyRefused"
    return False


def _is_unsigned_refused(stage: Stage) -> bool:
    unsigned = stage.client("ivs", config=Config(signature_version=UNSIGNED))
    try:
        unsigned.list_channels()
    except ClientError as refusal:
        return refusal.response["Error"]["Code"] == "MissingAuthenticationTokenException"
    return False


def _dead_letters(stage: Stage) -> int:
    sqs = stage.client("sqs")
    urls = [url for url in sqs.list_queues().get("QueueUrls", []) if "DeadLetters" in url]
    return sum(
        int(
            sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])[
                "Attributes"
            ]["ApproximateNumberOfMessages"]
        )
        for url in urls
    )
