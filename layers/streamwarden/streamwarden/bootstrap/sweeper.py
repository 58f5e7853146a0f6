"""sweep: compares the account with what is remembered, and has destinations looked at.

It reports what is deployed, too.
"""

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any, Final, assert_never

from msgspec import Struct

from streamwarden import observability
from streamwarden.adapters.continuation import LambdaContinuation
from streamwarden.adapters.dynamodb.controls import DynamoControls
from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveries
from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.adapters.dynamodb.sweeps import DynamoSweepLog
from streamwarden.adapters.ivs import IvsClients, IvsFleetListing, IvsKeyControl
from streamwarden.adapters.ivs_sessions import IvsStreamSessions
from streamwarden.adapters.sqs import SqsInbox, SqsWakes
from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.policy_outline import deployment_at, outline_at, routing_at
from streamwarden.domain.arn import Place
from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.policy_outline import decided_under
from streamwarden.domain.state.deployment import Deployment
from streamwarden.services.controls import RememberedControls
from streamwarden.services.deployments import report_deployment
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden.services.sweep import Sweeper, SweepReport
from streamwarden.services.sweep_runs import SweepRun, SweepRuns
from streamwarden.services.unfinished_sweep import UnfinishedSweep
from streamwarden.services.wake_destinations import wake_destinations
from streamwarden.settings import SweepSettings

# IVS lists five pages a second, to everybody in the account (quotas): one page refused at last
# means that all were read for nothing. Six attempts take 31 seconds at the very most.
_ATTEMPTS: Final = 6


# Of the five that the account has: the others are for people and applications.
_CALLS_A_SECOND: Final = 3

# The event of an invocation that goes on, and begins no sweep where it finds none.
_ONLY_BEGUN: Final = {"only": "begun"}


# A page that is throttled to the end, what the policy needs beside channels, and the reports.
_SECONDS_FOR_REST: Final = 60


class Invocation(Struct, frozen=True):
    """The function that was invoked, the name of the request, and the seconds left for it."""

    function_arn: str
    request_id: str
    left: runtime.SecondsLeft

    def has_time(self) -> bool:
        return self.left() > _SECONDS_FOR_REST


# The report of a sweep that has come to its end; None if it has not, or another is under way.
type Sweep = Callable[[Mapping[str, Any], Invocation], SweepReport | None]


@cache
def sweeper(place: Place) -> Sweep:
    """Sweeps one account and region."""
    settings = SweepSettings.from_env(os.environ)
    outline, routing = outline_at(settings.policy_path), routing_at(settings.policy_path).routing
    ivs = runtime.rate_limited(runtime.client("ivs", _ATTEMPTS), _CALLS_A_SECOND)
    clients = IvsClients(ivs, cache(_real_time))
    sqs = runtime.client("sqs")
    dynamodb = runtime.client("dynamodb")
    wakes = SqsWakes(sqs, settings.notification_queue_url)
    deliveries = DynamoDeliveries(dynamodb, settings.table_name, runtime.now)
    change_inbox = SqsInbox(sqs, settings.change_inbox_url)
    controls = RememberedControls(DynamoControls(dynamodb, settings.table_name), runtime.now)
    deployment = deployment_at(settings.policy_path, stack=settings.stack_name, mode=settings.mode)
    index = DynamoFleetIndex(dynamodb, settings.table_name, place)
    service = Sweeper(
        listing=IvsFleetListing(clients),
        sessions=IvsStreamSessions(ivs),
        keys=IvsKeyControl(ivs),
        index=index,
        stream_inbox=SqsInbox(sqs, settings.stream_inbox_url),
        change_inbox=change_inbox,
        controls=controls,
        place=place,
        needs=outline.needs,
        decided_under=decided_under(outline.digest, settings.max_mode),
        figures=observability.record_figures,
        restarted=observability.record_restart,
        clock=runtime.now,
    )

    def sweep(request: Mapping[str, Any], invocation: Invocation) -> SweepReport | None:
        def go_on() -> None:
            client = runtime.client("lambda")
            LambdaContinuation(client, invocation.function_arn).go_on(_ONLY_BEGUN)

        is_only_begun = request.get("only") == "begun"
        if not is_only_begun:
            # Also while IVS is away, and while another invocation works on a sweep.
            _wake(routing, deliveries, wakes)
            _report(deployment, place, controls, index, change_inbox)
        result = SweepRuns(
            sweeper=service,
            log=DynamoSweepLog(dynamodb, settings.table_name, place),
            continuation=go_on,
            clock=runtime.now,
        ).run(
            SweepRun(
                holder=invocation.request_id,
                until=runtime.now() + timedelta(seconds=invocation.left()),
                has_time=invocation.has_time,
                only_begun=is_only_begun,
            )
        )
        return _recorded(result)

    return sweep


def _real_time() -> Any:
    """Its operations have the same limits, but for public keys, of which there are three."""
    return runtime.rate_limited(runtime.client("ivs-realtime", _ATTEMPTS), _CALLS_A_SECOND)


def _wake(routing: Routing, deliveries: DynamoDeliveries, wakes: SqsWakes) -> None:
    """The account is compared all the same, and the next sweep wakes them again."""
    try:
        wake_destinations(routing, deliveries, wakes)
    except (TemporaryError, PermanentError) as error:
        observability.record_not_woken(str(error))


def _report(
    deployment: Deployment,
    place: Place,
    controls: RememberedControls,
    index: DynamoFleetIndex,
    inbox: SqsInbox,
) -> None:
    """The account is compared all the same, and the next sweep says it again."""
    try:
        report_deployment(deployment, place, controls, index.is_newer, inbox, runtime.now())
    except (TemporaryError, PermanentError) as error:
        observability.record_not_reported(str(error))


def _recorded(result: SweepReport | UnfinishedSweep | None) -> SweepReport | None:
    match result:
        case SweepReport():
            observability.record_sweep(result, runtime.now())
            return result
        case UnfinishedSweep():
            observability.record_sweep_continues(result)
        case None:
            observability.record_sweep_skip()
        case _:
            assert_never(result)
    return None
