"""Every rule kind can be seen at work: in a policy that ships, played by a case beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from streamwarden.domain.policy import encode_policy, load_policy
from streamwarden.domain.rules import RULE_KINDS
from streamwarden_cli.policy.cases.files import pair_of
from streamwarden_cli.policy.cases.playing import play
from streamwarden_cli.policy.cases.reading import read_cases
from streamwarden_cli.policy.compilation import compile_policy_file
from streamwarden_cli.policy.reference.shipped import policies_in

POLICIES: Final = Path(__file__).parents[5] / "policies"


def kinds_breached() -> Iterator[str]:
    """The kind of each rule that some case of a shipped policy breaches, now or on the way."""
    for file in policies_in(POLICIES):
        compiled = compile_policy_file(file)
        kinds = {rule.id: rule.kind for rule in compiled.rules}
        policy = load_policy(encode_policy(compiled))
        for case in read_cases(pair_of(file).cases, list(kinds)):
            yield from (kinds[rule] for _, rule in play(case, policy).breaches)


def test_every_kind_is_breached_by_a_case_that_ships() -> None:
    assert set(kinds_breached()) == set(RULE_KINDS)
