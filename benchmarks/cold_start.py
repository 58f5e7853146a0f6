"""Measure what a cold start costs: each function against a bare boto3 handler with its clients.

Both run as fresh processes in turn, as Lambda would start them. The figure is the CPU time until
the function is built, and the least of all rounds: other work on the machine only ever adds to it.

What a process does at its end is left out, since Lambda freezes it instead. The first objects after
loading are counted, so that a garbage collection which was only put off counts too.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from streamwarden.domain.policy import encode_policy
from streamwarden.settings import (
    EnforceSettings,
    NotifySettings,
    ObserverSettings,
    RotateKeysSettings,
    Settings,
    SweepSettings,
)
from streamwarden_cli.policy.compilation import compile_policy_file

ROOT: Final = Path(__file__).resolve().parent.parent
# No more than the bare handler. The rest is noise: the least of many rounds still varies.
NOISE: Final = 0.03
BUDGET: Final = 1.0 + NOISE
ROUNDS: Final = 15
PYTHON: Final = ROOT / ".tools/cold-start/bin/python"

_END: Final = "; import time; [[] for _ in range(3_000)]; print(time.process_time())"
_PLACE: Final = "Place('210987654321', 'eu-west-1')"


class Function(NamedTuple):
    """What a function is told, what builds it, and the clients that it is built with."""

    settings: type[Settings]
    built_by: str
    clients: tuple[str, ...]


# By folder of `functions/`.
FUNCTIONS: Final = {
    "observe": Function(ObserverSettings, "observer.observer()", ("sqs", "dynamodb", "scheduler")),
    "enforce": Function(EnforceSettings, "enforcer.enforcer()", ("sqs", "ivs", "dynamodb")),
    "notify": Function(NotifySettings, "notifier.notifier()", ("sqs", "dynamodb")),
    "sweep": Function(SweepSettings, f"sweeper.sweeper({_PLACE})", ("sqs", "ivs", "dynamodb")),
    "rotate_keys": Function(
        RotateKeysSettings,
        f"rotator.rotator({_PLACE})",
        ("sqs", "dynamodb", "ivs", "secretsmanager"),
    ),
}


def main() -> int:
    """Print a row per folder of `functions/`; 1 if one is over budget."""
    with tempfile.TemporaryDirectory() as folder:
        policy = compiled_policy(Path(folder))
        ratios = [_measure(name, policy) for name in FUNCTIONS]
    return 1 if max(ratios) > BUDGET else 0


def compiled_policy(folder: Path) -> Path:
    """The policy that ships, as the policy layer holds it."""
    policy = folder / "policy.json"
    policy.write_bytes(encode_policy(compile_policy_file(ROOT / "policies" / "default.yaml")))
    return policy


def _measure(name: str, policy: Path) -> float:
    function, environ = FUNCTIONS[name], environment(name, policy)
    program, handler = _ours(function.built_by), _bare(function.clients)
    _cpu_seconds(program, environ), _cpu_seconds(handler, environ)  # compiles what they import
    rounds = [
        (_cpu_seconds(program, environ), _cpu_seconds(handler, environ)) for _ in range(ROUNDS)
    ]
    ours, bare = min(mine for mine, _ in rounds), min(theirs for _, theirs in rounds)
    ratio = ours / bare
    print(f"{name:12} {ours * 1000:5.0f} ms  bare boto3 {bare * 1000:5.0f} ms  ratio {ratio:.2f}")
    return ratio


def environment(name: str, policy: Path) -> dict[str, str]:
    """What Lambda tells the function."""
    settings = {each.upper(): "1" for each in FUNCTIONS[name].settings.__struct_fields__}
    if "TIMER_TARGET_ARN" in settings:
        settings["TIMER_TARGET_ARN"] = "arn:aws:sqs:eu-west-1:210987654321:stream-inbox"
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT / 'layers/streamwarden'}:{ROOT / 'functions' / name}",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "LAMBDA_TASK_ROOT": "/var/task",
        "POWERTOOLS_SERVICE_NAME": "streamwarden",
        "POWERTOOLS_METRICS_NAMESPACE": "Streamwarden",
        # As in a stack whose parameter Tracing has its default.
        "POWERTOOLS_TRACE_DISABLED": "true",
        **settings,
        "DESTINATIONS": "sns=1",
        "MODE": "enforce",
        "POLICY_PATH": str(policy),
    }


def _bare(clients: tuple[str, ...]) -> str:
    made = "; ".join(f"boto3.client('{each}')" for each in clients)
    return f"import boto3; {made}"


def _ours(built_by: str) -> str:
    module = built_by.partition(".")[0]
    return (
        "import app; from streamwarden.domain.arn import Place; "
        f"from streamwarden.bootstrap import {module}; {built_by}"
    )


def _cpu_seconds(program: str, environ: dict[str, str]) -> float:
    reason = subprocess.run(  # noqa: S603  # ours
        [PYTHON, "-c", program + _END], env=environ, check=True, capture_output=True, text=True
    )
    return float(reason.stdout)


if __name__ == "__main__":
    sys.exit(main())
