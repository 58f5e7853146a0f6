"""Channels that are on the air at the same time: each waits for a limit in real time."""

from dataclasses import dataclass
from typing import Self

from ivs_simulator.control.client import OnAir
from tests.stack.account import IN_ORDER, Account, eventually


@dataclass(frozen=True)
class Channels:
    """Two that end by a limit, one that keeps to the policy, and one that breaches much of it."""

    short_show: str
    short_stream: OnAir
    talk: str
    long_show: str
    long_stream: OnAir
    garage: str

    @classmethod
    def go_live(cls, account: Account) -> Self:
        ivs = account.client("ivs")
        # Its bucket is missing: the recording fails, the stream does not.
        recording = ivs.create_recording_configuration(
            destinationConfiguration={"s3": {"bucketName": "recordings"}}
        )["recordingConfiguration"]["arn"]
        short_show = account.channel("short-show", tags={**IN_ORDER, "show": "short"})
        talk = account.channel("talk", tags={**IN_ORDER, "show": "talk"})
        long_show = account.channel("long-show", tags={**IN_ORDER, "show": "long"})
        garage = account.channel(
            "garage", tags={}, insecureIngest=True, recordingConfigurationArn=recording
        )
        every = (short_show, talk, long_show, garage)
        eventually(lambda: all(map(account.is_recorded, every)))
        short_stream = account.control.go_live(short_show)
        account.control.go_live(talk)
        long_stream = account.control.go_live(long_show)
        account.control.go_live(garage)
        return cls(short_show, short_stream, talk, long_show, long_stream, garage)
