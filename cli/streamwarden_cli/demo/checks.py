"""What must be true at the end of the demo, checked against the simulated IVS itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from ivs_simulator.control.client import ControlRefused
from streamwarden_cli.demo.channels import (
    HARBOUR_CAM,
    NIGHT_OWL,
    DemoChannels,
    key_value,
    secret_key_value,
)
from streamwarden_cli.demo.chat import Chat
from streamwarden_cli.demo.stack import DeployedStack
from streamwarden_cli.demo.watch import Watch

ALL_HALLS: Final = "hall-1 to hall-6"
CONCERTS_END: Final = "concerts-end"


@dataclass(frozen=True)
class Check:
    """One claim of the demo, and how to see whether it holds."""

    claim: str
    holds: Callable[[], bool]


type Claims = Mapping[str, Sequence[Check]]


def checks(stack: DeployedStack, demo_channels: DemoChannels, watch: Watch, chat: Chat) -> Claims:
    """The claims that the stack can still make true by itself, by the channel that they concern."""
    its = demo_channels
    return {
        "stubborn-show": [
            Check("its third stream in a row had it quarantined: no key, and off the air",
                  lambda: not key_value(stack, its.stubborn_show)
                  and _stream(stack, its.stubborn_show) is None
                  and 1 < sum(each.word == "notified" for each in watch.of("stubborn-show")) <= 4),
        ],
        "talk-show": [
            Check("viewers were warned, the host ended it in time, and nothing was stopped",
                  lambda: _calls(watch, "talk-show") == ["PutMetadata"]
                  and _stream(stack, its.talk_show) is None),
        ],
        "old-camera": [
            Check("the repair waited for the end of the stream",
                  lambda: watch.saw("old-camera", "notified", "tls-only breach: Streamwarden waits")
                  and _calls(watch, "old-camera") == ["UpdateChannel"]
                  and not _is_insecure(stack, its.old_camera)),
        ],
        ALL_HALLS: [
            Check("five stops passed, people were paged once, and one concert is held",
                  lambda: len(live_halls(stack, its)) == 1
                  and _stopped_halls(watch, its) == len(its.halls) - 1
                  and any(each.word == "held" for each in watch.of(*its.halls))
                  and [each.text for each in watch.of_breakers()]
                  == [f"the breaker of {CONCERTS_END} has tripped"]),
        ],
        "garage-gig": [
            Check("it carries the tags it lacked, and its failed recording was announced",
                  lambda: {"team", "cost-center"} <= _tags(stack, its.garage_gig).keys()
                  and watch.saw("garage-gig", "notified", "recordings-arrive breach")),
        ],
        "last-minute": [
            Check("four hours ended it, and quiet-start, whose start event was lost",
                  lambda: _stream(stack, its.last_minute) is None
                  and _stream(stack, its.quiet_start) is None),
        ],
        "old-timer": [
            Check("its key was 45 days old: the secret holds a new one, the old is refused",
                  lambda: secret_key_value(stack, its.old_timer)
                  == key_value(stack, its.old_timer) != its.old_key_value
                  and _is_refused(stack, its.old_key_value)),
        ],
        "the samples": [
            Check("harbour-cam, a marathon, and night-owl, a stalled ingest, are off the air",
                  lambda: _stream(stack, HARBOUR_CAM) is None
                  and _stream(stack, NIGHT_OWL) is None),
        ],
        "evening-show": [
            Check("it keeps to the policy, and is still on the air",
                  lambda: _stream(stack, its.evening_show) == its.evening_stream),
        ],
        "IVS": [
            Check("it limits all calls as AWS does, and refuses one without a signature",
                  lambda: stack.control.rate_limits() and _is_unsigned_refused(stack)),
        ],
        "the messages": [
            Check("the chat was told of concerts together; no dead-letter queue holds one",
                  lambda: any(each.notifications > 1 and f"{CONCERTS_END}: " in each.headline
                              for each in chat.messages)
                  and _dead_letters(stack) == 0),
        ],
    }  # fmt: skip


def live_halls(stack: DeployedStack, demo_channels: DemoChannels) -> list[str]:
    """The names of the halls that are still on the air."""
    halls = demo_channels.halls.items()
    return [name for name, arn in halls if _stream(stack, arn) is not None]


def _stopped_halls(watch: Watch, demo_channels: DemoChannels) -> int:
    return sum(_calls(watch, hall) == ["StopStream"] for hall in demo_channels.halls)


def _calls(watch: Watch, channel: str) -> list[str]:
    """The calls that changed the channel, as IVS was asked for them."""
    calls = (each.text for each in watch.of(channel) if each.word == "ivs call")
    return [text.partition(" ")[0] for text in calls]


def _stream(stack: DeployedStack, channel_arn: str) -> str | None:
    ivs = stack.client("ivs")
    try:
        return str(ivs.get_stream(channelArn=channel_arn)["stream"]["streamId"])
    except ivs.exceptions.ChannelNotBroadcasting:
        return None


def _tags(stack: DeployedStack, arn: str) -> dict[str, str]:
    tags: dict[str, str] = stack.client("ivs").list_tags_for_resource(resourceArn=arn)["tags"]
    return tags


def _is_insecure(stack: DeployedStack, arn: str) -> bool:
    return bool(stack.client("ivs").get_channel(arn=arn)["channel"]["insecureIngest"])


def _is_refused(stack: DeployedStack, value: str) -> bool:
    try:
        stack.control.go_live(key_value=value)
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
