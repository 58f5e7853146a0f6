"""The simulated service: every account and region, without sockets and without a clock of its own.

One world answers API calls, plays the broadcasters and says what IVS and CloudTrail would say.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from threading import RLock
from typing import Any

from ivs_simulator.broadcasting import encoders, viewers
from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.broadcasting.encoders import Attempt
from ivs_simulator.events.cloudtrail import ApiCall, Caller, api_call_event, root_of
from ivs_simulator.events.delivery import Chaos, Delivery
from ivs_simulator.events.envelopes import DetailType
from ivs_simulator.mirror import observed_events as witnessing
from ivs_simulator.mirror import seeding
from ivs_simulator.operations.table import OPERATIONS
from ivs_simulator.playback.restrictions import Viewer
from ivs_simulator.recording.storage import BottomlessStorage, Storage
from ivs_simulator.runtime.call_log import RecordedCall
from ivs_simulator.runtime.event_queue import Agenda
from ivs_simulator.runtime.locking import locked
from ivs_simulator.runtime.rate_limits import RateLimits
from ivs_simulator.state.account_region import Realm
from ivs_simulator.state.audience import View
from ivs_simulator.state.context import Surroundings
from ivs_simulator.state.identifiers import Identifiers
from ivs_simulator.state.ingest import Ingest
from ivs_simulator.state.options import Behaviour
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire import validation
from ivs_simulator.wire.arns import Arn
from ivs_simulator.wire.errors import ErrorCode, IvsError, not_broadcasting
from ivs_simulator.wire.timestamps import parse_time

type Emit = Callable[[dict[str, Any]], None]
type Authorise = Callable[[Realm, str, Mapping[str, Any]], None]


def unheard(_: object) -> None:
    """Where events and calls go that nobody asked for."""


class World:
    """Amazon IVS, as far as its control plane and its events go."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        emit: Emit = unheard,
        seed: int = 0,
        *,
        recorder: Callable[[RecordedCall], None] = unheard,
        behaviour: Behaviour | None = None,
        storage: Storage | None = None,
        rate_limits: RateLimits | None = None,
        lock: AbstractContextManager[Any] | None = None,
    ) -> None:
        agenda = Agenda()
        self.now = clock
        self.lock = lock or RLock()
        self.rate_limits = rate_limits
        self._emit = emit
        self._recorder = recorder
        self._delivery = Delivery(emit, agenda, clock, seed)
        self._surroundings = Surroundings(
            Identifiers(seed),
            self._delivery.send,
            agenda,
            behaviour=behaviour or Behaviour(),
            storage=storage or BottomlessStorage(),
        )
        self._realms: dict[tuple[str, str], Realm] = {}
        self._faults: dict[str, deque[IvsError]] = defaultdict(deque)

    def realm(self, account: str, region: str) -> Realm:
        if (account, region) not in self._realms:
            made = Realm(account, region, self._surroundings)
            self._realms[account, region] = made
        return self._realms[account, region]

    def realms(self) -> list[Realm]:
        return list(self._realms.values())

    @property
    def behaviour(self) -> Behaviour:
        return self._surroundings.behaviour

    @behaviour.setter
    def behaviour(self, behaviour: Behaviour) -> None:
        self._surroundings.behaviour = behaviour

    @property
    def chaos(self) -> Chaos:
        """What may happen to events on their way."""
        return self._delivery.chaos

    @chaos.setter
    def chaos(self, chaos: Chaos) -> None:
        self._delivery.chaos = chaos

    @locked
    def clear(self) -> None:
        """Forgets every resource and fault, and the events still on their way.

        Identifiers go on, so that none comes twice; behaviour, chaos and limits stay as they are.
        """
        self._realms.clear()
        self._surroundings.agenda.clear()
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

        `is_limited=False` is for calls that arrange a scene: they count towards no rate limit.
        """
        self.tick()
        realm, at = self.realm(account, region), at or self.now()
        caller, given = caller or root_of(account), deepcopy(dict(params))
        call = ApiCall(operation, given, caller, request_id or self.new_request_id())
        try:
            if authorise is not None:
                authorise(realm, operation, given)
            if is_limited and self.rate_limits is not None:
                self.rate_limits.take(account, region, operation, given, at)
            result = deepcopy(self._execute(realm, operation, given, at))
        except IvsError as error:
            self._record(realm, replace(call, error=error), at)
            raise
        self._record(realm, replace(call, result=result), at)
        return result

    def new_request_id(self) -> str:
        return self._surroundings.identifiers.request()

    @locked
    def fail_next(self, operation: str, error: IvsError, times: int = 1) -> None:
        """Makes the next calls of an operation fail, after the checks that come before it.

        Raises ValueError for an operation that IVS does not have.
        """
        if not api_model.is_operation(operation):
            # Not repeated: whoever mixes fields up may have given anything.
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
        realms = [
            realm
            for realm in self.realms()
            if account in (None, realm.account) and region in (None, realm.region)
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
        realm, session = encoders.connect(realms, attempt, at)
        return Broadcast(self, realm, session.channel_arn)

    @locked
    def broadcast(self, channel_arn: str) -> Broadcast:
        """A handle on what is on air on a channel, however it came there."""
        self.tick()
        realm = self._realm_of(channel_arn)
        if realm.on_air(channel_arn) is None:
            raise not_broadcasting()
        return Broadcast(self, realm, channel_arn)

    @locked
    def key_value(self, channel_arn: str) -> str | None:
        """The channel's stream key, as its broadcaster has it; None while it has none.

        Raises IvsError (ResourceNotFoundException) where there is no such channel.
        """
        realm = self._realm_of(channel_arn)
        keys = realm.keys_of(realm.channel(channel_arn).arn)
        return keys[0].value if keys else None

    @locked
    def watch(
        self, channel_arn: str, viewer: Viewer | None = None, token: str | None = None
    ) -> View:
        """A viewer begins to watch what is live; raises PlaybackRefused when not served."""
        self.tick()
        realm = self._realm_of(channel_arn)
        return viewers.watch(realm, channel_arn, viewer or Viewer(), token, self.now())

    @locked
    def stop_watching(self, channel_arn: str, view_id: str) -> None:
        self.tick()
        viewers.find(self._realm_of(channel_arn), channel_arn, view_id).leave(self.now())

    @locked
    def time_out_viewer_counts(self, channel_arn: str, readings: int) -> None:
        """Makes the next readings of a channel's viewer count answer -1."""
        viewers.time_out(self._realm_of(channel_arn), channel_arn, readings)

    @locked
    def tick(self) -> None:
        """Lets everything happen whose time has come: timers, reconnecting encoders, events."""
        self._surroundings.agenda.run_until(self.now())

    @property
    def next_due(self) -> datetime | None:
        """When something happens next by itself; None while nothing waits for its time."""
        return self._surroundings.agenda.next_due

    @locked
    def reconnect_encoders(self) -> list[Broadcast]:
        """Lets every encoder that was thrown off try again at once."""
        self.tick()
        return [
            Broadcast(self, realm, encoder.channel_arn)
            for realm in self.realms()
            for encoder in [*realm.encoders.values(), *realm.waiting]
            if encoders.come_back(realm, encoder, self.now()) is not None
        ]

    @locked
    def add_channel(
        self,
        *,
        arn: str,
        live: Mapping[str, Any] | None = None,
        created_at: datetime | None = None,
        tags: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> None:
        """Puts a channel with a given ARN into the world; nothing is emitted.

        `fields` are CreateChannel's by their API names; `live` is {"streamId", "startTime"}.
        """
        realm = self._realm_of(arn)
        channel = seeding.add_channel(realm, arn, fields, tags, created_at or self.now())
        if live is not None:
            start = live["startTime"]
            at = parse_time(start) if isinstance(start, str) else start
            seeding.add_live(realm, channel, live["streamId"], at)

    @locked
    def witness(self, envelope: Mapping[str, Any]) -> None:
        """Reflects an event seen elsewhere; nothing is emitted, and what is unknown is ignored."""
        if envelope.get("source") != "aws.ivs":
            return
        match envelope.get("detail-type"):
            case DetailType.API_CALL:
                realm = self.realm(envelope["account"], envelope["region"])
                witnessing.witness_api_call(realm, envelope["detail"])
            case DetailType.STREAM_STATE | DetailType.STREAM_HEALTH | DetailType.AD_BREAK_STATE if (
                envelope["resources"]
            ):
                realm = self._realm_of(envelope["resources"][0])
                witnessing.witness_service_event(realm, envelope)

    @locked
    def publish(self, envelope: dict[str, Any]) -> None:
        """Emits an event as given: a late one, a double, or one of a kind not simulated.

        It arrives whatever `chaos` says: whoever publishes has arranged its fate already.
        """
        self._emit(envelope)

    def _execute(
        self, realm: Realm, operation: str, params: dict[str, Any], at: datetime
    ) -> dict[str, Any]:
        if operation not in OPERATIONS:
            message = f"The simulator does not know {operation} yet"
            raise IvsError(ErrorCode.INTERNAL, message, status=501)
        validation.check(api_model.operation(operation).input_shape, params)
        if self._faults[operation]:
            raise self._faults[operation].popleft()
        return OPERATIONS[operation](realm, params, at)

    def _record(self, realm: Realm, call: ApiCall, at: datetime) -> None:
        outcome = call.error.code if call.error is not None else "ok"
        self._recorder(
            RecordedCall(
                call.operation,
                call.params,
                outcome,
                call.caller.arn,
                realm.account,
                realm.region,
                at,
            )
        )
        if api_model.is_operation(call.operation) and api_model.is_write(call.operation):
            is_raw = self.behaviour.encoded_arns_in_cloudtrail
            event = api_call_event(
                realm.postmark(at),
                call,
                record_id=realm.identifiers.event(),
                is_path_raw=is_raw,
            )
            realm.emit(event)

    def _realm_of(self, arn: str) -> Realm:
        parsed = Arn.parse(arn)
        return self.realm(parsed.account, parsed.region)
