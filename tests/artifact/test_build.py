"""What `sam build` makes is what runs: each handler must import from the artifact alone."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from streamwarden.settings import BY_FUNCTION
from streamwarden_cli.local.deployment import Build, build

IMPORT_HANDLER = "import app; assert callable(app.handler)"
MODELLED = "import botocore.session as s, sys; s.Session().get_service_model(sys.argv[1])"
ZONE = "import zoneinfo; zoneinfo.ZoneInfo('Europe/Berlin')"
SERVICES = (
    "dynamodb",
    "ivs",
    "ivs-realtime",
    "lambda",
    "scheduler",
    "secretsmanager",
    "sns",
    "sqs",
)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return build(tmp_path_factory.mktemp("artifact"))


def _run(code: str, *arguments: str, path: list[Path], variables: dict[str, str]) -> str:
    """Only the artifact and the standard library: no site packages, not the current folder."""
    finished = subprocess.run(  # noqa: S603 (our own interpreter and code)
        [sys.executable, "-P", "-S", "-c", code, *arguments],
        env=variables | {"PYTHONPATH": ":".join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
    )
    return finished.stderr if finished.returncode else ""


def _variables(name: str) -> dict[str, str]:
    read = {variable.upper(): "x" for variable in BY_FUNCTION[name].__struct_fields__}
    return read | {
        "MODE": "observe",
        "AWS_REGION": "eu-west-1",
        "POWERTOOLS_SERVICE_NAME": "streamwarden",
        "POWERTOOLS_METRICS_NAMESPACE": "Streamwarden",
    }


@pytest.mark.parametrize("name", sorted(BY_FUNCTION))
def test_handler_imports_from_the_artifact_alone(built: Build, name: str) -> None:
    path = [
        built.directory / f"{name}Function",
        built.directory / "StreamwardenLayer" / "python",
    ]

    assert _run(IMPORT_HANDLER, path=path, variables=_variables(name)) == ""


@pytest.mark.parametrize("service", SERVICES)
def test_layer_describes_every_service_the_functions_call(built: Build, service: str) -> None:
    path = [built.directory / "StreamwardenLayer" / "python"]

    assert _run(MODELLED, service, path=path, variables={}) == ""


def test_layer_knows_time_zones_where_the_machine_does_not(built: Build) -> None:
    path, no_zones = [built.directory / "StreamwardenLayer" / "python"], {"PYTHONTZPATH": ""}

    assert _run(ZONE, path=path, variables=no_zones) == ""
    assert "ZoneInfoNotFoundError" in _run(ZONE, path=[], variables=no_zones)


def test_policy_layer_holds_the_compiled_policy(built: Build) -> None:
    assert yaml.safe_load(built.compiled_policy.read_text())


def test_layer_carries_nothing_but_what_lambda_runs(built: Build) -> None:
    layer = built.directory / "StreamwardenLayer" / "python"

    names = {each.name for each in layer.iterdir()}
    assert {"streamwarden", "botocore", "aws_lambda_powertools"} <= names
    assert not {"boto3", "streamwarden_cli", "ivs_simulator", "pytest", "bin", "yaml"} & names


def test_unchanged_build_is_reused(built: Build) -> None:
    again = build(built.directory.parent)

    assert again == Build(built.directory, reused=True)
