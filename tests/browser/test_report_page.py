"""The page of a report in Chromium, on a phone and on a desk, in light and in dark, and on paper.

`make browser` installs the browser. Where it is not there, these tests fail. The pictures are left
in `.tools/browser/pictures`, for people to look at.
"""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from streamwarden_cli.report.page import render_page
from testbed.builders import at
from tests.unit.cli.report.documents import Document
from tests.unit.cli.report.stacks import busy_stack, hostile_stack

_TOOLS: Final = Path(__file__).parents[2] / ".tools"
_BROWSER: Final = _TOOLS / "browser"
_NODE: Final = _TOOLS / "javascript" / "bin" / "node"
_STACKS: Final = {"busy": busy_stack, "hostile": hostile_stack}
_PHONE: Final = 390
_DESKTOP: Final = 1280
_SCREENS: Final = [(width, scheme) for width in (_PHONE, _DESKTOP) for scheme in ("light", "dark")]


@dataclass(frozen=True)
class Seen:
    """A page, and what the browser found of it."""

    file: Path
    document: Document
    screens: dict[tuple[int, str], dict[str, Any]]
    printed: dict[str, Any]


@pytest.fixture(scope="module", params=_STACKS)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    assert (_BROWSER / "installed").exists(), "no browser is installed: run `make browser`"
    folder = tmp_path_factory.mktemp(request.param)
    file = folder / "report.html"
    page = render_page(_STACKS[request.param]().report(at(5)))
    file.write_text(page)
    pictures = _BROWSER / "pictures" / request.param
    pictures.mkdir(parents=True, exist_ok=True)
    found = json.loads(_examined(folder, file, pictures))
    return Seen(
        file=file,
        document=Document(page),
        screens={(each["width"], each["scheme"]): each for each in found["screens"]},
        printed=found["printed"],
    )


def _examined(folder: Path, file: Path, pictures: Path) -> str:
    """Modules are found beside the script. The package looks for its browser in TMPDIR."""
    script = folder / "examine.mjs"
    script.write_text((Path(__file__).parent / script.name).read_text())
    (folder / "node_modules").symlink_to(_BROWSER / "node_modules")
    unpacked = {
        "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x",
        "TMPDIR": str(_BROWSER / "unpacked"),
    }
    ran = subprocess.run(  # noqa: S603  # our own script
        [_NODE, script, file, pictures],
        env=os.environ | unpacked, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(params=_SCREENS, ids=lambda screen: f"{screen[0]} {screen[1]}")
def screen(seen: Seen, request: pytest.FixtureRequest) -> dict[str, Any]:
    return seen.screens[request.param]


def test_nothing_is_wider_than_the_screen(screen: dict[str, Any]) -> None:
    assert screen["beyond"] == []
    assert screen["scroll_width"] <= screen["width"]


def test_the_browser_requests_nothing_and_complains_of_nothing(
    seen: Seen, screen: dict[str, Any]
) -> None:
    assert screen["requests"] == [seen.file.as_uri()]
    assert screen["errors"] == []


def test_axe_finds_no_violation(screen: dict[str, Any]) -> None:
    assert screen["violations"] == []


def test_the_keyboard_reaches_everything_in_the_order_of_the_page(
    seen: Seen, screen: dict[str, Any]
) -> None:
    reached = [each["text"] for each in screen["focus"]]

    assert reached[0] == "Skip to the report"
    assert reached == [" ".join(each.text.split()) for each in seen.document.every("a", "summary")]


def test_what_has_the_focus_is_seen_and_outlined(screen: dict[str, Any]) -> None:
    assert [each["text"] for each in screen["focus"] if not each["is_outlined"]] == []
    assert [each["text"] for each in screen["focus"] if not each["is_in_sight"]] == []


@pytest.mark.parametrize("width", [_PHONE, _DESKTOP])
def test_the_page_is_dark_where_people_want_it_dark(seen: Seen, width: int) -> None:
    light, dark = (seen.screens[width, scheme]["background"] for scheme in ("light", "dark"))

    assert light == "rgb(255, 255, 255)"
    assert dark == "rgb(17, 22, 28)"


def test_on_paper_the_page_is_light_and_has_all_of_its_time_lines(seen: Seen) -> None:
    assert seen.printed == {
        "scroll_width": 704,
        "background": "rgb(255, 255, 255)",
        "is_way_around_shown": False,
        "hidden_steps": 0,
    }
