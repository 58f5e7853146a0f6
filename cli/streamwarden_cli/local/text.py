"""Where a local AWS is and how it is reached, as people read it and as shells do."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from streamwarden_cli.console import aligned
from streamwarden_cli.local import deployment, server
from streamwarden_cli.local.access import HOST, administrator_environment

# What an operator's shell may hold that would win over the lines we print, or spoil them.
_IN_THE_WAY: Final = ("AWS_PROFILE", "AWS_SESSION_TOKEN")


def print_place(
    local: server.LocalAws, state_dir: Path, deployed: Mapping[str, str] | None = None
) -> None:
    print(f"running as process {local.pid}")
    rows = [
        ("endpoint", local.endpoint),
        ("control", local.control_url),
        ("log", str(server.log_path(state_dir))),
        *(deployed or {}).items(),
    ]
    print(*aligned(rows, indent=2), sep="\n")


def print_outputs(outputs: deployment.StackOutputs) -> None:
    values = asdict(outputs)
    names = deployment.StackOutputs.output_names()
    print(f"\nstack {deployment.STACK_NAME}")
    print(*aligned([(name, values[field]) for field, name in names.items()], indent=2), sep="\n")


def print_environment(
    local: server.LocalAws,
    state_dir: Path,
    reader: str = "the AWS CLI and boto3",
) -> None:
    print(f"\n# for {reader}:")
    for line in environment_lines(local.endpoint, state_dir):
        print(line)


def place_as_json(local: server.LocalAws | None, state_dir: Path) -> dict[str, object]:
    """Where it runs, if it does, and the variables with which AWS programs reach it."""
    if local is None:
        return {"running": False}
    return {
        "running": True,
        "pid": local.pid,
        "endpoint": local.endpoint,
        "control": local.control_url,
        "log": str(server.log_path(state_dir)),
        "environment": _environment(local.endpoint, state_dir),
    }


def outputs_as_json(outputs: deployment.StackOutputs) -> dict[str, object]:
    """Under the names that they have in the template."""
    values = asdict(outputs)
    names = deployment.StackOutputs.output_names()
    return {"stack": deployment.STACK_NAME} | {
        "outputs": {name: values[field] for field, name in names.items()}
    }


def environment_lines(endpoint: str, state_dir: Path) -> Iterator[str]:
    """Shell lines that turn AWS programs to the local AWS, and away from any other account."""
    yield f"unset {' '.join(_IN_THE_WAY)}"
    for name, value in _environment(endpoint, state_dir).items():
        yield f"export {name}={shlex.quote(value)}"
    yield f'export NO_PROXY="{HOST}${{NO_PROXY:+,$NO_PROXY}}"'


def _environment(endpoint: str, state_dir: Path) -> dict[str, str]:
    whole = administrator_environment(endpoint, home=state_dir)
    return {name: value for name, value in whole.items() if name.startswith("AWS_")}
