"""Which encoder has which channel, and which ones wait beside it.

`account_region.encoders` holds, by the channel's ARN, the encoder that was let in last. It is
connected or on its way back. `account_region.waiting` holds the encoders that lost the channel to
it and still want it.
"""

from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resources import Encoder


def take(account_region: AccountRegion, encoder: Encoder) -> None:
    """Who had the seat before and still wants it goes on trying beside it."""
    before = account_region.encoders.pop(encoder.channel_arn, None)
    if before is not None and before.returns_at is not None:
        account_region.waiting.append(before)
    account_region.encoders[encoder.channel_arn] = encoder


def forget(account_region: AccountRegion, encoder: Encoder) -> None:
    if account_region.encoders.get(encoder.channel_arn) is encoder:
        del account_region.encoders[encoder.channel_arn]
    else:
        stop_waiting(account_region, encoder)


def stop_waiting(account_region: AccountRegion, encoder: Encoder) -> None:
    """It is not beside the seat any more, whether it has the seat now or gave up."""
    # By identity: two encoders may be set up alike.
    account_region.waiting[:] = [each for each in account_region.waiting if each is not encoder]
