"""Measure what a cold start costs: each function against a bare boto3 handler with its clients.

Both run as fresh processes in turn, as Lambda would start them, so that a drifting machine
slows both. The figure is CPU time (user and system), which a busy machine disturbs least.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from streamwarden.domain.policy import encode_policy
from streamwarden.settings import BY_FUNCTION
from streamwarden_cli.policy.compilation import compile_policy

ROOT: Final = Path(__file__).resolve().parent.parent
BUDGET: Final = 1.3
ROUNDS: Final = 15
PYTHON: Final = ROOT / ".tools/cold-start/bin/python"

_PLACE: Final = "Place('210987654321', 'eu-west-1')"


class Function(NamedTuple):
    """A folder of `functions/`, what builds the function, and the clients that it is built with."""

    folder: str
    built_by: str
    clients: tuple[str, ...]


_OBSERVER: Final = Function("observe", "observer.observer()", ("sqs", "dynamodb", "scheduler"))

FUNCTIONS: Final = {
    "StreamEvents": _OBSERVER,
    "RecordingEvents": _OBSERVER,
    "ResourceChanges": _OBSERVER,
    "Enforce": Function("enforce", "enforcer.enforcer()", ("sqs", "ivs")),
    "Notify": Function("notify", "notifier.notifier()", ("sqs", "sns")),
    "Sweep": Function("sweep", f"sweeper.sweeper({_PLACE})", ("sqs", "ivs", "dynamodb")),
    "RotateKeys": Function(
        "rotate_keys",
        f"rotator.rotator({_PLACE})",
        ("sqs", "dynamodb", "ivs", "secretsmanager"),
    ),
}


def main() -> int:
    """Print a row per function; 1 if one is over budget."""
    with tempfile.TemporaryDirectory() as folder:
        policy = Path(folder) / "policy.json"
        text = (ROOT / "policies" / "default.yaml").read_text()
        policy.write_bytes(encode_policy(compile_policy(text, "default.yaml")))
        ratios = {name: _measure(name, policy) for name in FUNCTIONS}
    return 1 if max(ratios.values()) > BUDGET else 0


def _measure(name: str, policy: Path) -> float:
    environ = _environment(name, policy)
    function = FUNCTIONS[name]
    bare, ours = _bare(function.clients), _ours(function.built_by)
    _cpu_seconds(bare, environ), _cpu_seconds(ours, environ)
    pairs = [(_cpu_seconds(ours, environ), _cpu_seconds(bare, environ)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    mine, theirs = (statistics.median(each) * 1000 for each in zip(*pairs, strict=True))
    print(f"{name:17} {mine:5.0f} ms  bare boto3 {theirs:5.0f} ms  ratio {ratio:.2f}")
    return ratio


def _environment(name: str, policy: Path) -> dict[str, str]:
    folder = ROOT / "functions" / FUNCTIONS[name].folder
    settings = {variable.upper(): "1" for variable in BY_FUNCTION[name].__struct_fields__}
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT / 'layers/streamwarden'}:{folder}",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "LAMBDA_TASK_ROOT": "/var/task",
        "POWERTOOLS_SERVICE_NAME": "streamwarden",
        "POWERTOOLS_METRICS_NAMESPACE": "Streamwarden",
        **settings,
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
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([PYTHON, "-c", program], env=environ, check=True)  # noqa: S603  # ours
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


if __name__ == "__main__":
    sys.exit(main())
