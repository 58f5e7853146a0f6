"""Have the observers told what is deployed, so that people are told of each deployment once.

The first sweep that runs as a part of it says so. Observers are the only writers of records: they
save what they tell together with what they know to be told.
"""

from collections.abc import Callable
from datetime import datetime

from streamwarden.domain.arn import Place, account_arn
from streamwarden.domain.inputs import DeploymentObserved
from streamwarden.domain.state.deployment import Deployment
from streamwarden.services.ports import ControlsLookup, Inbox


def report_deployment(
    deployment: Deployment,
    place: Place,
    controls: ControlsLookup,
    is_newer: Callable[[str], bool],
    inbox: Inbox,
    now: datetime,
) -> None:
    """Each sweep does until it is known: a message that is lost costs time until the next one.

    `is_newer` says whether a newer version has stored the record of a resource: its observers would
    refuse one after the other, and each would be a dead letter.
    Raises TemporaryError, PermanentError.
    """
    known = controls.of(place).deployment
    if known is None or not known.value.is_same(deployment):
        arn = account_arn(place.account, place.region)
        if not is_newer(arn):
            inbox.put([DeploymentObserved(resource_arn=arn, time=now, deployment=deployment)])
