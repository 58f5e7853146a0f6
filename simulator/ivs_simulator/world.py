"""The simulated service: every account and region, without sockets and without a clock of its own.

One world answers API calls, plays the broadcasters and emits the events of IVS and CloudTrail.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from threading import RLock
from typing import Any

from ivs_simulator.broadcasting import encoders, recordings, viewers
from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.broadcasting.encoders import Attempt
from ivs_simulator.events.cloudtrail import ApiCall, Caller, api_call_event, root_of
from ivs_simulator.events.delivery import Chaos, Delivery
from ivs_simulator.events.envelopes import DetailType
from ivs_simulator.mirror import latest, observed_events, seeding
from ivs_simulator.operations.table import OPERATIONS
from ivs_simulator.playback.restrictions import Viewer
from ivs_simulator.recording.storage import BottomlessStorage, Storage
from ivs_simulator.runtime.call_log import RecordedCall
from ivs_simulator.runtime.event_queue import EventQueue
from ivs_simulator.runtime.locking import locked
from ivs_simulator.runtime.rate_limits import RateLimits
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.context import WorldContext
from ivs_simulator.state.identifiers import Identifiers
from ivs_simulator.state.ingest import Ingest
from ivs_simulator.state.options import Options
from ivs_simulator.state.views import View
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire import validation
from ivs_simulator.wire.arns import Arn
from ivs_simulator.wire.errors import ErrorCode, IvsError, not_broadcasting
from ivs_simulator.wire.timestamps import parse_time

type Emit = Callable[[dict[str, Any]], None]
type Authorise = Callable[[AccountRegion, str, Mapping[str, Any]], None]


def ignore(_: object) -> None:
    """Takes events and calls that have no receiver."""


class World:
    """Amazon IVS, as far as its control plane and its events go."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        emit: Emit = ignore,
        seed: int = 0,
        *,
        recorder: Callable[[RecordedCall], None] = ignore,
        options: Options | None = None,
        storage: Storage | None = None,
        rate_limits: RateLimits | None = None,
        lock: AbstractContextManager[Any] | None = None,
    ) -> None:
        event_queue = EventQueue()
        self.now = clock
        self.lock = lock or RLock()
        self.rate_limits = rate_limits
        self._emit = emit
        self._recorder = recorder
        self._delivery = Delivery(emit, event_queue, clock, seed)
        self._context = WorldContext(
            Identifiers(seed),
            self._delivery.send,
            event_queue,
            options=options or Options(),
            storage=storage or BottomlessStorage(),
        )
        self._account_regions: dict[tuple[str, str], AccountRegion] = {}
        self._faults: dict[str, deque[IvsError]] = defaultdict(deque)

    def account_region(self, account: str, region: str) -> AccountRegion:
        if (account, region) not in self._account_regions:
            made = AccountRegion(account, region, self._context)
            self._account_regions[account, region] = made
        return self._account_regions[account, region]

    def account_regions(self) -> list[AccountRegion]:
        return list(self._account_regions.values())

    @property
    def options(self) -> Options:
        return self._context.options

    @options.setter
    def options(self, options: Options) -> None:
        self._context.options = options

    @property
    def chaos(self) -> Chaos:
        """What can happen to events on their way."""
        return self._delivery.chaos

    @chaos.setter
    def chaos(self, chaos: Chaos) -> None:
        self._delivery.chaos = chaos

    @locked
    def clear(self) -> None:
        """Forgets every resource and fault, and the events still on their way.

        Identifiers go on, so that none comes twice. Options, chaos and limits stay.
        """
        self._account_regions.clear()
        self._context.event_queue.clear()
        self._delivery.clear()
        self._faults.clear()
        if self.rate_limits is not None:
            self.rate_limits.clear()

    @locked
    def call(
        self,
        operation: str,
        params: Mapping[str, Any],
        *,
        account: str,
        region: str,
        caller: Caller | None = None,
        at: datetime | None = None,
        authorise: Authorise | None = None,
        is_limited: bool = True,
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Executes one API operation, now or at a given time past, or raises IvsError.

        `is_limited=False` is for calls that prepare a test: they count towards no rate limit.
        """
        self.tick()
        account_region, at = self.account_region(account, region), at or self.now()
        caller, given = caller or root_of(account), deepcopy(dict(params))
        call = ApiCall(operation, given, caller, request_id or self.new_request_id())
        try:
            if authorise is not None:
                authorise(account_region, operation, given)
            if is_limited and self.rate_limits is not None:
                self.rate_limits.take(account, region, operation, given, at)
            result = deepcopy(self._execute(account_region, operation, given, at))
            latest.note_write(account_region, operation, given, at)
        except IvsError as error:
            self._record(account_region, replace(call, error=error), at)
            raise
        self._record(account_region, replace(call, result=result), at)
        return result

    def new_request_id(self) -> str:
        return self._context.identifiers.request()

    @locked
    def fail_next(self, operation: str, error: IvsError, times: int = 1) -> None:
        """Makes the next calls of an operation fail, after the checks that come before it.

        Raises ValueError for an operation that IVS does not have.
        """
        if not api_model.is_operation(operation):
            # Not repeated: a caller that mixes up fields may have given anything.
            raise ValueError("operation is one of the IVS API, such as CreateChannel")
        self._faults[operation].extend([error] * times)

    @locked
    def go_live(
        self,
        key_value: str,
        *,
        account: str | None = None,
        region: str | None = None,
        started_at: datetime | None = None,
        reconnects: bool = False,
        priority: int | None = None,
        ingest: Ingest | None = None,
        stream_id: str | None = None,
    ) -> Broadcast:
        """An encoder connects with a stream key; raises StreamKeyRefused when not let in.

        With a priority, which real encoders append to their key as `?priority=5`, it takes over
        from an encoder of a lower one. A stream over an ingest limit
        of its channel ends at once, as on IVS, and nothing is raised: `is_live` of the handle is
        false then, and the events say why.
        """
        at = started_at or self.now()
        if at.tzinfo is None:
            raise ValueError("started_at needs a time zone")
        self.tick()
        account_regions = [
            account_region
            for account_region in self.account_regions()
            if account in (None, account_region.account) and region in (None, account_region.region)
        ]
        key_value, marker, wish = key_value.partition("?priority=")
        if marker:
            priority = int(wish) if wish.isdecimal() else 0
        attempt = Attempt(
            key_value=key_value,
            ingest=ingest or Ingest(),
            reconnects=reconnects,
            priority=priority,
            stream_id=stream_id,
        )
        account_region, session = encoders.connect(account_regions, attempt, at)
        return Broadcast(self, account_region, session.channel_arn)

    @locked
    def broadcast(self, channel_arn: str) -> Broadcast:
        """A handle on what is on air on a channel, however it began."""
        self.tick()
        account_region = self._account_region_of(channel_arn)
        if account_region.on_air(channel_arn) is None:
            raise not_broadcasting()
        return Broadcast(self, account_region, channel_arn)

    @locked
    def key_value(self, channel_arn: str) -> str | None:
        """The channel's stream key, as its broadcaster has it; None while it has none.

        Raises IvsError (ResourceNotFoundException) where there is no such channel.
        """
        account_region = self._account_region_of(channel_arn)
        keys = account_region.keys_of(account_region.channel(channel_arn).arn)
        return keys[0].value if keys else None

    @locked
    def watch(
        self, channel_arn: str, viewer: Viewer | None = None, token: str | None = None
    ) -> View:
        """A viewer begins to watch what is live; raises PlaybackRefused when not served."""
        self.tick()
        account_region = self._account_region_of(channel_arn)
        return viewers.watch(account_region, channel_arn, viewer or Viewer(), token, self.now())

    @locked
    def stop_watching(self, channel_arn: str, view_id: str) -> None:
        self.tick()
        viewers.find(self._account_region_of(channel_arn), channel_arn, view_id).leave(self.now())

    @locked
    def time_out_viewer_counts(self, channel_arn: str, readings: int) -> None:
        """Makes the next readings of a channel's viewer count answer -1."""
        viewers.time_out(self._account_region_of(channel_arn), channel_arn, readings)

    @locked
    def fail_recording(self, channel_arn: str) -> None:
        """The running recording breaks off; while none runs, the channel's next one fails to start.

        Raises IvsError (ResourceNotFoundException) where there is no such channel.
        """
        self.tick()
        account_region = self._account_region_of(channel_arn)
        recordings.fail(account_region, account_region.channel(channel_arn).arn, self.now())

    @locked
    def tick(self) -> None:
        """Runs every scheduled callback that is due: timers, reconnecting encoders, late events."""
        self._context.event_queue.run_until(self.now())

    @property
    def next_due(self) -> datetime | None:
        """When the next scheduled callback is due; None while there is none."""
        return self._context.event_queue.next_due

    @locked
    def reconnect_encoders(self) -> list[Broadcast]:
        """Makes every encoder that was disconnected try again at once."""
        self.tick()
        return [
            Broadcast(self, account_region, encoder.channel_arn)
            for account_region in self.account_regions()
            for encoder in [*account_region.encoders.values(), *account_region.waiting]
            if encoders.come_back(account_region, encoder, self.now()) is not None
        ]

    @locked
    def add_channel(
        self,
        *,
        arn: str,
        live: Mapping[str, Any] | None = None,
        created_at: datetime | None = None,
        tags: Mapping[str, str] | None = None,
        has_stream_key: bool = True,
        **fields: Any,
    ) -> None:
        """Puts a channel with a given ARN into the world; nothing is emitted.

        `fields` are CreateChannel's by their API names; `live` is {"streamId", "startTime"}.
        """
        account_region, at = self._account_region_of(arn), created_at or self.now()
        channel = seeding.add_channel(
            account_region, arn, fields, tags, at, has_stream_key=has_stream_key
        )
        if live is not None:
            start = live["startTime"]
            at = parse_time(start) if isinstance(start, str) else start
            seeding.add_live(account_region, channel, live["streamId"], at)

    @locked
    def add_seen_channel(self, arn: str, name: str) -> None:
        """Puts a channel into the world of which an event says no more than its name.

        Nothing changes where the channel is already, or was deleted.
        """
        account_region = self._account_region_of(arn)
        if arn not in account_region.channels and arn not in account_region.deleted:
            seeding.add_seen_channel(account_region, arn, name, self.now())

    @locked
    def mirror(self, envelope: Mapping[str, Any]) -> None:
        """Mirrors an event that was seen elsewhere. Nothing is emitted; the unknown is ignored."""
        if envelope.get("source") != "aws.ivs":
            return
        match envelope.get("detail-type"):
            case DetailType.API_CALL:
                account_region = self.account_region(envelope["account"], envelope["region"])
                observed_events.mirror_api_call(account_region, envelope["detail"])
            case DetailType.STREAM_STATE | DetailType.STREAM_HEALTH | DetailType.AD_BREAK_STATE if (
                envelope["resources"]
            ):
                account_region = self._account_region_of(envelope["resources"][0])
                observed_events.mirror_service_event(account_region, envelope)

    @locked
    def publish(self, envelope: dict[str, Any]) -> None:
        """Emits an event as given: a late one, a double, or one of a kind not simulated.

        It arrives whatever `chaos` says: the caller of `publish` has decided its fate already.
        """
        self._emit(envelope)

    def _execute(
        self, account_region: AccountRegion, operation: str, params: dict[str, Any], at: datetime
    ) -> dict[str, Any]:
        if operation not in OPERATIONS:
            message = f"The simulator does not know {operation} yet"
            raise IvsError(ErrorCode.INTERNAL, message, status=501)
        validation.check(api_model.operation(operation).input_shape, params)
        if self._faults[operation]:
            raise self._faults[operation].popleft()
        return OPERATIONS[operation](account_region, params, at)

    def _record(self, account_region: AccountRegion, call: ApiCall, at: datetime) -> None:
        outcome = call.error.code if call.error is not None else "ok"
        self._recorder(
            RecordedCall(
                call.operation,
                call.params,
                outcome,
                call.caller.arn,
                account_region.account,
                account_region.region,
                at,
            )
        )
        if api_model.is_operation(call.operation) and api_model.is_write(call.operation):
            is_raw = self.options.encoded_arns_in_cloudtrail
            event = api_call_event(
                account_region.envelope_metadata(at),
                call,
                record_id=account_region.identifiers.event(),
                is_path_raw=is_raw,
            )
            account_region.emit(event)

    def _account_region_of(self, arn: str) -> AccountRegion:
        parsed = Arn.parse(arn)
        return self.account_region(parsed.account, parsed.region)
