"""End the playback of the viewers that a verdict names.

Only the viewers of a private channel have sessions, by the ids of their playback tokens.
"""

from copy import replace
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

import msgspec

from streamwarden.domain.actions.base.calls import Call, Plan, Pointless, Seen
from streamwarden.domain.actions.base.kind import ActionKind, Target
from streamwarden.domain.ivs import ErrorCode
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Action, PlannedAction, Verdict

if TYPE_CHECKING:
    from streamwarden.domain.state.facts import Facts  # which enforce never loads

_DIGEST_LENGTH = 12


class RevokeViewers(ActionKind):
    word: ClassVar = "revoke_viewers"
    meaning: ClassVar = (
        "Revokes the sessions of the viewers of a private channel that the breach names, at most "
        "20: their players stop, and the tokens that they have are worth nothing. Once done, it is "
        "only repeated if the breach names others."
    )
    needs: ClassVar = (Trait.VIEWERS,)
    refusal: ClassVar = "its breaches name no viewers"
    target: ClassVar = Target.CHANNEL
    done_where: ClassVar = "channel.authorized"
    is_destructive: ClassVar = True
    is_done_once: ClassVar = True
    permissions: ClassVar = frozenset(
        {"ivs:BatchStartViewerSessionRevocation", "ivs:ListTagsForResource"}
    )

    def still_wanted(
        self, planned: PlannedAction, verdict: Verdict, facts: "Facts", settled: frozenset[str]
    ) -> PlannedAction | None:
        viewers = verdict.finding.viewers
        is_public = facts.settings.get("authorized") is False
        return replace(planned, viewers=viewers) if viewers and not is_public else None

    def distinguished_by(self, planned: PlannedAction) -> str:
        """Which viewers. A digest, since ids may be names of people, and keys are in logs."""
        named = msgspec.json.encode(planned.viewers)
        return sha256(named).hexdigest()[:_DIGEST_LENGTH]

    def describe(self, planned: PlannedAction) -> str:
        return f"revokes the sessions of {_count(planned)}"

    def plan(self, action: Action, seen: Seen) -> Plan:
        if not action.viewers:
            return Pointless("it names no viewers")
        sessions = [
            {
                "channelArn": action.resource_arn,
                "viewerId": viewer.id,
                "viewerSessionVersionsLessThanOrEqualTo": viewer.version,
            }
            for viewer in action.viewers
        ]
        return Call(
            operation="BatchStartViewerSessionRevocation",
            parameters={"viewerSessions": sessions},
            done=f"revoked the sessions of {_count(action)}",
            pointless_after={ErrorCode.NOT_FOUND: "the channel no longer exists"},
        )


def _count(of: PlannedAction | Action) -> str:
    match len(of.viewers):
        case 0:
            return "the viewers that are named"
        case 1:
            return "1 viewer"
        case number:
            return f"{number} viewers"
