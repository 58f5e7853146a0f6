"""What a breach of a rule says: as it does in a case that is about the rule."""

from pathlib import Path

from streamwarden.domain.policy import CompiledPolicy, encode_policy, load_policy
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.policy.cases.files import pair_of
from streamwarden_cli.policy.cases.playing import play
from streamwarden_cli.policy.cases.reading import Case, read_cases
from streamwarden_cli.replay.outcomes import Outcomes


def reason_of(rule: str, compiled: CompiledPolicy, policy_file: Path) -> str | None:
    """None without a case in which the rule is breached, also where cases cannot be played."""
    file = pair_of(policy_file).cases
    if not file.exists():
        return None
    try:
        cases = read_cases(file, [each.id for each in compiled.rules])
        policy = load_policy(encode_policy(compiled))
        played = (play(each, policy) for each in cases if _is_about(each, rule))
        found = (_first_breach(rule, each) for each in played)
        return next((reason for reason in found if reason is not None), None)
    except InvalidInput:
        return None


def _is_about(case: Case, rule: str) -> bool:
    return any(each.rule == rule for each in case.expectations)


def _first_breach(rule: str, played: Outcomes) -> str | None:
    found = (reasons[0] for (_, judged), reasons in played.breaches.items() if judged == rule)
    return next(found, None)
