"""Builds the production template for this machine and deploys it to the local AWS.

The build differs from an operator's in two ways only: the layer holds wheels for this machine, and
all of it lies in the state directory. It is skipped while nothing that goes into it has changed.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from streamwarden_cli.local.access import ACCOUNT_ID, ROOT, administrator_environment, session

type Mode = Literal["observe", "enforce"]

STACK_NAME = "streamwarden"
DEFAULT_POLICY = ROOT / "policies" / "default.yaml"
_SAM = ROOT / ".tools" / "sam" / "bin" / "sam"
_CONFIGURATION = ("--config-file", str(ROOT / "samconfig.toml"), "--config-env", "local")
_INPUTS = ("template.yaml", "samconfig.toml", "functions", "layers", "policies", "cli", "simulator")
_PLATFORMS = {
    ("Linux", "x86_64"): "x86_64-manylinux2014",
    ("Linux", "aarch64"): "aarch64-manylinux2014",
    ("Darwin", "arm64"): "aarch64-apple-darwin",
    ("Darwin", "x86_64"): "x86_64-apple-darwin",
}


_BUILDS_KEPT = 2
_NEVER_AGAIN = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


class DeploymentError(Exception):
    """Building or deploying failed; the message carries what the SAM command said."""


@dataclass(frozen=True)
class Build:
    """What `sam build` made: a folder per function and layer, and the template that names them."""

    directory: Path
    reused: bool

    @property
    def template(self) -> Path:
        return self.directory / "template.yaml"

    @property
    def compiled_policy(self) -> Path:
        return self.directory / "PolicyLayer" / "policy.json"


@dataclass(frozen=True)
class StackOutputs:
    """The outputs of template.yaml, one field each."""

    version: str
    mode: str
    table_name: str
    stream_inbox_url: str
    recording_inbox_url: str
    change_inbox_url: str
    operator_inbox_url: str
    administrator_inbox_url: str
    action_queue_url: str
    notification_queue_url: str
    stream_inbox_dead_letters_url: str
    recording_inbox_dead_letters_url: str
    change_inbox_dead_letters_url: str
    operator_inbox_dead_letters_url: str
    administrator_inbox_dead_letters_url: str
    action_queue_dead_letters_url: str
    notification_queue_dead_letters_url: str
    sweep_dead_letters_url: str
    rotate_keys_dead_letters_url: str
    stream_events_function_name: str
    recording_events_function_name: str
    resource_changes_function_name: str
    operator_commands_function_name: str
    administrator_commands_function_name: str
    enforce_function_name: str
    notify_function_name: str
    sweep_function_name: str
    rotate_keys_function_name: str
    verdict_bus_name: str
    topic_arn: str
    page_topic_arn: str
    warning_topic_arn: str
    enforce_role_arn: str
    rotate_keys_role_arn: str
    viewer_policy_arn: str
    doctor_policy_arn: str
    operator_policy_arn: str
    administrator_policy_arn: str
    dead_letters_policy_arn: str
    service_user_policy_arn: str
    secret_prefix: str

    @property
    def inbox_urls(self) -> tuple[str, ...]:
        return (self.stream_inbox_url, self.recording_inbox_url, self.change_inbox_url)

    @property
    def buses(self) -> tuple[str, ...]:
        """The event buses whose events the stack takes."""
        return ("default", self.verdict_bus_name)

    @classmethod
    def output_names(cls) -> dict[str, str]:
        """Field name to the template's output name: `table_name` is the output `TableName`."""
        return {field.name: field.name.title().replace("_", "") for field in fields(cls)}


def build(state_dir: Path, policy: Path = DEFAULT_POLICY) -> Build:
    """Build for this machine, with this policy, under the state directory.

    Each build has a directory of its own, since running functions still read the one before.
    """
    directory = state_dir.resolve() / f"build-{_digest(policy)[:16]}"
    if directory.exists():
        directory.touch()
        return Build(directory, reused=True)
    unfinished = state_dir.resolve() / "building"
    shutil.rmtree(unfinished, ignore_errors=True)
    environment = os.environ | {
        **_sam_environment(state_dir.resolve()),
        "STREAMWARDEN_LAYER_PLATFORM": _platform(),
        "STREAMWARDEN_POLICY": str(policy.resolve()),
    }
    template = str(ROOT / "template.yaml")
    _sam(
        "build",
        "--template-file",
        template,
        "--build-dir",
        str(unfinished),
        environment=environment,
    )
    unfinished.rename(directory)
    _forget_old_builds(state_dir.resolve())
    return Build(directory, reused=False)


def _forget_old_builds(state_dir: Path) -> None:
    builds = sorted(state_dir.glob("build-*"), key=lambda each: each.stat().st_mtime)
    for old in builds[:-_BUILDS_KEPT]:
        shutil.rmtree(old)


def deploy(
    endpoint: str,
    built: Build,
    *,
    mode: Mode = "observe",
    parameters: Mapping[str, str] | None = None,
    stack_name: str = STACK_NAME,
) -> StackOutputs:
    """Create or update the stack on the local AWS and return its outputs."""
    chosen = {
        "Mode": mode,
        # The local AWS runs functions as plain processes: no layer is mounted at /opt.
        "PolicyPath": str(built.compiled_policy),
        # Everyone who works on the local AWS is its administrator.
        "SenderArns": f"arn:aws:iam::{ACCOUNT_ID}:root",
        **(parameters or {}),
    }
    state_dir = built.directory.parent
    overrides = [f'{name}="{value}"' for name, value in chosen.items()]
    _sam(
        "deploy",
        "--template-file",
        str(built.template),
        "--stack-name",
        stack_name,
        "--parameter-overrides",
        *overrides,
        environment=administrator_environment(endpoint, home=state_dir)
        | _sam_environment(state_dir),
    )
    return outputs(endpoint, stack_name)


def outputs(endpoint: str, stack_name: str = STACK_NAME) -> StackOutputs:
    """The outputs of a deployed stack."""
    cloudformation = session().client("cloudformation", endpoint_url=endpoint)
    stack = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
    values = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    return StackOutputs(
        **{field: values[name] for field, name in StackOutputs.output_names().items()}
    )


def _sam_environment(state_dir: Path) -> dict[str, str]:
    """The SAM command neither reports its use nor asks for newer versions of itself.

    It looks every half second whether a deployment is over. By default it looks every five, which
    spares the quotas of AWS; the local AWS has none.
    """
    home = state_dir / "sam"
    home.mkdir(parents=True, exist_ok=True)
    (home / "metadata.json").write_text(json.dumps({"lastVersionCheck": _NEVER_AGAIN}))
    return {
        "PATH": _project_path(),
        "SAM_CLI_POLL_DELAY": "0.5",
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(home),
    }


def _sam(command: str, *options: str, environment: Mapping[str, str]) -> None:
    if not _SAM.exists():
        raise DeploymentError("the SAM command is not installed: run `make tools`")
    finished = subprocess.run(  # noqa: S603 (our own tool; options are ours or the operator's)
        [_SAM, command, *_CONFIGURATION, *options],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise DeploymentError(f"sam {command} failed:\n{finished.stdout}")


def _project_path() -> str:
    """The project's environment first: the makefiles need its uv, python3 and streamwarden."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def _platform() -> str:
    host = (platform.system(), platform.machine())
    try:
        return _PLATFORMS[host]
    except KeyError:
        raise DeploymentError(f"no wheels are known for this machine: {' '.join(host)}") from None


def _digest(policy: Path) -> str:
    """Of everything a build depends on, the compiler of the policy included."""
    digest = hashlib.sha256(f"{_platform()} {sys.version}".encode())
    for path in (*_input_files(), policy):
        content = path.read_bytes()
        digest.update(f"{path.resolve()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _input_files() -> Iterator[Path]:
    for name in _INPUTS:
        path = ROOT / name
        if path.is_file():
            yield path
            continue
        files = (found for found in path.rglob("*") if found.is_file())
        yield from sorted(found for found in files if "__pycache__" not in found.parts)
