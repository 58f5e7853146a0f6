"""Channels that are on the air at the same time: each waits for a limit in real time."""

from dataclasses import dataclass
from threading import Timer
from typing import Final, Self

from ivs_simulator.control.client import OnAir
from tests.stack.account import IN_ORDER, Account, eventually

_RETURNS_FOR_SECONDS: Final = 60


@dataclass(frozen=True)
class Channels:
    """Two that end by a limit, one that keeps to the policy, and one that breaches much of it.

    One more is stopped at once. Its encoder comes back two seconds later, for a minute.
    """

    short_show: str
    short_stream: OnAir
    talk: str
    long_show: str
    long_stream: OnAir
    garage: str
    closed_show: str

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
        closed_show = account.channel("closed-show", tags={**IN_ORDER, "show": "closed"})
        every = (short_show, talk, long_show, garage, closed_show)
        eventually(lambda: all(map(account.is_recorded, every)))
        account.control.go_live(closed_show, reconnects=True)
        (key,) = ivs.list_stream_keys(channelArn=closed_show)["streamKeys"]
        # An encoder gives up when its key is gone.
        end = Timer(_RETURNS_FOR_SECONDS, ivs.delete_stream_key, kwargs={"arn": key["arn"]})
        end.daemon = True  # a run that ends before it does not wait for it
        end.start()
        # By its first stop all functions have started, so that no limit passes while one starts.
        eventually(lambda: "StopStream" in account.calls_on(closed_show))
        short_stream = account.control.go_live(short_show)
        account.control.go_live(talk)
        long_stream = account.control.go_live(long_show)
        account.control.go_live(garage)
        return cls(short_show, short_stream, talk, long_show, long_stream, garage, closed_show)
