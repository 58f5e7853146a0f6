"""What tells one deployment from another, as the compiled policy says it."""

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


def test_more_rules_than_a_record_has_room_for_are_not_known() -> None:
    rule = "  - {{id: rule-{}, kind: insecure_ingest, mode: notify}}\n"
    many = "".join(rule.format(number) for number in range(300))

    assert deployment(f"version: 1\nrules:\n{many}").rules is None
