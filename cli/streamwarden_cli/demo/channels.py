"""The demo's own channels, beside those of the sample events, and their encoders."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from streamwarden_cli.demo.stack import DeployedStack, now
from streamwarden_cli.local.access import ACCOUNT_ID, REGION

_BUCKET: Final = "demo-recordings"
_IN_ORDER: Final = {"team": "sports", "cost-center": "CC-1042"}
# One more than the breaker of a rule lets pass.
HALLS: Final = tuple(f"hall-{number}" for number in range(1, 7))

# Channels of the sample events.
HARBOUR_CAM: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/dRBnhbN9SKRM"
NIGHT_OWL: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/SKdQLevZSIFY"


@dataclass(frozen=True)
class DemoChannels:
    """The ARNs of the demo's own channels, and what has to be compared in the end."""

    halls: Mapping[str, str]
    stubborn_show: str
    talk_show: str
    old_camera: str
    evening_show: str
    evening_stream: str
    last_minute: str
    garage_gig: str
    quiet_start: str
    old_timer: str
    old_key_value: str

    @property
    def shown_whole(self) -> tuple[str, ...]:
        """Those whose streams are shown whole."""
        return (self.stubborn_show, self.talk_show, self.old_camera)


def create(stack: DeployedStack) -> DemoChannels:
    """Create the channels and bring their streams on the air; the events follow by themselves."""
    control = stack.control
    halls = {name: _channel(stack, name, {**_IN_ORDER, "show": "concert"}) for name in HALLS}
    stubborn_show = _channel(stack, "stubborn-show", {**_IN_ORDER, "tier": "trial"})
    talk_show = _channel(stack, "talk-show", {**_IN_ORDER, "show": "talk"})
    evening_show = _channel(stack, "evening-show", {**_IN_ORDER, "tier": "pro"})
    last_minute = _channel(stack, "last-minute", {**_IN_ORDER, "tier": "free"})
    garage_gig = _channel(
        stack,
        "garage-gig",
        {},
        recordingConfigurationArn=_recording_configuration(stack),
    )
    quiet_start = _channel(stack, "quiet-start", {**_IN_ORDER, "tier": "free"})
    old_timer = _channel(stack, "old-timer", {**_IN_ORDER, "tier": "pro"}, age=timedelta(days=45))
    an_hour_ago = now() - timedelta(hours=1)
    evening = control.go_live(evening_show, started_at=an_hour_ago)
    control.go_live(stubborn_show, started_at=now() - timedelta(minutes=10), reconnects=True)
    control.go_live(garage_gig)
    control.go_live(talk_show, started_at=now() - timedelta(minutes=54, seconds=48))
    control.go_live(last_minute, started_at=now() - timedelta(hours=4) + timedelta(seconds=12))
    for hall in halls.values():
        control.go_live(hall, started_at=an_hour_ago)
    return DemoChannels(
        halls=halls,
        stubborn_show=stubborn_show,
        talk_show=talk_show,
        old_camera=_old_camera(stack),
        evening_show=evening_show,
        evening_stream=evening.stream_id,
        last_minute=last_minute,
        garage_gig=garage_gig,
        quiet_start=quiet_start,
        old_timer=old_timer,
        old_key_value=key_value(stack, old_timer),
    )


def _old_camera(stack: DeployedStack) -> str:
    """A channel from before Streamwarden was there: the next sweep finds its settings."""
    arn = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/OldCamera000"
    stack.control.add_channel(arn, name="old-camera", tags=_IN_ORDER, insecureIngest=True)
    stack.control.go_live(arn, started_at=now() - timedelta(hours=1))
    return arn


def go_live_unnoticed(stack: DeployedStack, channel_arn: str) -> None:
    """A stream whose `Stream Start` event is lost on its way, five hours ago."""
    stack.control.mirror(
        {
            "version": "0",
            "id": "00000000-0000-0000-0000-000000000000",
            "detail-type": "IVS Stream State Change",
            "source": "aws.ivs",
            "account": ACCOUNT_ID,
            "region": REGION,
            "time": (now() - timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "resources": [channel_arn],
            "detail": {
                "event_name": "Stream Start",
                "channel_name": "quiet-start",
                "stream_id": "st-QuietStart0000000000000",
            },
        }
    )


def key_value(stack: DeployedStack, channel_arn: str) -> str:
    """The channel's stream key; empty while there is none."""
    ivs = stack.client("ivs")
    keys = ivs.list_stream_keys(channelArn=channel_arn)["streamKeys"]
    return str(ivs.get_stream_key(arn=keys[0]["arn"])["streamKey"]["value"]) if keys else ""


def secret_key_value(stack: DeployedStack, channel_arn: str) -> str:
    """The key that Streamwarden published for the channel; empty while there is none."""
    secrets = stack.client("secretsmanager")
    name = stack.outputs.secret_prefix + channel_arn.rpartition("/")[2]
    try:
        text = secrets.get_secret_value(SecretId=name)["SecretString"]
    except secrets.exceptions.ResourceNotFoundException:
        return ""
    return str(json.loads(text)["streamKey"])


def _channel(
    stack: DeployedStack,
    name: str,
    tags: dict[str, str],
    *,
    age: timedelta = timedelta(hours=6),
    **settings: Any,
) -> str:
    return stack.control.create_channel_at(now() - age, name=name, tags=tags, **settings)


def _recording_configuration(stack: DeployedStack) -> str:
    """Of a bucket with a KMS key: IVS takes it for good, and cannot record to it."""
    s3 = stack.client("s3")
    s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(Bucket=_BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    answer = stack.client("ivs").create_recording_configuration(
        destinationConfiguration={"s3": {"bucketName": _BUCKET}}
    )
    return str(answer["recordingConfiguration"]["arn"])
