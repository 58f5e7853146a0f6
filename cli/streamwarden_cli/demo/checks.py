"""What must be true at the end of the demo, checked against the simulated IVS itself."""

from collections.abc import Callable
from dataclasses import dataclass

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from ivs_simulator.control.client import ControlRefused
from streamwarden_cli.demo.channels import HARBOUR_CAM, NIGHT_OWL, DemoChannels, secret_key_value
from streamwarden_cli.demo.stack import DeployedStack
from streamwarden_cli.demo.watch import Watch


@dataclass(frozen=True)
class Check:
    """One claim of the demo, and how to see whether it holds."""

    claim: str
    holds: Callable[[], bool]


def checks(stack: DeployedStack, demo_channels: DemoChannels, watch: Watch) -> list[Check]:
    """The claims that the stack can still make true by itself; all must hold in the end."""
    return [
        Check("harbour-cam, the marathon of the sample events, is off the air",
              lambda: _stream(stack, HARBOUR_CAM) is None),
        Check("night-owl, whose ingest had stalled, is off the air",
              lambda: _stream(stack, NIGHT_OWL) is None),
        Check("last-minute was stopped when its four hours were over",
              lambda: _stream(stack, demo_channels.last_minute) is None),
        Check("quiet-start, whose start event was lost, was found by the sweep and stopped",
              lambda: _stream(stack, demo_channels.quiet_start) is None),
        Check("evening-show, which keeps to the policy, is still on the air",
              lambda: _stream(stack, demo_channels.evening_show) == demo_channels.evening_stream),
        Check("garage-gig carries the tags it lacked",
              lambda: {"team", "cost-center"} <= _tags(stack, demo_channels.garage_gig).keys()),
        Check("garage-gig's failed recording was announced",
              lambda: _was_notified(watch, "recordings-arrive", demo_channels.garage_gig)),
        Check("old-timer has one key, which the secret holds",
              lambda: secret_key_value(stack, demo_channels.old_timer)
              == _key_value(stack, demo_channels.old_timer) != demo_channels.old_key_value),
        Check("old-timer's old key is refused",
              lambda: _is_refused(stack, demo_channels.old_key_value)),
        Check("IVS limited everybody's calls, as AWS does", stack.control.rate_limits),
        Check("IVS refuses a request without a signature", lambda: _is_unsigned_refused(stack)),
        Check("no dead-letter queue holds a message", lambda: _dead_letters(stack) == 0),
    ]  # fmt: skip


def _stream(stack: DeployedStack, channel_arn: str) -> str | None:
    ivs = stack.client("ivs")
    try:
        return str(ivs.get_stream(channelArn=channel_arn)["stream"]["streamId"])
    except ivs.exceptions.ChannelNotBroadcasting:
        return None


def _tags(stack: DeployedStack, arn: str) -> dict[str, str]:
    tags: dict[str, str] = stack.client("ivs").list_tags_for_resource(resourceArn=arn)["tags"]
    return tags


def _was_notified(watch: Watch, rule: str, channel_arn: str) -> bool:
    return any(
        f"rule: {rule}" in notification["Message"] and channel_arn in notification["Message"]
        for notification in watch.notifications
    )


def _key_value(stack: DeployedStack, channel_arn: str) -> str:
    ivs = stack.client("ivs")
    keys = ivs.list_stream_keys(channelArn=channel_arn)["streamKeys"]
    return str(ivs.get_stream_key(arn=keys[0]["arn"])["streamKey"]["value"]) if keys else ""


def _is_refused(stack: DeployedStack, key_value: str) -> bool:
    try:
        stack.control.go_live(key_value=key_value)
    except ControlRefused as refusal:
        return refusal.code == "StreamKeyRefused"
    return False


def _is_unsigned_refused(stack: DeployedStack) -> bool:
    unsigned = stack.client("ivs", config=Config(signature_version=UNSIGNED))
    try:
        unsigned.list_channels()
    except ClientError as refusal:
        return refusal.response["Error"]["Code"] == "MissingAuthenticationTokenException"
    return False


def _dead_letters(stack: DeployedStack) -> int:
    sqs = stack.client("sqs")
    urls = [url for url in sqs.list_queues().get("QueueUrls", []) if "DeadLetters" in url]
    return sum(
        int(
            sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])[
                "Attributes"
            ]["ApproximateNumberOfMessages"]
        )
        for url in urls
    )
