"""sweep: compares the account with what is remembered."""

import os
from collections.abc import Callable
from functools import cache
from typing import Final

from streamwarden import observability
from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.adapters.ivs import IvsFleetListing, IvsKeyControl
from streamwarden.adapters.ivs_sessions import IvsStreamSessions
from streamwarden.adapters.sqs import SqsInbox
from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.policy import outline_at
from streamwarden.domain.arn import Place
from streamwarden.domain.policy import decided_under
from streamwarden.services.sweep import Sweeper, SweepReport
from streamwarden.settings import SweepSettings

# IVS lists five pages a second, to everybody in the account (quotas): one page refused at last
# means that all were read for nothing. Six attempts take 31 seconds at the very most.
_ATTEMPTS: Final = 6


# Of the five that the account has: the others are for people and applications.
_CALLS_A_SECOND: Final = 3


@cache
def sweeper(place: Place) -> Callable[[runtime.SecondsLeft], SweepReport]:
    """Sweeps one account and region."""
    settings = SweepSettings.from_env(os.environ)
    outline = outline_at(settings.policy_path)
    ivs = runtime.rate_limited(runtime.client("ivs", _ATTEMPTS), _CALLS_A_SECOND)
    sqs = runtime.client("sqs")
    service = Sweeper(
        listing=IvsFleetListing(ivs),
        sessions=IvsStreamSessions(ivs),
        keys=IvsKeyControl(ivs),
        index=DynamoFleetIndex(runtime.client("dynamodb"), settings.table_name, place),
        stream_inbox=SqsInbox(sqs, settings.stream_inbox_url),
        change_inbox=SqsInbox(sqs, settings.change_inbox_url),
        place=place,
        needs=outline.needs,
        decided_under=decided_under(outline.digest, settings.max_mode),
        progress=observability.record_progress,
        clock=runtime.now,
    )

    def sweep(left: runtime.SecondsLeft) -> SweepReport:
        report = service.sweep()
        observability.record_sweep(report)
        return report

    return sweep
