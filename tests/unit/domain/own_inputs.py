"""One of each of Streamwarden's own inputs."""

from streamwarden.domain.arn import account_arn
from streamwarden.domain.inputs import BreakerTripped, Handling, OwnInput, Recheck, StreamsCounted
from streamwarden.domain.state.peers import Peers
from streamwarden.domain.state.resource import OutcomeStatus
from testbed.builders import (
    ACCOUNT,
    CHANNEL,
    KEY,
    REGION,
    STREAM,
    action_finished,
    at,
    channel_listed,
    channel_not_listed,
    deployment_observed,
    ingest_observed,
    key_observed,
    notification_handled,
    peers_listed,
    rotation_observed,
    stream_listed,
    stream_not_listed,
    stream_still_listed,
    video_track,
)

OWN_INPUTS: tuple[OwnInput, ...] = (
    Recheck(resource_arn=CHANNEL, time=at(seconds=0.25)),
    channel_listed(at(), tags={"owner": "a"}, name="studio", insecureIngest=True, preset=""),
    channel_not_listed(at()),
    stream_listed(at(1), health="STARVING", start_time=at()),
    stream_not_listed(at()),
    stream_not_listed(at()),
    peers_listed(
        at(), {"": Peers(value="", live=2, rank=1, limits=(1,), aired={"week Asia/Tokyo": 60})}
    ),
    stream_still_listed(at()),
    ingest_observed(at(), video_track(), video_track(None, None, framerate=None, codec="")),
    action_finished(at(), "KgopvkVuUi7g/required-tags/tag", tags={"owner": "a"}),
    action_finished(
        at(1), "KgopvkVuUi7g/limit/stop", OutcomeStatus.FAILED, reason="no", decided_at=at()
    ),
    key_observed(at(), KEY, minted_at=at(-24)),
    key_observed(at(), None, minted_at=None),
    key_observed(at(), KEY, tags={"owner": "a"}),
    rotation_observed(at(), is_finished=False),
    action_finished(at(), "KgopvkVuUi7g/inherit/tags", tags={"owner": "a"}, key_arn=KEY),
    StreamsCounted(resource_arn=account_arn(ACCOUNT, REGION), time=at(), live=30),
    BreakerTripped(resource_arn=account_arn(ACCOUNT, REGION), time=at(), rule_id="limit"),
    deployment_observed(at()),
    notification_handled(),
    notification_handled(handling=Handling.SUPPRESSED, message_id="", stream_id=STREAM),
)
