"""What a newcomer reads and a robot runs names what there is."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[3]
LAYER: Final = Path("layers/streamwarden/streamwarden")
CONTRIBUTING: Final = (ROOT / "CONTRIBUTING.md").read_text()
SECURITY: Final = (ROOT / "SECURITY.md").read_text()
MAKEFILE: Final = (ROOT / "Makefile").read_text()

_PROMISED: Final = re.findall(r"`(tests/\S+\.py)::(\w+)`", SECURITY)
_HASH: Final = re.compile(r"uses: \S+@[0-9a-f]{40}  # v\d+\.\d+\.\d+")
# What `make rule-kind` would write is not there.
_EXAMPLE: Final = "tag_spelling"


def document(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text())


@pytest.mark.parametrize(("file", "test"), _PROMISED)
def test_what_is_promised_is_tested(file: str, test: str) -> None:
    module = import_module(file.removesuffix(".py").replace("/", "."))

    assert callable(getattr(module, test, None))


def test_every_promise_names_a_test() -> None:
    table = SECURITY.partition("| promise | shown by |\n")[2].partition("\n\n")[0]
    promises = table.splitlines()[1:]

    assert len(promises) > 5
    assert all("::test_" in each for each in promises)


def test_every_target_that_is_named_exists() -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", CONTRIBUTING, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))

    assert {"install", "test", "rule-kind"} <= named
    assert named <= targets


def test_every_test_and_page_that_is_named_exists() -> None:
    named = re.findall(r"`((?:testbed|tests|docs|policies|requirements)/[\w./-]*)", CONTRIBUTING)
    there = [each for each in named if _EXAMPLE not in each]

    assert there
    assert [each for each in there if not (ROOT / each).exists()] == []


def test_every_module_of_the_layer_that_is_named_exists() -> None:
    named = re.findall(r"`((?:domain|services|adapters)/[\w/]+\.py)`", CONTRIBUTING)

    assert named
    assert [each for each in named if not (ROOT / LAYER / each).exists()] == []


@pytest.mark.parametrize("workflow", sorted((ROOT / ".github/workflows").iterdir()))
def test_workflows_may_little_and_pin_what_they_use(workflow: Path) -> None:
    text = workflow.read_text()

    assert document(f".github/workflows/{workflow.name}")["permissions"] == {}
    assert len(_HASH.findall(text)) == text.count("uses:")


def test_ci_runs_what_a_developer_runs() -> None:
    steps = document(".github/workflows/test.yml")["jobs"]["test"]["steps"]

    assert [each["run"] for each in steps if "run" in each] == [".ci/run"]


def test_the_hook_checks_policies_and_not_the_cases_beside_them() -> None:
    (hook,) = document(".pre-commit-hooks.yaml")

    def is_checked(name: str) -> bool:
        return bool(re.search(hook["files"], name)) and not re.search(hook["exclude"], name)

    assert hook["entry"] == "streamwarden policy check"
    assert is_checked("policies/mine.yaml")
    assert is_checked("media/policies/mine.yml")
    assert not is_checked("policies/mine.tests.yaml")
    assert not is_checked("deployment.yaml")


def test_hooks_run_in_the_environment_of_the_project() -> None:
    (here,) = document(".pre-commit-config.yaml")["repos"]

    assert here["repo"] == "local"
    assert all(each["entry"].startswith(".venv/bin/") for each in here["hooks"])


def test_dependabot_looks_where_requirements_are() -> None:
    found = document(".github/dependabot.yml")["updates"]
    updates = {each["package-ecosystem"]: each for each in found}

    assert all((ROOT / each.lstrip("/")).is_dir() for each in updates["pip"]["directories"])
    packages = {each.parent for each in (ROOT / "tests").rglob("package.json")}
    assert {ROOT / each.lstrip("/") for each in updates["npm"]["directories"]} == packages


def test_the_changelog_keeps_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    headings = re.findall(r"^##+ (.+)$", text, re.MULTILINE)

    assert text.startswith("# Changelog\n")
    assert headings[0] == "[Unreleased]"
    allowed = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    versions = [each for each in headings if re.fullmatch(r"\[.+?\](?: - \d{4}-\d\d-\d\d)?", each)]
    assert set(headings) - set(versions) <= allowed


def test_the_readme_leads_to_every_page_for_newcomers() -> None:
    readme = (ROOT / "README.md").read_text()

    pages = ["CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md", "docs/glossary.md"]
    assert [each for each in [*pages, "docs/decisions/"] if f"`{each}`" not in readme] == []


def test_the_hook_of_the_readme_is_one_that_is_offered() -> None:
    readme = (ROOT / "README.md").read_text()
    (example,) = re.findall(r"```yaml\n(repos:.*?)```", readme, flags=re.DOTALL)
    offered = {each["id"] for each in document(".pre-commit-hooks.yaml")}

    assert {
        hook["id"] for each in yaml.safe_load(example)["repos"] for hook in each["hooks"]
    } <= offered
