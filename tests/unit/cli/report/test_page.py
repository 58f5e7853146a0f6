"""The page is one file that loads nothing, harms nobody, and can be read in every way."""

import re
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise
from typing import Final

import pytest

from streamwarden.domain.commands import QuarantineChannel
from streamwarden_cli.report.model import Report
from streamwarden_cli.report.page import MOST_ROWS, MOST_TIME_LINES, render_page
from testbed.builders import at
from testbed.key_wrappings import FEW_WRAPPINGS, KEY, Wrapping, holds_secret
from tests.unit.cli.report.documents import Document
from tests.unit.cli.report.stacks import (
    ANN,
    HOSTILE,
    RUNBOOK,
    ReportedStack,
    busy_stack,
    hostile_stack,
    large_stack,
)

_LOADING: Final = ("src", "srcset", "href", "data", "action", "poster", "background")
_BYTES: Final = 1_000_000


@pytest.fixture(scope="module")
def busy() -> Document:
    return Document(render_page(busy_stack().report(at(5))))


@pytest.fixture(scope="module")
def hostile() -> str:
    return render_page(hostile_stack().report(at(5)))


@pytest.fixture(scope="module")
def large() -> Report:
    return large_stack(channels=300).report(at(5))


def addresses(document: Document) -> set[str]:
    return {
        value
        for element in document.elements
        for name, value in element.attributes.items()
        if name in _LOADING and not value.startswith("#")
    }


def test_the_page_names_no_address_but_runbooks(busy: Document) -> None:
    assert addresses(busy) == {RUNBOOK, "data:,"}


def test_the_page_loads_nothing_and_runs_nothing(busy: Document) -> None:
    assert not busy.every("script", "img", "iframe", "object", "embed", "form", "base")
    (style,) = busy.every("style")
    assert "url(" not in style.text
    assert "@import" not in style.text
    handlers = [
        name
        for element in busy.elements
        for name in element.attributes
        if name == "style" or name.startswith("on")
    ]
    assert handlers == []


def test_its_policy_lets_in_its_own_style_sheet_alone(busy: Document) -> None:
    (policy,) = [
        each.attributes["content"] for each in busy.every("meta") if "http-equiv" in each.attributes
    ]
    (style,) = busy.every("style")
    digest = b64encode(sha256(style.text.encode()).digest()).decode()

    assert policy.startswith("default-src 'none'")
    assert f"style-src 'sha256-{digest}';" in policy


def test_landmarks_headings_and_the_way_past_them_are_there(busy: Document) -> None:
    for landmark in ("header", "nav", "main", "footer"):
        assert len(busy.every(landmark)) == 1
    levels = [int(each.tag[1]) for each in busy.every("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    first, *_ = busy.every("a")
    assert first.attributes["href"] == f"#{busy.every('main')[0].attributes['id']}"


def test_every_link_within_the_page_leads_somewhere_and_ids_are_unique(busy: Document) -> None:
    ids = [each.attributes["id"] for each in busy.elements if "id" in each.attributes]
    led = {
        each.attributes["href"][1:] for each in busy.every("a") if "#" in each.attributes["href"]
    }

    assert len(ids) == len(set(ids))
    assert led <= set(ids)


def test_every_table_has_a_caption_and_says_what_its_headings_are_of(busy: Document) -> None:
    tables = busy.every("table")
    captions = [each.text for each in busy.every("caption")]

    assert len(tables) == len(captions) > 8
    assert all(captions)
    assert {each.attributes.get("scope") for each in busy.every("th")} == {"col", "row"}


def test_every_picture_says_in_words_what_it_shows(busy: Document) -> None:
    pictures = busy.every("svg")

    assert pictures
    assert all(each.attributes["role"] == "img" for each in pictures)
    assert all(each.attributes["aria-label"] for each in pictures)


def test_every_moment_is_one_for_programs_as_well(busy: Document) -> None:
    moments = [each.attributes["datetime"] for each in busy.every("time")]

    assert moments
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", each) for each in moments)


def test_what_is_empty_says_what_that_means() -> None:
    page = Document(render_page(ReportedStack().report(at())))

    texts = [each.text for each in page.every("p") if each.attributes.get("class") == "empty"]
    assert "Nothing is open." in texts
    assert all(texts)


def test_hostile_texts_are_texts(hostile: str) -> None:
    document = Document(hostile)

    assert not document.every("script", "img")
    assert addresses(document) == {"data:,"}
    shown = [each.text for each in document.every("bdi")]
    for text in HOSTILE[:3]:
        assert text in shown
    assert [each for each in "\u202e\u2066" if each in hostile] == []
    assert "studio \\u202etxt.exe\\u2066" in shown


@pytest.mark.parametrize("wrap", FEW_WRAPPINGS.values(), ids=list(FEW_WRAPPINGS))
def test_no_key_that_somebody_wrote_down_gets_into_the_page(wrap: Wrapping) -> None:
    stack = ReportedStack()
    text = wrap(KEY)[:256]
    arn = stack.list("studio", note=text)
    stack.observe(QuarantineChannel(resource_arn=arn, time=at(), author=ANN, reason=text))

    assert not holds_secret(render_page(stack.report(at(1))))


def test_a_table_that_is_cut_says_how_much_it_has(large: Report) -> None:
    page = render_page(large)
    document = Document(page)

    rows = [each for each in document.every("tr") if "tbody" in each.inside]
    assert len(rows) < MOST_ROWS * len(document.every("table"))
    assert page.count(f"{MOST_ROWS} of 300 rows are shown.") == 3
    assert f"{MOST_TIME_LINES} of 300 time lines are shown." in page
    assert len(document.every("details")) == MOST_TIME_LINES
    assert len(page.encode()) < _BYTES


def test_the_same_report_is_the_same_page() -> None:
    first, second = (render_page(busy_stack().report(at(5))) for _ in range(2))

    assert first == second
