"""What holds of every rule kind alike: nothing known is no breach, and exempt is exempt.

Which breaches, compliant and pending states a kind has is in the table of its own test
module; here no table is allowed to hold only one side.
"""

from copy import replace

import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.decide import assess
from streamwarden.domain.filters import Filter
from streamwarden.domain.inputs import ResourceListed
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.policy import RuleSet
from streamwarden.domain.rules import RULE_KINDS
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Status
from testbed.builders import ACCOUNT, REGION, at, every_kind
from tests.unit.domain.rules.cases import found
from tests.unit.domain.rules.every_case import every_case

RULE_SETS = every_kind().rule_sets


def arn_of(resource: ResourceType) -> str:
    word = "encoder-configuration" if resource is ResourceType.OTHER else resource.in_arns
    return f"arn:aws:ivs:{REGION}:{ACCOUNT}:{word}/KgopvkVuUi7g"


def listed(resource: ResourceType) -> Facts:
    """A resource of which a listing says only that it exists."""
    arn = arn_of(resource)
    return Facts(
        apply_inputs(
            Resource(arn=arn), [ResourceListed(resource_arn=arn, time=at(), settings={}, tags={})]
        )
    )


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_the_table_of_a_kind_holds_breaches_and_their_absence(kind: str) -> None:
    check = RULE_KINDS[kind]
    found = {case.found.status for case in every_case() if isinstance(case.check, check)}

    assert Status.BREACH in found
    assert found & {Status.COMPLIANT, Status.PENDING}


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_a_breach_states_the_facts_that_the_rule_compared(kind: str) -> None:
    """The ledger has them as JSON, for those who dispute what was done."""
    check = RULE_KINDS[kind]
    breaches = [
        case
        for case in every_case()
        if isinstance(case.check, check) and case.found.status is Status.BREACH
    ]

    for case in breaches:
        compared = found(case).compared or {}
        assert any(value not in (None, {}) for value in compared.values()), case.title


@pytest.mark.parametrize("resource", RULE_SETS)
def test_nothing_known_is_never_a_breach(resource: ResourceType) -> None:
    unknown = Facts(Resource(arn=arn_of(resource)))

    verdicts = assess(unknown, RULE_SETS[resource], at())

    assert {each.status for each in verdicts} <= {Status.NOT_APPLICABLE, Status.COMPLIANT}


@pytest.mark.parametrize("resource", RULE_SETS)
def test_whom_a_rule_exempts_it_finds_exempt_whatever_the_kind(resource: ResourceType) -> None:
    everybody = Filter(unless="`true`").prepare()
    rule_set = RULE_SETS[resource]
    exempting = RuleSet(
        rules=tuple(replace(rule, filter_index=0) for rule in rule_set.rules), filters=(everybody,)
    )

    verdicts = assess(listed(resource), exempting, at())

    assert [each.status for each in verdicts] == [Status.EXEMPT] * len(rule_set.rules)


def test_every_kind_is_among_them() -> None:
    kinds = {rule.kind for rule_set in RULE_SETS.values() for rule in rule_set.rules}

    assert kinds == set(RULE_KINDS)


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_a_kind_has_one_form(kind: str) -> None:
    forms = {"judge", "prepare"} & vars(RULE_KINDS[kind]).keys()

    assert len(forms) == 1


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_what_a_kind_says_of_its_parameters_names_some(kind: str) -> None:
    check = RULE_KINDS[kind]
    output = {check.upper_limit, check.lower_limit, check.detail_types, check.event_condition}

    assert output - {""} <= {*check.__struct_fields__}
