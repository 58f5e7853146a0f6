"""CloudTrail names a deleted key and not its channel; the rules about keys see it all the same."""

import pytest

from streamwarden.domain.verdicts import Status
from testbed import builders
from testbed.builders import CHANNEL, KEY, at
from tests.unit.services.fakes import Harness

PIPELINE = "arn:aws:iam::210987654321:role/pipeline"
VISITOR = "arn:aws:iam::210987654321:user/visitor"
POLICY = builders.policy_of(
    builders.compiled_rule("key_missing", {"limit": "PT10M"}),
    builders.compiled_rule("key_drift", {"by": [PIPELINE]}),
)


@pytest.mark.parametrize(
    "known_by",
    [
        builders.channel_created(at()),
        builders.key_created(at(), by=PIPELINE),
        builders.key_observed(at(), tags={}),
    ],
)
def test_a_deleted_key_is_missed_and_its_deletion_has_an_author(known_by: object) -> None:
    harness = Harness(POLICY)
    harness.observer().observe(CHANNEL, [known_by])  # type: ignore[list-item]  # parametrized
    deleted = builders.key_deleted(at(1), by=VISITOR)
    assert deleted.resource_arn == KEY
    harness.time.now = at(1, minutes=10)

    subject = harness.observer().subject_of(deleted)
    assert subject == CHANNEL
    decision = harness.observer().observe(subject, [deleted])

    found = {each.rule_id: each for each in decision.verdicts}
    assert found["key-missing"].status is Status.BREACH
    assert found["key-drift"].finding.reason == (
        f"the stream key was deleted by visitor ({VISITOR})"
    )


def test_the_deletion_of_a_key_that_nobody_knows_is_skipped() -> None:
    harness = Harness(POLICY)
    harness.observer().observe(CHANNEL, [builders.channel_listed(at())])

    assert harness.observer().subject_of(builders.key_deleted(at(1))) is None
