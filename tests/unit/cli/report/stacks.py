"""Stacks as a report reads them: what real observers have stored and written into ledgers."""

from copy import replace
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from streamwarden.domain.arn import account_arn
from streamwarden.domain.commands import (
    ExemptChannel,
    PauseActions,
    ProtectChannel,
    QuarantineChannel,
)
from streamwarden.domain.events import Received
from streamwarden.domain.inputs import Health, Input, Recheck, ResourceListed, StreamListed
from streamwarden.domain.ledger.verification import read_entry
from streamwarden.domain.policy import CompiledPolicy, CompiledRule
from streamwarden.domain.state.controls import NO_CONTROLS, Sender
from streamwarden.domain.verdicts import Mode, RuleNotes, Severity
from streamwarden.services.fleet import fleet_entry
from streamwarden_cli.operate.policy import PolicyInUse
from streamwarden_cli.operate.queues import QueueDepth
from streamwarden_cli.operate.status import Status
from streamwarden_cli.report.inventory import Inventory
from streamwarden_cli.report.model import Report, report_of
from testbed import builders as build
from testbed.builders import ACCOUNT, KEY_PAIR, REGION, at
from tests.unit.cli.operate import records
from tests.unit.services.fakes import Harness

WHOLE_ACCOUNT: Final = account_arn(ACCOUNT, REGION)
ANN: Final = Sender(id="AIDAANN", claimed_arn="arn:aws:iam::210987654321:user/ann")
RUNBOOK: Final = "https://wiki.example.com/no-marathons"
MARATHONS: Final = replace(
    records.MARATHONS,
    notes=RuleNotes(description="Shows end after four hours.", owner="video", runbook=RUNBOOK),
    keep=timedelta(hours=6),
)
OWNED: Final = replace(
    records.OWNED, notes=RuleNotes(description="Every channel names a team.", owner="platform")
)
QUOTAS: Final = build.compiled_rule(
    "quota_headroom",
    {"quotas": {"concurrent_streams": 10}},
    id="quotas",
    mode=Mode.NOTIFY,
    severity=Severity.CRITICAL,
)
OLD_PAIRS: Final = build.compiled_rule(
    "playback_key_age", {"limit": "P365D"}, id="old-pairs", mode=Mode.NOTIFY, severity=Severity.LOW
)
RULES: Final = (MARATHONS, OWNED, records.FRESH_KEYS, QUOTAS, OLD_PAIRS)


def channel(name: str) -> str:
    return f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/{name}"


@dataclass
class ReportedStack:
    """Give it inputs, and it is observed; `report` is what a report then says at a moment."""

    rules: tuple[CompiledRule, ...] = RULES
    max_mode: Mode = Mode.ENFORCE
    queues: tuple[QueueDepth, ...] = ()
    harness: Harness = field(init=False)

    def __post_init__(self) -> None:
        self.harness = Harness(build.policy_of(*self.rules))

    def observe(self, *inputs: Input) -> None:
        """Each at its own time, by the resource that it is about."""
        for each in inputs:
            assert each.resource_arn is not None
            self.harness.time.now = each.envelope.time if isinstance(each, Received) else each.time
            self.harness.observer(max_mode=self.max_mode).observe(each.resource_arn, [each])

    def list(self, name: str, when: datetime = build.NOON, **tags: str) -> str:
        arn = channel(name)
        self.observe(
            ResourceListed(resource_arn=arn, time=when, settings={"name": name}, tags=tags)
        )
        return arn

    def go_live(self, arn: str, when: datetime, viewers: int | None = None) -> None:
        stream = f"st-{arn.rpartition('/')[2]}"
        self.observe(
            StreamListed(
                resource_arn=arn,
                time=when,
                stream_id=stream,
                health=Health.HEALTHY,
                start_time=when,
                viewer_count=viewers,
            )
        )

    def finish(self, arn: str, when: datetime, reason: str) -> None:
        """What was requested is done."""
        for action_id, request in self.harness.store.load(arn).requested.items():
            self.observe(
                build.action_finished(
                    when, action_id, reason=reason, arn=arn, decided_at=request.at
                )
            )

    def inventory(self, now: datetime, since: timedelta = timedelta(days=7)) -> Inventory:
        store = self.harness.store
        stored = store.records()
        compiled = CompiledPolicy(format=1, rules=self.rules, digest="4f1c")
        in_use = PolicyInUse(compiled, "the deployed policy 4f1c", self.max_mode)
        return Inventory(
            heading=f"Stack streamwarden in account {ACCOUNT}, {REGION}",
            since=now - since,
            status=Status(
                now=now,
                mode="enforce" if self.max_mode is Mode.ENFORCE else "observe",
                decided_under=in_use.decided_under(),
                entries=[fleet_entry(each) for each in stored],
                running=None,
                last=None,
                queues=self.queues,
                controls=store.load(WHOLE_ACCOUNT).state.account_controls or NO_CONTROLS,
            ),
            in_use=in_use,
            records=stored,
            entries={
                arn: [entry for each in ledger if (entry := read_entry(each))]
                for arn, ledger in store.ledgers.items()
            },
        )

    def report(self, now: datetime) -> Report:
        return report_of(self.inventory(now))


def busy_stack() -> ReportedStack:
    """One with something in every table."""
    stack = ReportedStack(queues=(QueueDepth("EnforceDeadLetters", 2, 0),))
    stack.observe(build.listed(KEY_PAIR, at(-24 * 400), name="signing", fingerprint="aa:bb"))
    for name in ("arena", "court-7", "pool"):
        stack.list(name, at(-24 * 45), team="sports")
    late = stack.list("late-night", team="shows")
    long = stack.list("long-run", team="shows")
    leaked = stack.list("leaked")
    stack.go_live(late, at(), viewers=1_204)
    stack.go_live(long, at(1))
    stack.go_live(channel("arena"), at(3), viewers=88)
    stack.observe(
        ExemptChannel(
            resource_arn=long, time=at(2), author=ANN, reason="a telethon",
            rule_id=MARATHONS.id, until=at(40),
        ),
        QuarantineChannel(
            resource_arn=leaked, time=at(3), author=ANN, reason="its key is on a forum"
        ),
        ProtectChannel(
            resource_arn=channel("pool"), time=at(3), author=ANN, reason="the finals", until=at(30)
        ),
        Recheck(resource_arn=late, time=at(4)),
    )  # fmt: skip
    stack.finish(late, at(4, 1), "stopped stream st-late-night")
    stack.finish(leaked, at(4, 2), "deleted the stream key")
    stack.observe(
        PauseActions(
            resource_arn=WHOLE_ACCOUNT, time=at(4.5), author=ANN, reason="the finals", until=at(9)
        ),
        build.listed(WHOLE_ACCOUNT, at(4.5), channels=6, concurrentStreams=9, playbackKeyPairs=1),
    )
    return stack


HOSTILE: Final = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "studio \u202etxt.exe\u2066",
    "=HYPERLINK(1)",
    "W" * 256,
)


def hostile_stack() -> ReportedStack:
    """Those who name a channel, a tag or a reason want to do harm with it."""
    rules = tuple(
        replace(
            each,
            notes=RuleNotes(description=text, owner=text, runbook=f"javascript:alert(1)//{text}"),
        )
        for each, text in zip(RULES, HOSTILE, strict=False)
    )
    stack = ReportedStack(rules=rules)
    for number, text in enumerate(HOSTILE):
        arn = channel(f"h{number}")
        stack.observe(
            ResourceListed(
                resource_arn=arn,
                time=at(-24 * 45),
                settings={"name": text},
                tags={text[:100]: text},
            ),
            QuarantineChannel(
                resource_arn=arn, time=at(), author=replace(ANN, id=text), reason=text
            ),
            ExemptChannel(
                resource_arn=arn,
                time=at(),
                author=ANN,
                reason=text,
                rule_id=MARATHONS.id,
                until=at(9),
            ),
        )
        stack.go_live(arn, at(1))
        stack.finish(arn, at(2), text)
        stack.observe(ProtectChannel(resource_arn=arn, time=at(3), author=ANN, reason=text))
    return stack


def large_stack(channels: int = 3_000) -> ReportedStack:
    stack = ReportedStack()
    for number in range(channels):
        arn = stack.list(f"channel-{number:04}", at(-24 * 45))
        stack.go_live(arn, at())
    return stack
