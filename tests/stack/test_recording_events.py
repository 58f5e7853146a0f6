"""Recordings have an observer of their own, which does for a channel all that the others do."""

from datetime import datetime, timedelta
from typing import Any, Final

from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.account import Account, eventually, now

# Never created: a channel that only its recordings tell of, as where events came before the stack.
_CHANNEL: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/OnlyRecorded"
_KEY_LIMIT: Final = timedelta(days=30)


def test_an_earlier_recording_that_arrives_later_moves_the_timer_forward(
    account: Account,
) -> None:
    late, early = now() - timedelta(hours=2), now() - timedelta(hours=9)

    account.deliver(_recording_end(late, "late"))
    eventually(lambda: account.timer(_CHANNEL) == _timer_for(late))

    account.deliver(_recording_end(early, "early"))
    eventually(lambda: account.timer(_CHANNEL) == _timer_for(early))


def _timer_for(first_seen: datetime) -> str:
    """A key that nobody saw being made is as old as what is known of its channel."""
    return f"at({first_seen + _KEY_LIMIT:%Y-%m-%dT%H:%M:%S})"


def _recording_end(at: datetime, name: str) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "2b9a6d40-0000-4000-8000-000000000001",
        "detail-type": "IVS Recording State Change",
        "source": "aws.ivs",
        "account": ACCOUNT_ID,
        "region": REGION,
        "time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "resources": [_CHANNEL],
        "detail": {
            "channel_name": "only-recorded",
            "stream_id": f"st-{name}",
            "recording_status": "Recording End",
            "recording_status_reason": "",
            "recording_s3_bucket_name": "recordings",
            "recording_s3_key_prefix": f"ivs/v1/{name}",
            "recording_duration_ms": 60_000,
            "recording_session_id": name,
            "recording_session_stream_ids": [f"st-{name}"],
        },
    }
