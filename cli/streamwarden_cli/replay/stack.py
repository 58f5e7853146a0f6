"""The real services on memory, one virtual clock and the simulated world, wired together.

Whatever happens is settled at once: what was decided is notified and carried out, what IVS answers
to that is observed, and so on until nothing is left to do at this moment.
"""

from collections import deque
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from ivs_simulator.control.context import ControlContext
from ivs_simulator.control.in_process import InProcessControl
from ivs_simulator.runtime.call_log import RecordedCall
from ivs_simulator.world import World
from streamwarden.adapters.memory import (
    MemoryBreakers,
    MemoryControls,
    MemoryFleetIndex,
    MemoryInbox,
    MemoryOutbox,
    MemoryRecordStore,
    MemoryTimers,
)
from streamwarden.domain.arn import is_channel_arn, parse_arn
from streamwarden.domain.events import Event, MalformedEvent, parse_event
from streamwarden.domain.inputs import Input, Recheck
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Action, Mode
from streamwarden.services.observe import Observer
from streamwarden.services.records import Record
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from streamwarden_cli.replay.account import Account, Memory, never_needed, open_account
from streamwarden_cli.replay.clock import VirtualClock
from streamwarden_cli.replay.peers import listed_peers, needs_of
from streamwarden_cli.replay.recorder import Recorder
from streamwarden_cli.replay.records import Origin
from streamwarden_cli.scenario.naming import find
from streamwarden_cli.scenario.performing import perform
from streamwarden_cli.scenario.timeline import Step


class MemoryStack:
    """Everything of a stack but its servers. `world` is the account that it governs."""

    def __init__(
        self,
        policy: Policy,
        clock: VirtualClock,
        recorder: Recorder,
        breakers: MemoryBreakers | None = None,
    ) -> None:
        self.world = World(clock, self._receive, recorder=self._record)
        self.control = InProcessControl(ControlContext(self.world, ACCOUNT_ID, REGION))
        self._origin = Origin.SIMULATION
        self.timers = MemoryTimers()
        self._policy, self._clock, self._recorder = policy, clock, recorder
        self._needs = needs_of(policy)
        self._memory = Memory(
            MemoryRecordStore(), MemoryOutbox(clock), MemoryInbox(), breakers or MemoryBreakers()
        )
        self.looked: Callable[[], None] = lambda: None  # after each look at a resource
        self._names: dict[str, str] = {}
        self._received: deque[tuple[Origin, dict[str, Any]]] = deque()
        self._accounts: dict[tuple[str, str], Account] = {}
        self._observer = Observer(
            store=self._memory.store,
            controls=MemoryControls(self._memory.store),
            timers=self.timers,
            outbox=self._memory.outbox,
            policy=policy,
            max_mode=Mode.ENFORCE,
            clock=clock,
            back_off=never_needed,
        )

    @property
    def has_peers(self) -> bool:
        """Whether a rule counts channels together."""
        return bool(self._needs.peers or self._needs.airtime)

    @property
    def counts_viewers(self) -> bool:
        """Whether a rule needs viewer counts that do not grow old."""
        return self._needs.viewers

    def subject_of(self, given: Input) -> str | None:
        """The resource whose record takes the input in; None if it matters to no rule."""
        return self._observer.subject_of(given)

    def remember(self, record: Record) -> None:
        """A record that a stack has, before anything of it is observed."""
        self._memory.store.save(record, Record(state=Resource(arn=record.state.arn)))

    def records(self) -> list[Record]:
        """All that it remembers, by ARN."""
        return self._memory.store.records()

    def observe(self, resource_arn: str, *inputs: Input) -> None:
        """Let the observers know, and settle what follows."""
        self._observe(resource_arn, inputs)
        self._settle()
        self.looked()

    def name_of(self, channel_arn: str) -> str:
        """The channel's name in the world, also once it is gone; empty when it has none.

        Other resources have none: the world is asked for channels.
        """
        if not is_channel_arn(channel_arn):
            return ""
        arn = parse_arn(channel_arn)
        name = self.world.account_region(arn.account, arn.region).channel_name(channel_arn)
        if name:
            self._names[channel_arn] = name
        return self._names.get(channel_arn, "")

    def fire_timers(self) -> None:
        """Every timer that is due now."""
        while (arn := self.timers.take_due(self._clock())) is not None:
            self.observe(arn, Recheck(resource_arn=arn, time=self._clock()))

    def rotate_keys(self) -> None:
        """What the rotation schedule starts, in every account and region there is."""
        places = sorted((each.account, each.region) for each in self.world.account_regions())
        for place in places:
            rotations = self._account(*place).rotations
            for rotated in rotations.rotate_due(rotations.due()):
                self._recorder.rotation(rotated)
                self._settle()

    def observe_peers(self) -> None:
        """What a sweep would find about live channels together, in every account and region."""
        account_regions = [each for each in self.world.account_regions() if each.streaming]
        for account_region in sorted(account_regions, key=attrgetter("account", "region")):
            index = MemoryFleetIndex(
                self._memory.store, account_region.account, account_region.region
            )
            found = listed_peers(account_region, index.entries(), self._needs, self._clock())
            for each in list(found):
                self.observe(each.resource_arn, each)

    def perform(self, step: Step) -> None:
        """What a step of a scenario does, and what follows. Raises DocumentErrors if refused."""
        self._origin = Origin.SCENARIO
        try:
            perform(self.control, step)
        finally:
            self._origin = Origin.SIMULATION
        try:
            self._settle()
        except MalformedEvent as error:
            raise DocumentErrors([step.problem(f"{step.name}: {error}")]) from error

    def stream_of(self, channel: str) -> dict[str, str]:
        """The stream that is on the air on the channel, by the ARN of the channel."""
        channels = self.control.state()
        arn = find(channels, channel)
        return {each["arn"]: each["live"]["streamId"] for each in channels if each["arn"] == arn}

    def live_on(self) -> None:
        """What is due in the world now."""
        self.world.tick()
        self._settle()

    def _receive(self, envelope: dict[str, Any]) -> None:
        self._received.append((self._origin, envelope))

    def _record(self, call: RecordedCall) -> None:
        """The calls of the services: those of a scenario are made by others."""
        if self._origin is Origin.SIMULATION:
            self._recorder.call(call)

    def _observe(self, resource_arn: str, inputs: tuple[Input, ...]) -> None:
        decision = self._observer.observe(resource_arn, inputs)
        self._recorder.decision(resource_arn, decision)

    def _settle(self) -> None:
        """People first; then, of each action, everything it causes before the next one."""
        outbox, inbox = self._memory.outbox, self._memory.inbox
        while True:
            if outbox.notifications:
                self._recorder.notification(outbox.notifications.popleft())
            elif self._received:
                origin, envelope = self._received.popleft()
                self._play_simulated(parse_event(envelope), origin)
            elif inbox.inputs:
                given = inbox.inputs.popleft()
                self._observe(given.resource_arn, (given,))
            elif outbox.actions:
                self._act(outbox.actions.popleft())
            else:
                return

    def _play_simulated(self, event: Event, origin: Origin) -> None:
        subject = self.subject_of(event)
        self._recorder.event(event, subject or event.resource_arn, origin)
        if subject is not None:
            self._observe(subject, (event,))

    def _act(self, action: Action) -> None:
        arn = parse_arn(action.resource_arn)
        outcome = self._account(arn.account, arn.region).enforcer.carry_out(action)
        self._recorder.action(action, outcome)

    def _account(self, account: str, region: str) -> Account:
        place = (account, region)
        if place not in self._accounts:
            self._accounts[place] = open_account(
                account, region, self.world, self._memory, self._policy, self._clock
            )
        return self._accounts[place]
