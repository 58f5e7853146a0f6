"""Whether what was deployed is there as it was deployed, and is the version and policy meant."""

import time
from collections.abc import Iterator
from typing import Any, Final

from streamwarden import __version__
from streamwarden.services.errors import PermanentError
from streamwarden_cli.operate.doctor.examined import Examined
from streamwarden_cli.operate.doctor.finding import Finding, fine, not_known, problem
from streamwarden_cli.operate.policy import deployed_policy

_DRIFTED: Final = ("MODIFIED", "DELETED")
_LOOK_EVERY_SECONDS: Final = 2.0
_PATIENCE_SECONDS: Final = 300.0
_MOST_NAMED: Final = 5


def stack_status(examined: Examined) -> Iterator[Finding]:
    name = examined.stack.name
    status = _described(examined)["StackStatus"]
    if status.endswith("_IN_PROGRESS"):
        yield not_known(f"the stack is {status}: look again when it is done")
    elif status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
        yield fine(f"the stack is {status}")
    else:
        yield problem(
            f"the stack is {status}: the last deployment failed",
            f"aws cloudformation describe-stack-events --stack-name {name}",
        )


def drift(examined: Examined) -> Iterator[Finding]:
    """By what CloudFormation found when it was last asked. To ask needs permission to read every
    resource, and takes a minute."""
    if examined.is_detecting_drift:
        _detect(examined)
    drift_command = f"streamwarden doctor --detect-drift --stack {examined.stack.name}"
    described = _described(examined)
    found = described.get("DriftInformation", {})
    checked_at = found.get("LastCheckTimestamp")
    if checked_at is None:
        yield not_known("nobody has looked for drift", drift_command)
    elif checked_at < described.get("LastUpdatedTime", checked_at):
        yield not_known("nobody has looked for drift since the last deployment", drift_command)
    elif found["StackDriftStatus"] == "DRIFTED":
        yield problem(
            f"changed by hand since it was deployed: {_drifted(examined)}",
            "aws cloudformation describe-stack-resource-drifts --stack-name "
            f"{examined.stack.name} --stack-resource-drift-status-filters MODIFIED DELETED",
        )
    else:
        yield fine(f"no drift at {checked_at:%Y-%m-%d %H:%M} UTC")


def version(examined: Examined) -> Iterator[Finding]:
    deployed = examined.stack.outputs.get("Version")
    if deployed is None:
        yield not_known(
            "the deployed stack does not say its version; it is an older one", _deploy(examined)
        )
    elif deployed == __version__:
        yield fine(f"stack and command are {deployed}")
    else:
        yield problem(f"the stack is {deployed}, and this command {__version__}", _deploy(examined))


def policy(examined: Examined) -> Iterator[Finding]:
    """Raises PolicyNotRead."""
    digest = deployed_policy(examined.stack).compiled.digest
    if examined.policy_digest in ("", digest):
        meant = f", as in {examined.policy_file}" if examined.policy_digest else ""
        yield fine(f"the policy {digest} is deployed{meant}")
    else:
        yield problem(
            f"the policy {digest} is deployed; {examined.policy_file} is {examined.policy_digest}",
            _deploy(examined, examined.policy_file),
        )


def _deploy(examined: Examined, policy_file: str = "") -> str:
    if examined.stack.is_local:
        return f"streamwarden local up{policy_file and f' --policy {policy_file}'}"
    chosen = policy_file and f"STREAMWARDEN_POLICY={policy_file} "
    return f"{chosen}make build && .tools/sam/bin/sam deploy"


def _described(examined: Examined) -> Any:
    client = examined.client("cloudformation")
    return client.describe_stacks(StackName=examined.stack.name)["Stacks"][0]


def _detect(examined: Examined) -> None:
    """Raises ClientError, PermanentError."""
    client = examined.client("cloudformation")
    detection = client.detect_stack_drift(StackName=examined.stack.name)["StackDriftDetectionId"]
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (found := client.describe_stack_drift_detection_status(StackDriftDetectionId=detection))[
        "DetectionStatus"
    ] == "DETECTION_IN_PROGRESS":
        if time.monotonic() > deadline:
            raise PermanentError("CloudFormation still looks for drift after five minutes")
        time.sleep(_LOOK_EVERY_SECONDS)
    if found["DetectionStatus"] == "DETECTION_FAILED":
        raise PermanentError(str(found.get("DetectionStatusReason", "the detection failed")))


def _drifted(examined: Examined) -> str:
    client = examined.client("cloudformation")
    answer = client.describe_stack_resource_drifts(
        StackName=examined.stack.name, StackResourceDriftStatusFilters=[*_DRIFTED]
    )
    names = sorted(each["LogicalResourceId"] for each in answer["StackResourceDrifts"])
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
