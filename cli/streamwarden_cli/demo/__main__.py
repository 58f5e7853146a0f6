"""`make demo`: the real stack on a local AWS enforces a policy on live streams, told as it happens.

Exits with 0 only if what the story claims is true in the end.
"""

import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable

from streamwarden_cli.demo import cast as players
from streamwarden_cli.demo import corpus
from streamwarden_cli.demo.checks import Check, checks
from streamwarden_cli.demo.stage import Stage, built_stage
from streamwarden_cli.demo.watch import Watch, listening
from streamwarden_cli.local.access import ROOT
from streamwarden_cli.output import without_keys

_STATE = ROOT / ".streamwarden" / "demo"
_PATIENCE_SECONDS = 90.0
_LOOK_EVERY_SECONDS = 0.5
_COLOURS = {"breach": 31, "decided": 33, "ivs call": 36, "notified": 35, "resolved": 32, "scene": 1}


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    _scene("Setting up: the production template on a local AWS")
    with built_stage(_STATE) as stage:
        failed = _tell(stage)
    print(f"\nTold in {time.monotonic() - began:.0f} s; everything started is stopped.")
    return 1 if failed else 0


def _tell(stage: Stage) -> list[Check]:
    watch = listening(stage)
    _scene("Five channels of our own; three of them go live")
    cast = players.enter(stage)
    for name, introduction in players.INTRODUCTION.items():
        print(f"  {name:13} {introduction}")
    _scene("A day of sample events from events/, moved to today")
    _recount(corpus.play(stage), watch)
    _follow(watch, 4)
    _scene("quiet-start has been live for five hours, but its start event was lost")
    players.go_live_unnoticed(stage, cast.quiet_start)
    print(f"  sweep: {stage.invoke(stage.outputs.sweep_function_name, {})}")
    _scene("The rotation window opens: keys older than 30 days are replaced")
    stage.invoke(stage.outputs.rotate_keys_function_name, {})
    claims = checks(stage, cast, watch)
    _follow_until(watch, claims)
    return _judge(claims)


def _recount(played: corpus.Played, watch: Watch) -> None:
    for subject, names in played.taken.items():
        counts = Counter(names)
        said = ", ".join(
            f"{count} x {name}" if count > 1 else name for name, count in counts.items()
        )
        print(f"  {watch.name_of(subject):13} {said}")
    count = len(played.ignored)
    print(f"  and {count} that no rule of EventBridge forwards (refused calls, for one)")


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
    for line in watch.look():
        word = _coloured(line.word, f"{line.word:9}")
        print(f"  {line.at[:8]}  {word} {line.channel:13} {line.text}", flush=True)
    time.sleep(_LOOK_EVERY_SECONDS)


def _judge(claims: Iterable[Check]) -> list[Check]:
    _scene("What is true now")
    failed = []
    for claim in claims:
        holds = claim.holds()
        print(f"  {'yes' if holds else 'NO '}  {claim.claim}")
        if not holds:
            failed.append(claim)
    return failed


def _scene(text: str) -> None:
    print(f"\n{_coloured('scene', text)}", flush=True)


def _coloured(word: str, text: str) -> str:
    if word not in _COLOURS or not sys.stdout.isatty():
        return text
    return f"\033[{_COLOURS[word]}m{text}\033[0m"


if __name__ == "__main__":
    with without_keys():
        sys.exit(main())
