"""A channel whose stream key is due, and what outlives a rotation of it, all on memory."""

from copy import replace
from dataclasses import dataclass, field

from streamwarden.adapters.memory import (
    MemoryControls,
    MemoryFleetIndex,
    MemoryInbox,
    MemoryOutbox,
    MemoryRecordStore,
    MemoryRotationLog,
    MemorySecretStore,
)
from streamwarden.domain.actions.base.calls import ListedKey
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Mode, RuleNotes
from streamwarden.services.records import Record
from streamwarden.services.rotate import Rotator
from streamwarden.services.rotation_runs import RotationRuns
from testbed import builders
from testbed.builders import ACCOUNT, CHANNEL, KEY, REGION, at
from tests.unit.services.fakes import Calls, FakeIvs, Time

NOTES = RuleNotes(description="Keys leak.", runbook="https://wiki.example.com/keys")
OLD_KEY = builders.compiled_rule("stream_key_age", {"limit": "PT2H"}, builders.ROTATE_KEY)
POLICY = builders.policy_of(replace(OLD_KEY, notes=NOTES))


@dataclass
class Keys:
    """What outlives a rotation's process; the channel was first seen three hours ago."""

    ivs: FakeIvs = field(default_factory=lambda: FakeIvs(key=ListedKey(KEY, {"team": "news"})))
    time: Time = field(default_factory=lambda: Time(at(3)))
    store: MemoryRecordStore = field(default_factory=MemoryRecordStore)
    log: MemoryRotationLog = field(default_factory=MemoryRotationLog)
    secrets: MemorySecretStore = field(default_factory=MemorySecretStore)
    inbox: MemoryInbox = field(default_factory=MemoryInbox)

    def __post_init__(self) -> None:
        self.outbox = MemoryOutbox(self.time)
        seen = builders.channel_listed(at(), tags={"owner": "sports"})
        decision = builders.decide_on(POLICY, at(3), seen)
        record = Record(state=builders.state_from(seen), standing=decision.standing)
        self.store.save(record, self.store.load(CHANNEL))

    def rotator(self, calls: Calls | None = None, max_mode: Mode = Mode.ENFORCE) -> Rotator:
        watch = (calls or Calls()).watch
        return Rotator(
            keys=watch(self.ivs),
            streams=watch(self.ivs),
            secrets=watch(self.secrets),
            log=watch(self.log),
            store=watch(self.store),
            controls=MemoryControls(self.store),
            change_inbox=watch(self.inbox),
            outbox=watch(self.outbox),
            policy=POLICY,
            max_mode=max_mode,
            clock=self.time,
            finish_command="streamwarden keys finish --stack-name prod",
        )

    def runs(self, calls: Calls | None = None, max_mode: Mode = Mode.ENFORCE) -> RotationRuns:
        index = MemoryFleetIndex(self.store, ACCOUNT, REGION)
        watched = (calls or Calls()).watch(index)
        return RotationRuns(rotator=self.rotator(calls, max_mode), index=watched)

    def run(self, calls: Calls | None = None) -> list[OutcomeStatus]:
        runs = self.runs(calls)
        return [each.outcome.status for each in runs.rotate_due(runs.due())]
