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
from typing import Final

from streamwarden.domain.policy import encode_policy
from streamwarden.settings import BY_FUNCTION
from streamwarden_cli.policy.compilation import compile_policy

ROOT: Final = Path(__file__).resolve().parent.parent
BUDGET: Final = 1.3
ROUNDS: Final = 15
PYTHON: Final = ROOT / ".tools/cold-start/bin/python"

CLIENTS: Final = {
    "stream_events": ("sqs", "dynamodb", "scheduler"),
    "recording_events": ("sqs", "dynamodb", "scheduler"),
    "resource_changes": ("sqs", "dynamodb", "scheduler"),
    "enforce": ("sqs", "ivs", "dynamodb"),
    "notify": ("sqs", "sns"),
    "sweep": ("sqs", "ivs", "dynamodb"),
    "rotate_keys": ("sqs", "dynamodb", "ivs", "secretsmanager"),
}
_PLACE: Final = "Place('210987654321', 'eu-west-1')"
_INITIALISE: Final = {
    "enforce": "from streamwarden.bootstrap.enforcer import enforcer; enforcer()",
    "notify": "from streamwarden.bootstrap.notifier import notifier; notifier()",
    "sweep": f"from streamwarden.bootstrap.sweeper import sweeper; sweeper({_PLACE})",
    "rotate_keys": f"from streamwarden.bootstrap.rotator import rotator; rotator({_PLACE})",
}


def main() -> int:
    """Print a row per function; 1 if one is over budget."""
    with tempfile.TemporaryDirectory() as folder:
        policy = Path(folder) / "policy.json"
        text = (ROOT / "policies" / "default.yaml").read_text()
        policy.write_bytes(encode_policy(compile_policy(text, "default.yaml")))
        ratios = {name: _measure(name, policy) for name in BY_FUNCTION}
    return 1 if max(ratios.values()) > BUDGET else 0


def _measure(name: str, policy: Path) -> float:
    environ = _environment(name, policy)
    bare, ours = _bare(CLIENTS[name]), _ours(name)
    _cpu_seconds(bare, environ), _cpu_seconds(ours, environ)
    pairs = [(_cpu_seconds(ours, environ), _cpu_seconds(bare, environ)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    mine, theirs = (statistics.median(each) * 1000 for each in zip(*pairs, strict=True))
    print(f"{name:17} {mine:5.0f} ms  bare boto3 {theirs:5.0f} ms  ratio {ratio:.2f}")
    return ratio


def _environment(name: str, policy: Path) -> dict[str, str]:
    settings = {variable.upper(): "1" for variable in BY_FUNCTION[name].__struct_fields__}
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
        **settings,
        "MODE": "enforce",
        "POLICY_PATH": str(policy),
    }


def _bare(clients: tuple[str, ...]) -> str:
    made = "; ".join(f"boto3.client('{each}')" for each in clients)
    return f"import boto3; {made}"


def _ours(name: str) -> str:
    initialise = _INITIALISE.get(
        name, "from streamwarden.bootstrap.observer import observer; observer()"
    )
    return f"import app; from streamwarden.domain.arn import Place; {initialise}"


def _cpu_seconds(program: str, environ: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([PYTHON, "-c", program], env=environ, check=True)  # noqa: S603  # ours
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


if __name__ == "__main__":
    sys.exit(main())
