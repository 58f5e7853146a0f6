"""Viewers that a verdict names are sent away: each once, and only from private channels."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from streamwarden.adapters.ivs import IvsClients, IvsOperations
from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.calls import Call, Seen
from streamwarden.domain.decision import Decision
from streamwarden.domain.events.viewers import Viewer
from streamwarden.domain.inputs import Input
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Action, PlannedAction
from streamwarden.services.errors import PermanentError, TemporaryError
from testbed import builders as build
from testbed.builders import CHANNEL, STREAM, at

POLICY = build.policy_of(
    build.compiled_rule(
        "external_verdict",
        {"labels": ["*"], "min_confidence": 0.5},
        PlannedAction(kind="revoke_viewers"),
    )
)
PRIVATE = build.channel_listed(at(), authorized=True)
LIVE = build.stream_start(at())


def named(minute: int, *viewers: str) -> Input:
    return build.external_verdict(
        at(minutes=minute), viewers=tuple({"id": each, "version": 2} for each in viewers)
    )


def revocation(*viewers: str) -> Call:
    action = Action(
        id="an/action",
        attempt=1,
        kind="revoke_viewers",
        rule_id="a-rule",
        resource_arn=CHANNEL,
        stream_id=STREAM,
        reason="because",
        decided_at=at(),
        viewers=tuple(Viewer(each, 2) for each in viewers),
    )
    call = ACTION_KINDS["revoke_viewers"].plan(action, Seen())
    assert isinstance(call, Call)
    return call


def test_those_who_are_named_are_revoked_up_to_their_version() -> None:
    decision = build.decide_on(POLICY, at(1), PRIVATE, LIVE, named(1, "ann", "ben"))

    (action,) = decision.actions
    assert action.viewers == (Viewer("ann", 2), Viewer("ben", 2))
    assert revocation("ann").parameters == {
        "viewerSessions": [
            {
                "channelArn": CHANNEL,
                "viewerId": "ann",
                "viewerSessionVersionsLessThanOrEqualTo": 2,
            }
        ]
    }


@pytest.mark.parametrize(
    "given",
    [
        pytest.param((PRIVATE, LIVE, build.external_verdict(at(1))), id="nobody is named"),
        pytest.param(
            (build.channel_listed(at(), authorized=False), LIVE, named(1, "ann")), id="public"
        ),
    ],
)
def test_where_there_is_nobody_to_revoke_nothing_is_asked(given: tuple[Input, ...]) -> None:
    decision = build.decide_on(POLICY, at(1, 1), *given)

    assert decision.standing.breaches
    assert decision.actions == ()


def test_it_is_done_once_and_again_for_others() -> None:
    known: list[Input] = [PRIVATE, LIVE, named(1, "ann")]
    first = build.decide_on(POLICY, at(1), *known)
    known.append(done(first))

    assert build.decide_on(POLICY, at(3), *known, before=first).actions == ()

    known.append(named(2, "ben"))
    (again,) = build.decide_on(POLICY, at(3), *known, before=first).actions
    assert again.viewers == (Viewer("ann", 2), Viewer("ben", 2))


def done(decision: Decision) -> Input:
    (action,) = decision.actions
    return build.action_finished(
        at(1, 1), action.id, OutcomeStatus.DONE, decided_at=action.decided_at
    )


class Ivs:
    """Answers with these errors, by viewer; or refuses the whole call."""

    def __init__(self, *codes: str, refusal: str = "") -> None:
        self.codes, self.refusal = codes, refusal

    def batch_start_viewer_session_revocation(self, **_: object) -> dict[str, Any]:
        if self.refusal:
            raise ClientError({"Error": {"Code": self.refusal}}, "Batch")
        return {"errors": [{"code": code, "message": "no"} for code in self.codes]}


def operations(ivs: Any) -> IvsOperations:
    return IvsOperations(IvsClients(ivs, lambda: None))


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerException"])
@pytest.mark.parametrize("is_whole", [True, False])
def test_what_may_pass_is_tried_again(code: str, is_whole: bool) -> None:
    ivs: Any = Ivs(refusal=code) if is_whole else Ivs("ValidationException", code)

    with pytest.raises(TemporaryError, match=code):
        operations(ivs).make(revocation("ann", "ben"))


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ValidationException", "PendingVerification", "Unknown"]
)
@pytest.mark.parametrize("is_whole", [True, False])
def test_what_does_not_pass_has_failed(code: str, is_whole: bool) -> None:
    ivs: Any = Ivs(refusal=code) if is_whole else Ivs("ResourceNotFoundException", code)

    with pytest.raises(PermanentError, match=code):
        operations(ivs).make(revocation("ann", "ben"))


def test_of_a_channel_that_is_gone_nobody_is_left() -> None:
    ivs: Any = Ivs("ResourceNotFoundException", "ResourceNotFoundException")
    call = revocation("ann", "ben")

    assert call.pointless_after[operations(ivs).make(call)] == "the channel no longer exists"


def test_where_all_went_well_it_is_done() -> None:
    ivs: Any = Ivs()
    assert operations(ivs).make(revocation("ann")) == ""
