"""Whatever encoders, people, crashes and lost events do, a quarantine ends the same."""

from collections.abc import Callable
from copy import replace
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.actions.base.calls import ListedKey
from streamwarden.domain.commands import (
    PauseActions,
    QuarantineChannel,
    ReleaseChannel,
    ResumeActions,
    StopStream,
)
from testbed.builders import (
    KEY,
    WHOLE_ACCOUNT,
    key_observed,
    stream_listed,
    stream_not_listed,
    stream_start,
)
from tests.unit.services.channel_stack import NO_RULES, Stack, stream
from tests.unit.services.fakes import Calls, Crash


class Encoders:
    """Encoders that come on whenever the channel has a key, and people who make keys."""

    def __init__(self) -> None:
        self.stack = Stack(NO_RULES)
        self.streams = 0
        self.keys = 0

    def come_on(self, *, is_notified: bool = True, is_doubled: bool = False) -> None:
        """A takeover apart, one stream is live at a time, and it takes a key."""
        stack = self.stack
        if stack.ivs.key is None or stack.ivs.live is not None:
            return
        self.streams += 1
        stack.ivs.go_live(self.streams)
        for _ in range(is_notified + is_doubled):
            stack.observe(stream_start(stack.time.now, stream(self.streams)))

    def make_key(self, *, is_notified: bool = True) -> None:
        stack = self.stack
        if stack.ivs.key is not None:
            return
        self.keys += 1
        stack.ivs.key = ListedKey(f"{KEY}by-hand-{self.keys}", {})
        if is_notified:
            stack.observe(key_observed(stack.time.now, stack.ivs.key.arn))

    def crash(self, at: int, *, is_after: bool) -> None:
        """Of enforce, in the middle of an action. Its message comes again."""
        if self.stack.queue:
            try:
                self.stack.act(Calls(at, is_after))
            except Crash:
                self.stack.time.later(seconds=30)

    def sweep(self) -> None:
        stack, now = self.stack, self.stack.time.now
        live = stack.ivs.live
        if live is None:
            stack.observe(stream_not_listed(now))
        else:
            listed = stream_listed(now, live.stream_id, start_time=live.start_time)
            stack.observe(replace(listed, health=live.health))


type Disturbance = Callable[[Encoders], None]

DISTURBANCES: Final[dict[str, Disturbance]] = {
    "an encoder comes on": lambda all_: all_.come_on(),
    "an encoder comes on and no event tells": lambda all_: all_.come_on(is_notified=False),
    "an encoder comes on and two events tell": lambda all_: all_.come_on(is_doubled=True),
    "a key is made": lambda all_: all_.make_key(),
    "a key is made and no event tells": lambda all_: all_.make_key(is_notified=False),
    "quarantine": lambda all_: all_.stack.order(QuarantineChannel),
    "release": lambda all_: all_.stack.order(ReleaseChannel),
    "stop": lambda all_: all_.stack.order(StopStream),
    "pause": lambda all_: all_.stack.order(PauseActions, WHOLE_ACCOUNT),
    "resume": lambda all_: all_.stack.order(ResumeActions, WHOLE_ACCOUNT),
    "a crash early": lambda all_: all_.crash(3, is_after=False),
    "a crash after a revocation": lambda all_: all_.crash(5, is_after=True),
    "a crash late": lambda all_: all_.crash(8, is_after=False),
    "actions are lost": lambda all_: all_.stack.queue.clear(),
    "outcomes are lost": lambda all_: all_.stack.inbox.inputs.clear(),
    "a sweep": lambda all_: all_.sweep(),
    "everything settles": lambda all_: all_.stack.settle(),
    "minutes pass": lambda all_: all_.stack.later(minutes=3),
}


@given(st.lists(st.sampled_from(sorted(DISTURBANCES)), max_size=25), st.booleans())
def test_it_ends_with_no_key_and_no_stream_or_with_one_published_key(
    disturbances: list[str], is_released: bool
) -> None:
    encoders = Encoders()
    stack = encoders.stack
    for each in ("quarantine", *disturbances):
        DISTURBANCES[each](encoders)
        stack.time.later(seconds=1)
    stack.order(ReleaseChannel if is_released else QuarantineChannel)
    stack.settle()
    stack.later(hours=2)
    encoders.come_on(is_notified=False)
    encoders.sweep()
    stack.settle()
    stack.later(hours=2)

    assert stack.is_quarantined is not is_released
    assert (stack.ivs.key is None) is not is_released
    if not is_released:
        assert stack.ivs.live is None
    ids = [each.id for each in stack.harness.outbox.notifications]
    assert len(set(ids)) == len(ids)
    record = stack.harness.store.load(stack.harness.store.records()[0].state.arn)
    assert len(record.requested) <= 1
