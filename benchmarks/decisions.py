"""Measure Streamwarden's verdicts beside Cloud Custodian's filters, per rule and channel.

Both judge the same channels by the same rules on the same machine in the same run, in turn, and
must agree on every rule and channel. Each has an environment of its own, so Custodian's half is
another program (`benchmarks.custodian`). The figures are CPU time, which a busy machine disturbs
least, and the best of several passes.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.channels import CHANNELS, channels, state
from benchmarks.rules import custodian_policies, streamwarden_policy
from streamwarden.domain.arn import ResourceType
from streamwarden.domain.decide import assess
from streamwarden.domain.policy import RuleSet, encode_policy, load_policy
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Status
from streamwarden_cli.policy.compilation import compile_policy

ROOT: Final = Path(__file__).resolve().parent.parent
PYTHON: Final = ROOT / ".tools/custodian/bin/python"
TIMES_FASTER: Final = 5.0
LOADING_MILLISECONDS: Final = 20.0
ROUNDS: Final = 5
PASSES: Final = 3

_LOAD: Final = """
import sys, time
from pathlib import Path
from streamwarden.domain.policy import load_policy
compiled = Path(sys.argv[1]).read_bytes()
before = time.process_time()
load_policy(compiled)
print((time.process_time() - before) * 1000)
"""

type Selected = Mapping[str, frozenset[str]]


class Disagreement(Exception):
    """The two sides judge a rule differently, so their times cannot be compared."""


class CustodianReport(msgspec.Struct, frozen=True):
    """What `benchmarks.custodian` prints: the channels each policy selects, and CPU seconds."""

    selected: Mapping[str, frozenset[str]]
    seconds: float


def main() -> int:
    """Print the figures; 1 if a budget is missed or the two sides disagree."""
    # Custodian's ages count from the clock, so everybody's do; no age is near a limit.
    now = datetime.now(UTC)  # noqa: TID251
    compiled = encode_policy(compile_policy(streamwarden_policy(), "benchmark"))
    rule_set = load_policy(compiled).about(ResourceType.CHANNEL)
    listed = channels(now)
    fleet = [state(each, now) for each in listed]
    with tempfile.TemporaryDirectory() as folder:
        given, stored = Path(folder) / "given.json", Path(folder) / "policy.json"
        given.write_text(json.dumps({"channels": listed, "policies": custodian_policies()}))
        stored.write_bytes(compiled)
        try:
            ours, theirs = _measure(rule_set, fleet, given, now)
        except Disagreement as error:
            print(f"FAILED: {error}", file=sys.stderr)
            return 1
        loading = _loading_milliseconds(stored)
    return _judge(loading, ours, theirs, len(rule_set.rules) * len(fleet))


def _measure(
    rule_set: RuleSet, fleet: Sequence[Resource], given: Path, now: datetime
) -> tuple[float, float]:
    """The best CPU seconds of Streamwarden and of Custodian. Raises Disagreement."""
    breached = _breached(rule_set, fleet, now)
    _compare(breached, _custodian(given).selected)
    breaches = sum(len(each) for each in breached.values())
    pairs = len(rule_set.rules) * len(fleet)
    print(f"{pairs} pairs of rule and channel, {breaches} breaches: both sides agree on each")
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        ours.extend(_seconds(rule_set, fleet, now) for _ in range(PASSES))
        theirs.append(_custodian(given).seconds)
    return min(ours), min(theirs)


def _breached(rule_set: RuleSet, fleet: Sequence[Resource], now: datetime) -> Selected:
    breached: dict[str, set[str]] = {rule.id: set() for rule in rule_set.rules}
    for channel in fleet:
        for verdict in assess(Facts(channel), rule_set, now):
            if verdict.status is Status.BREACH:
                breached[verdict.rule_id].add(channel.arn)
    return {rule: frozenset(arns) for rule, arns in breached.items()}


def _compare(ours: Selected, theirs: Selected) -> None:
    for rule in ours.keys() | theirs.keys():
        differing = ours.get(rule, frozenset()) ^ theirs.get(rule, frozenset())
        if differing:
            raise Disagreement(f"{rule}: verdicts differ on {', '.join(sorted(differing)[:3])}…")
    idle = [rule for rule, arns in ours.items() if not 0 < len(arns) < CHANNELS]
    if idle:
        raise Disagreement(f"{', '.join(idle)}: no channel, or every one, breaches the rule")


def _seconds(rule_set: RuleSet, fleet: Sequence[Resource], now: datetime) -> float:
    before = time.process_time()
    for channel in fleet:
        assess(Facts(channel), rule_set, now)
    return time.process_time() - before


def _custodian(given: Path) -> CustodianReport:
    return msgspec.json.decode(
        _run(PYTHON, "-m", "benchmarks.custodian", given), type=CustodianReport
    )


def _loading_milliseconds(compiled: Path) -> float:
    """The first load in a fresh process, as at a cold start: later ones find caches filled."""
    return min(float(_run(sys.executable, "-c", _LOAD, compiled)) for _ in range(ROUNDS))


def _run(*command: str | Path) -> bytes:
    """What the program prints."""
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603  # ours
    return done.stdout


def _judge(loading: float, ours: float, theirs: float, pairs: int) -> int:
    ratio = theirs / ours
    print(f"loading a compiled policy   {loading:6.2f} ms  budget {LOADING_MILLISECONDS:g} ms")
    print(f"Streamwarden                {ours / pairs * 1e6:6.2f} µs  per rule and channel")
    print(f"Cloud Custodian             {theirs / pairs * 1e6:6.2f} µs  per rule and channel")
    print(f"times faster                {ratio:6.2f}     budget {TIMES_FASTER:g}")
    faults = []
    if loading > LOADING_MILLISECONDS:
        faults.append(f"loading a policy takes more than {LOADING_MILLISECONDS:g} ms")
    if ratio < TIMES_FASTER:
        faults.append(f"Streamwarden is less than {TIMES_FASTER:g} times faster than Custodian")
    for fault in faults:
        print(f"FAILED: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
