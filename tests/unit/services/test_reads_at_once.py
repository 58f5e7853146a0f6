"""Enforce reads tags and looks at IVS at the same time, and is no less careful for it."""

from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass, field

import pytest

from streamwarden.adapters.memory import MemoryInbox
from streamwarden.domain.actions.base.calls import ListedKey, LiveStream
from streamwarden.domain.inputs import Health
from streamwarden.domain.state.controls import PROTECTED_TAG
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Action, Mode
from streamwarden.services.errors import PermanentError
from testbed.builders import CHANNEL, STREAM, at
from tests.unit.services.fakes import Calls, FakeIvs, Time, begun_at_once, enforcer_on, holding

KEY = ListedKey("arn:aws:ivs:eu-west-1:210987654321:stream-key/k0", {})
LIVE = LiveStream(channel_arn=CHANNEL, stream_id=STREAM, health=Health.HEALTHY, start_time=at())


@dataclass
class Ivs(FakeIvs):
    """Tags may take their time, in which another stream begins; a look may be refused."""

    time: Time = field(default_factory=lambda: Time(at(minutes=1)))
    tags_take_seconds: float = 0
    is_look_refused: bool = False

    def tags(self, resource_arn: str) -> Mapping[str, str]:
        if self.tags_take_seconds:
            self.live = replace(LIVE, stream_id="st-another")
        self.time.later(seconds=self.tags_take_seconds)
        return super().tags(resource_arn)

    def live_stream(self, channel_arn: str) -> LiveStream | None:
        if self.is_look_refused:
            raise PermanentError("ivs:GetStream: AccessDeniedException")
        return super().live_stream(channel_arn)


def carry_out(ivs: Ivs, kind: str = "stop", calls: Calls | None = None) -> Outcome:
    action = Action(
        id="an/action",
        attempt=1,
        kind=kind,
        rule_id="a-rule",
        resource_arn=CHANNEL,
        stream_id=STREAM,
        reason="because",
        decided_at=at(),
    )
    watched = (calls or Calls()).watch(ivs)
    made = enforcer_on(watched, holding(action), MemoryInbox(), ivs.time, max_mode=Mode.ENFORCE)
    return replace(made, in_background=begun_at_once).carry_out(action)


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("stop", ["live_stream", "tags", "make"]),
        # Whether something is live is asked once the key is revoked.
        ("quarantine", ["find", "tags", "make", "live_stream", "tags", "make"]),
    ],
)
def test_the_look_is_under_way_while_the_tags_are_read(kind: str, made: list[str]) -> None:
    calls = Calls()

    outcome = carry_out(Ivs(live=LIVE, key=KEY), kind, calls)

    assert outcome.status is OutcomeStatus.DONE
    assert calls.made == made


@pytest.mark.parametrize("is_look_refused", [False, True])
def test_a_protected_channel_is_left_alone_whatever_the_look_shows(is_look_refused: bool) -> None:
    ivs = Ivs(live=LIVE, is_look_refused=is_look_refused, tags_now={PROTECTED_TAG: "true"})

    assert carry_out(ivs).status is OutcomeStatus.HELD
    assert ivs.stopped == 0


def test_a_look_that_is_refused_fails_the_action() -> None:
    outcome = carry_out(Ivs(live=LIVE, is_look_refused=True))

    assert outcome == Outcome(OutcomeStatus.FAILED, "ivs:GetStream: AccessDeniedException")


def test_a_look_that_became_old_while_tags_were_read_is_taken_again() -> None:
    ivs = Ivs(live=LIVE, tags_take_seconds=1.5)

    outcome = carry_out(ivs)

    assert outcome.status is OutcomeStatus.NOTHING_TO_DO
    assert "stream st-another is live now" in outcome.reason
    assert ivs.stopped == 0
