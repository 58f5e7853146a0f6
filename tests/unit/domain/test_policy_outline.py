"""What tells one deployment from another, as the compiled policy says it."""

import pytest

from streamwarden.domain.policy import encode_policy
from streamwarden.domain.policy_outline import load_deployment
from streamwarden.domain.state.deployment import Deployment, change_between
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.policy.compilation import compile_policy

RULES = """
version: 1
rules:
  - {id: short, kind: max_duration, mode: enforce, params: {limit: 4h}, actions: [stop]}
  - {id: tls, kind: insecure_ingest, mode: notify}
"""


def deployment(policy: str) -> Deployment:
    document = encode_policy(compile_policy(policy, "policy.yaml"))
    return load_deployment(document, stack="live", version="1.0.0", mode="enforce")


def test_each_rule_has_its_mode_and_a_digest_of_what_decides() -> None:
    before = deployment(RULES)
    after = deployment(RULES.replace("limit: 4h", "limit: 5h"))

    rules = change_between(before, after).rules
    assert rules is not None
    assert (rules.added, rules.removed, rules.changed) == ((), (), ("short",))
    assert after.rules is not None
    assert {key: each.mode for key, each in after.rules.items()} == {
        "short": Mode.ENFORCE,
        "tls": Mode.NOTIFY,
    }
    assert (before.policy != after.policy, before.routing == after.routing) == (True, True)


def test_what_people_say_to_people_is_no_other_deployment() -> None:
    noted = RULES.replace("mode: notify}", "mode: notify, description: TLS is wanted.}")

    assert deployment(noted) == deployment(RULES)


def test_another_destination_is_another_deployment_under_the_same_digest() -> None:
    before, after = deployment(RULES), deployment(f"{RULES}destinations: {{mail: {{kind: sns}}}}\n")

    assert before.policy == after.policy
    assert not before.is_same(after)


@pytest.mark.parametrize(
    ("count", "length", "are_known"),
    [(140, 20, True), (151, 5, False), (100, 60, False), (1, 128, True)],
)
def test_rules_for_which_a_record_has_no_room_are_not_known(
    count: int, length: int, are_known: bool
) -> None:
    rule = "  - {{id: {}, kind: insecure_ingest, mode: notify}}\n"
    names = (str(number).rjust(length, "r") for number in range(count))
    rules = "".join(map(rule.format, names))

    assert (deployment(f"version: 1\nrules:\n{rules}").rules is not None) is are_known
