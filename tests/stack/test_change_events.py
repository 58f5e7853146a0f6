"""API calls that CloudTrail tells of have an observer of their own, which sets timers too."""

from datetime import datetime, timedelta
from typing import Any, Final

from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.account import Account, eventually, now

# Never created: a channel that only its key's creation tells of.
_IVS: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}"
_CHANNEL: Final = f"{_IVS}:channel/OnlyKeyMade"
_KEY_LIMIT: Final = timedelta(days=30)


def test_an_earlier_creation_that_arrives_later_moves_the_timer_forward(
    account: Account,
) -> None:
    late, early = now() - timedelta(hours=2), now() - timedelta(hours=9)

    account.deliver(_key_created(late))
    eventually(lambda: account.timer(_CHANNEL) == _timer_for(late))

    account.deliver(_key_created(early))
    eventually(lambda: account.timer(_CHANNEL) == _timer_for(early))


def _timer_for(minted_at: datetime) -> str:
    return f"at({minted_at + _KEY_LIMIT:%Y-%m-%dT%H:%M:%S})"


def _key_created(at: datetime) -> dict[str, Any]:
    key = {"arn": f"{_IVS}:stream-key/OnlyKeyMade", "channelArn": _CHANNEL, "tags": {}}
    time = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "version": "0",
        "id": "2b9a6d40-0000-4000-8000-000000000002",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.ivs",
        "account": ACCOUNT_ID,
        "region": REGION,
        "time": time,
        "resources": [],
        "detail": {
            "eventSource": "ivs.amazonaws.com",
            "eventName": "CreateStreamKey",
            "eventTime": time,
            "requestParameters": {"channelArn": _CHANNEL},
            "responseElements": {"streamKey": key},
            "readOnly": False,
        },
    }
