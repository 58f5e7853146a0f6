"""What a policy says of channels it says again of their export, but for what no export has.

Each case beside a policy that ships is played to its end, exported with its records as from an
account, and judged from the file alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from streamwarden.domain.policy import Policy
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls
from streamwarden.domain.verdicts import Status
from streamwarden.services.records import Record
from streamwarden_cli.fleet.export import export, rendered
from streamwarden_cli.local.access import ACCOUNT_ID, REGION, ROOT
from streamwarden_cli.policy.cases.files import pair_of
from streamwarden_cli.policy.cases.reading import read_cases
from streamwarden_cli.policy.compilation import load_policy_file
from streamwarden_cli.policy.understated import UNRECORDED
from streamwarden_cli.replay.account import client_of
from streamwarden_cli.replay.clock import VirtualClock
from streamwarden_cli.replay.outcomes import OutcomeRecorder, Outcomes, outcomes_of
from streamwarden_cli.replay.player import Player
from streamwarden_cli.replay.stack import MemoryStack
from streamwarden_cli.replay.timeline import read_timeline
from streamwarden_cli.scenario.reading import read_scenario
from streamwarden_cli.scenario.timeline import Scenario

POLICIES: Final = [
    each for each in sorted((ROOT / "policies").glob("*.yaml")) if pair_of(each).policy == each
]
# Their data are of the stream on the air; --with-ingest reads what encoders send.
_READ_BY_CALLS: Final = frozenset({"ingest_ceiling"})


class Remembered:
    """The records of a stack in memory."""

    def __init__(self, stack: MemoryStack) -> None:
        self._records = {each.state.arn: each for each in stack.records()}

    def records(self, arns: Sequence[str]) -> Iterable[Record]:
        return [self._records[arn] for arn in arns if arn in self._records]

    def controls(self) -> AccountControls:
        return NO_CONTROLS


def played(scenario: Scenario, policy: Policy) -> tuple[MemoryStack, Outcomes]:
    outcomes, timeline = Outcomes(), read_timeline((), as_listed=False, scenario=scenario)
    clock = VirtualClock(timeline.starts_at)
    recorder = OutcomeRecorder(clock, outcomes, is_lenient=False)
    stack = MemoryStack(policy, clock, recorder)
    Player(timeline, scenario.fleet, stack, clock, recorder).play(scenario.ends_at)
    return stack, outcomes


def breaches(outcomes: Outcomes, policy: Policy, arns: Iterable[str]) -> set[tuple[str, str]]:
    """The rule kinds that are broken at the end, by channel."""
    kinds, among = {rule.id: rule.kind for rule in policy.rules}, {*arns}
    return {
        (arn, kinds[rule])
        for (arn, rule), verdict in outcomes.verdicts.items()
        if verdict.status is Status.BREACH and arn in among
    }


def compared(policy_file: Path, file: Path) -> Iterator[tuple[set[str], set[str]]]:
    """For each case the kinds whose breach is lost, and those whose breach is made up."""
    policy = load_policy_file(policy_file)
    for case in read_cases(pair_of(policy_file).cases, [rule.id for rule in policy.rules]):
        stack, outcomes = played(case.scenario, policy)
        ivs = client_of(ACCOUNT_ID, REGION, stack.world)
        file.write_text(
            rendered(export(ivs, case.scenario.ends_at, stack=Remembered(stack)), as_json=True)
        )
        again = read_scenario(file)
        timeline = read_timeline((), as_listed=False, scenario=again)
        after = outcomes_of(policy, timeline, again.fleet, again.ends_at)
        arns = [each.arn for each in again.fleet.channels]
        before, found = breaches(outcomes, policy, arns), breaches(after, policy, arns)
        yield {kind for _, kind in before - found}, {kind for _, kind in found - before}


@pytest.mark.parametrize("policy_file", POLICIES, ids=lambda each: each.stem)
def test_no_breach_is_lost_but_of_what_no_export_has_and_none_is_made_up(
    policy_file: Path, tmp_path: Path
) -> None:
    pairs = list(compared(policy_file, tmp_path / "fleet.json"))

    lost, made_up = (set[str]().union(*each) for each in zip(*pairs, strict=True))
    assert lost <= UNRECORDED.keys() | _READ_BY_CALLS
    assert made_up == set()
