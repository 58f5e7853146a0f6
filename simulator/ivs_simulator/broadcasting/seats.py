"""Which encoder has which channel, and which ones wait beside it.

`realm.encoders` holds, by the channel's ARN, the encoder let in last, connected or on its way
back; `realm.waiting` those that lost the channel to it and still want it.
"""

from ivs_simulator.state.account_region import Realm
from ivs_simulator.state.resources import Encoder


def take(realm: Realm, encoder: Encoder) -> None:
    """Who had the seat before and still wants it goes on trying beside it."""
    before = realm.encoders.pop(encoder.channel_arn, None)
    if before is not None and before.returns_at is not None:
        realm.waiting.append(before)
    realm.encoders[encoder.channel_arn] = encoder


def forget(realm: Realm, encoder: Encoder) -> None:
    if realm.encoders.get(encoder.channel_arn) is encoder:
        del realm.encoders[encoder.channel_arn]
    else:
        stop_waiting(realm, encoder)


def stop_waiting(realm: Realm, encoder: Encoder) -> None:
    """It is not beside the seat any more, whether it has the seat now or gave up."""
    # By identity: two encoders may be set up alike.
    realm.waiting[:] = [each for each in realm.waiting if each is not encoder]
