"""Records as observers leave them, under a policy that stops, tags, replaces keys and observes."""

from typing import Final

from streamwarden.domain.events import Received
from streamwarden.domain.inputs import Input, Recheck
from streamwarden.domain.policy import CompiledPolicy, CompiledRule
from streamwarden.domain.verdicts import Mode, Severity
from streamwarden.services.records import Record
from testbed import builders as build
from testbed.builders import CHANNEL
from tests.unit.services.fakes import Harness

MARATHONS: Final = build.compiled_rule(
    "max_duration", {"limit": "PT4H"}, build.STOP, id="no-marathons", severity=Severity.HIGH
)
OWNED: Final = build.compiled_rule(
    "required_tags",
    {"tags": {"team": {}}},
    build.set_tags(team="unassigned"),
    id="owned",
    mode=Mode.OBSERVE,
    severity=Severity.LOW,
)
FRESH_KEYS: Final = build.compiled_rule(
    "stream_key_age", {"limit": "P30D"}, build.ROTATE_KEY, id="fresh-keys", mode=Mode.NOTIFY
)
# Authors of tags are kept for it.
PROTECTED: Final = build.compiled_rule(
    "protected_tags", {"tags": ["e*"], "by": ["*:user/ann"]}, id="protected"
)
RULES: Final[tuple[CompiledRule, ...]] = (MARATHONS, OWNED, FRESH_KEYS)
COMPILED: Final = CompiledPolicy(format=1, rules=RULES, digest="4f")


def record_after(
    *inputs: Input,
    max_mode: Mode = Mode.ENFORCE,
    rules: tuple[CompiledRule, ...] = RULES,
) -> Record:
    """What an observer has stored that was given each input at its time."""
    harness = Harness(build.policy_of(*rules))
    for each in inputs:
        harness.time.now = each.envelope.time if isinstance(each, Received) else each.time
        harness.observer(max_mode=max_mode).observe(CHANNEL, [each])
    return harness.store.load(CHANNEL)


def recheck(hours: float) -> Recheck:
    return Recheck(resource_arn=CHANNEL, time=build.at(hours))
