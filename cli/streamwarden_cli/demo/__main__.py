"""`make demo`: the real stack on a local AWS enforces a policy on live streams.

It prints the rules in force, then what happened, channel by channel, the messages that were sent,
and where the report is: two screens of 50 lines and 100 columns. It exits with 0 only if all claims
are true in the end. What it keeps is in a folder, which may be given.
"""

import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from streamwarden_cli.console import print_line, timed
from streamwarden_cli.demo import channels, corpus
from streamwarden_cli.demo.channels import DemoChannels
from streamwarden_cli.demo.chat import (
    Chat,
    SentMessage,
    chat_service,
    connect,
    policy_with_chat,
)
from streamwarden_cli.demo.checks import (
    ALL_HALLS,
    CONCERTS_END,
    Check,
    Claims,
    checks,
    live_halls,
)
from streamwarden_cli.demo.explaining import explain, write_report
from streamwarden_cli.demo.printing import (
    print_channel,
    print_claims,
    print_heading,
    print_messages,
    print_rules,
    together,
)
from streamwarden_cli.demo.stack import POLICY, DeployedStack, built_stack
from streamwarden_cli.demo.watch import Watch, listening
from streamwarden_cli.local.access import ROOT
from streamwarden_cli.output import without_keys
from streamwarden_cli.policy.compilation import load_policy_file

_STATE = ROOT / ".streamwarden" / "demo"
_PATIENCE_SECONDS = 90.0
_LOOK_EVERY_SECONDS = 0.5
# What is on its way when all claims hold: notifications, for one.
_AFTERMATH_SECONDS = 3.0
# Channels whose lines are all shown; of the others it is enough what is true in the end.
_SHOWN_WHOLE: Final = ("stubborn-show", "talk-show", "old-camera")


def main(state_dir: Path = _STATE) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    print_line(("The rules in force", "bold"))
    print_rules(load_policy_file(POLICY))
    print_heading("What is played, to the production template on a local AWS")
    with chat_service() as chat, built_stack(state_dir, policy_with_chat(state_dir)) as stack:
        connect(stack, chat)
        failed = _run(stack, chat, state_dir)
    print(f"Done in {time.monotonic() - began:.0f} s; everything started is stopped.")
    return 1 if failed else 0


def _run(stack: DeployedStack, chat: Chat, state_dir: Path) -> list[Check]:
    watch = listening(stack)
    own = _play(stack, watch)
    claims = checks(stack, own, watch, chat)
    with timed("  Streamwarden does the rest"):
        _look_until(watch, lambda: all(claim.holds() for claim in _each(claims)))
        _look_for(watch, _AFTERMATH_SECONDS)
        for arn in own.shown_whole:
            watch.note_streams(arn)
    failed = _tell(watch, claims, own)
    for hall in live_halls(stack, own)[:1]:
        print_heading(f"streamwarden why {hall} --rule {CONCERTS_END}")
        explain(stack, state_dir, hall, CONCERTS_END)
    print_heading("The messages that were sent")
    print_messages(
        [*(SentMessage("topic", each.subject) for each in watch.received), *chat.messages]
    )
    print_heading(f"streamwarden report: {write_report(stack, state_dir)}")
    return failed


def _play(stack: DeployedStack, watch: Watch) -> DemoChannels:
    with timed("  fourteen channels, twelve live; a day of sample events; a sweep; a key rotation"):
        own = channels.create(stack)
        watch.look()  # it learns whose the stream keys are, before they are gone
        corpus.play(stack)
        channels.go_live_unnoticed(stack, own.quiet_start)
        stack.invoke(stack.outputs.sweep_function_name, {})
        stack.invoke(stack.outputs.rotate_keys_function_name, {})
    with timed("  talk-show is warned, and its host says goodbye; old-camera ends its stream, too"):
        _look_until(watch, lambda: watch.saw("talk-show", "ivs call", "PutMetadata"))
        _look_until(watch, lambda: watch.saw("old-camera", "notified", "tls-only breach"))
        for arn in (own.talk_show, own.old_camera):
            watch.note("encoder", arn, "leaves")
            stack.control.leave(arn)
    return own


def _look_until(watch: Watch, is_true: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    watch.look()
    while not is_true() and time.monotonic() < until:
        time.sleep(_LOOK_EVERY_SECONDS)
        watch.look()


def _look_for(watch: Watch, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(_LOOK_EVERY_SECONDS)
        watch.look()


def _tell(watch: Watch, claims: Claims, own: DemoChannels) -> list[Check]:
    print_heading("What happened, by channel (UTC)")
    failed: list[Check] = []
    for channel in _SHOWN_WHOLE:
        failed += print_channel(channel, watch.of(channel), claims[channel])
    halls = [*together(watch.of(*own.halls)), *watch.of_breakers()]
    failed += print_channel(ALL_HALLS, sorted(halls), claims[ALL_HALLS])
    print_line(("What is true beside that", "bold"))
    for about, ends in claims.items():
        if about not in {*_SHOWN_WHOLE, ALL_HALLS}:
            failed += print_claims(about, ends)
    return failed


def _each(claims: Claims) -> Iterable[Check]:
    return (claim for ends in claims.values() for claim in ends)


if __name__ == "__main__":
    with without_keys():
        sys.exit(main(*map(Path, sys.argv[1:])))
