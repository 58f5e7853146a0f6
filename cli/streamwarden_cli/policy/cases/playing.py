"""Plays a case through the services that are deployed."""

from streamwarden.domain.policy import Policy
from streamwarden_cli.policy.cases.reading import Case
from streamwarden_cli.replay.outcomes import Outcomes, outcomes_of
from streamwarden_cli.replay.timeline import read_timeline


def play(case: Case, policy: Policy) -> Outcomes:
    """Raises InvalidInput for channels that cannot be, and for a step that is refused."""
    scenario = case.scenario
    timeline = read_timeline((), as_listed=False, scenario=scenario)
    return outcomes_of(policy, timeline, scenario.fleet, scenario.ends_at)
