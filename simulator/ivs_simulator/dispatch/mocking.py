"""IVS inside a test's own process, alone or beside moto, also for other projects.

    with mock_aws(), simulate_ivs() as ivs:
        channel = boto3.client("ivs").create_channel(name="arena")["channel"]
        ivs.go_live(channel["arn"])

All IVS in the process is one simulated world. Every other service stays whose it was: moto's
while `mock_aws` is active, which may begin before `simulate_ivs` or after it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock
from typing import Any, Final

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.dispatch.in_process import answer
from ivs_simulator.dispatch.interception import answering
from ivs_simulator.dispatch.routing import Origin
from ivs_simulator.events.cloudtrail import Caller
from ivs_simulator.mirror.moto_accounts import ACCOUNT_HEADER, MotoClients, account_of, caller_of
from ivs_simulator.mirror.moto_events import MotoEventBus
from ivs_simulator.mirror.moto_storage import MotoStorage
from ivs_simulator.recording.storage import Storage
from ivs_simulator.runtime.call_log import RecordedCall
from ivs_simulator.runtime.clock import Clock, system_time
from ivs_simulator.state.ingest import Ingest
from ivs_simulator.state.options import Options
from ivs_simulator.wire.arns import Arn
from ivs_simulator.wire.errors import StreamKeyRefused
from ivs_simulator.world import World

# The scope that a request is signed for has the access key and the region.
_SCOPE: Final = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/")
_HOST: Final = re.compile(r"https?://ivs(?:realtime)?(?:-fips)?\.(?P<region>[a-z0-9-]+)\.")
_NO_KEY: Final = "AKIASIMULATED0000000"


class SimulatedIvs:
    """The simulated IVS as a test sees it: what code under test has done, and the broadcasters."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = system_time,
        seed: int = 0,
        options: Options | None = None,
        storage: Storage | None = None,
    ) -> None:
        self.calls: list[RecordedCall] = []
        self._events: list[dict[str, Any]] = []
        self._clock = Clock(clock)
        self._lock = RLock()
        clients = MotoClients()
        self._bus = MotoEventBus(clients)
        self.world = World(
            self._clock,
            self._receive,
            seed,
            recorder=self.calls.append,
            options=options,
            storage=storage or MotoStorage(clients),
        )

    @property
    def now(self) -> datetime:
        """The time it is for IVS: that of the clock, and what `advance` has added."""
        return self._clock()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that IVS and CloudTrail have sent by now, oldest first; may be cleared."""
        with self._lock:
            self.world.tick()
        return self._events

    def go_live(
        self,
        channel_arn: str,
        *,
        started_at: datetime | None = None,
        reconnects: bool = False,
        priority: int | None = None,
        ingest: Ingest | None = None,
        stream_id: str | None = None,
    ) -> Broadcast:
        """An encoder connects with the channel's stream key, and sends `ingest`.

        One that `reconnects` comes back by itself when it is thrown off; with a priority it takes
        over from one of a lower priority. `started_at` is an aware time past, for a stream that is
        on air already. A stream over an ingest limit of its channel ends at once, as on IVS, and
        nothing is raised: `is_live` of the handle is false then, and `events` says why.

        Raises StreamKeyRefused if the channel has no key or the encoder is not let in, and IvsError
        (ResourceNotFoundException) if there is no such channel.
        """
        key_value = self.key_value(channel_arn)
        if key_value is None:
            raise StreamKeyRefused(f"no stream key: {channel_arn}")
        at = Arn.parse(channel_arn)
        with self._lock:
            return self.world.go_live(
                key_value,
                account=at.account,
                region=at.region,
                started_at=started_at,
                reconnects=reconnects,
                priority=priority,
                ingest=ingest,
                stream_id=stream_id,
            )

    def key_value(self, channel_arn: str) -> str | None:
        """The channel's stream key, as its broadcaster has it; None while it has none.

        Raises IvsError (ResourceNotFoundException) if there is no such channel.
        """
        with self._lock:
            return self.world.key_value(channel_arn)

    def advance(self, span: timedelta) -> None:
        """Moves IVS's time forward; whatever falls due on the way happens at its own time.

        Raises ValueError for a span that is not positive, or longer than a year.
        """
        with self._lock:
            self._clock.advance(span, self.world)

    def answer(self, request: AWSPreparedRequest) -> AWSResponse:
        """The answer to a signed request of any client of IVS; one request at a time."""
        origin = _origin(request)
        with self._lock:
            return answer(request, self.world, origin)

    def _receive(self, event: dict[str, Any]) -> None:
        self._events.append(event)
        self._bus.deliver(event)


@contextmanager
def simulate_ivs(
    *,
    clock: Callable[[], datetime] = system_time,
    seed: int = 0,
    options: Options | None = None,
    storage: Storage | None = None,
) -> Iterator[SimulatedIvs]:
    """Until the end of the block, or of the decorated function, a new simulated IVS answers.

    `clock` returns aware times. Equal seeds give equal ARNs and ids. `storage` takes the
    recordings; the default is moto's S3. Without moto, `MemoryStorage` of
    `ivs_simulator.recording.storage` keeps them in buckets that its `add_bucket` makes. Within
    another block the inner one answers.
    """
    simulated = SimulatedIvs(clock=clock, seed=seed, options=options, storage=storage)
    with answering(simulated.answer):
        yield simulated


def _origin(request: AWSPreparedRequest) -> Origin:
    scope = _SCOPE.search(_header(request, "Authorization"))
    place = scope or _HOST.match(str(request.url))
    access_key_id = scope["key"] if scope else _NO_KEY
    region = place["region"] if place else "us-east-1"
    account = account_of(access_key_id, _header(request, ACCOUNT_HEADER))
    return Origin(account, region, _caller(request, access_key_id, account, region))


def _caller(request: AWSPreparedRequest, access_key_id: str, account: str, region: str) -> Caller:
    caller = caller_of(access_key_id, account, region)
    return replace(caller, user_agent=_header(request, "User-Agent") or caller.user_agent)


def _header(request: AWSPreparedRequest, name: str) -> str:
    # botocore's own signers and its user agent come as text or as bytes, whatever its types say.
    value: Any = request.headers.get(name, "")
    return value.decode() if isinstance(value, bytes) else str(value)
