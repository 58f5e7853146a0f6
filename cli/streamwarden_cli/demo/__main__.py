"""`make demo`: the real stack on a local AWS enforces a policy on live streams.

It prints what happens as it happens. It exits with 0 only if all claims are true in the end.
"""

import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable
from typing import Final

from streamwarden_cli.console import Columns, aligned, print_line
from streamwarden_cli.demo import channels, corpus
from streamwarden_cli.demo.checks import Check, checks
from streamwarden_cli.demo.stack import DeployedStack, built_stack
from streamwarden_cli.demo.watch import Watch, listening
from streamwarden_cli.local.access import ROOT
from streamwarden_cli.output import without_keys

_STATE = ROOT / ".streamwarden" / "demo"
_PATIENCE_SECONDS = 90.0
_LOOK_EVERY_SECONDS = 0.5
_COLOURS: Final = {
    "breach": "red",
    "decided": "yellow",
    "ivs call": "cyan",
    "notified": "magenta",
    "resolved": "green",
}


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    _print_heading("Setting up: the production template on a local AWS")
    with built_stack(_STATE) as stack:
        failed = _run(stack)
    print(f"\nDone in {time.monotonic() - began:.0f} s; everything started is stopped.")
    return 1 if failed else 0


def _run(stack: DeployedStack) -> list[Check]:
    watch = listening(stack)
    _print_heading("Five channels of our own; three of them go live")
    demo_channels = channels.create(stack)
    print(*aligned(channels.INTRODUCTION.items(), indent=2), sep="\n")
    _print_heading("A day of sample events from events/, moved to today")
    _recount(corpus.play(stack), watch)
    _follow(watch, 4)
    _print_heading("quiet-start has been live for five hours, but its start event was lost")
    channels.go_live_unnoticed(stack, demo_channels.quiet_start)
    print(f"  sweep: {stack.invoke(stack.outputs.sweep_function_name, {})}")
    _print_heading("The rotation window opens: keys older than 30 days are replaced")
    stack.invoke(stack.outputs.rotate_keys_function_name, {})
    claims = checks(stack, demo_channels, watch)
    _follow_until(watch, claims)
    return _judge(claims)


def _recount(played: corpus.Played, watch: Watch) -> None:
    rows = [(watch.name_of(subject), _counted(names)) for subject, names in played.taken.items()]
    print(*aligned(rows, indent=2), sep="\n")
    count = len(played.ignored)
    print(f"  and {count} that no rule of EventBridge forwards (refused calls, for one)")


def _counted(names: Iterable[str]) -> str:
    counts = Counter(names).items()
    return ", ".join(f"{count} x {name}" if count > 1 else name for name, count in counts)


def _follow(watch: Watch, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        _print_news(watch)


def _follow_until(watch: Watch, claims: Iterable[Check]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        _print_news(watch)
        if all(claim.holds() for claim in claims):
            _follow(watch, 2)
            return


def _print_news(watch: Watch) -> None:
    columns = Columns(8, 9, 20, indent=2)
    for line in watch.look():
        word = (line.word, _COLOURS.get(line.word, ""))
        columns.print(line.at[:8], word, line.channel, line.text)
    sys.stdout.flush()
    time.sleep(_LOOK_EVERY_SECONDS)


def _judge(claims: Iterable[Check]) -> list[Check]:
    _print_heading("What is true now")
    failed, columns = [], Columns(3, indent=2)
    for claim in claims:
        holds = claim.holds()
        columns.print(("yes", "green") if holds else ("NO", "red"), claim.claim)
        if not holds:
            failed.append(claim)
    return failed


def _print_heading(text: str) -> None:
    print()
    print_line((text, "bold"))


if __name__ == "__main__":
    with without_keys():
        sys.exit(main())
