"""A rule or a kind is said in words; what there is not is corrected."""

from pathlib import Path

import pytest

from tests.unit.cli.policy.conftest import Run
from tests.unit.cli.policy.documents import actions_of

POLICY = """\
version: 1
rules:
  # Somebody pays for this by the hour,
  # and that is us.
  - id: no-marathons
    kind: max_duration
    mode: enforce
    severity: high
    match: {tags: {tier: [free, trial]}, name: "arena-*"}
    when: "channel.type == 'BASIC'"
    unless: channel.tags.event
    params: {limit: 4h}
    steps:
      - {after: 0s, do: [warn: {text: The end is near}]}
      - {after: 10m, do: [notify]}
      - {after: 30m, do: [stop, tag: {set: {long: "yes"}}]}
  - id: starvation
    kind: starvation
    mode: notify
    params: {limit: 1m}
    actions: [stop]
  - id: seen
    kind: insecure_ingest
  - id: told-twice
    kind: takeover
    mode: notify
    match: {tags: {encoder: "*"}}
    steps:
      - {after: 10m, do: [notify]}
      - {after: 20m, do: [stop]}
  - id: errors
    kind: event_alert
    mode: notify
    params: {detail_type: "IVS *"}
    actions: [notify]
  - id: later
    kind: takeover
    steps: [{after: 10m, do: [stop]}]
"""
CASES = """\
scenarios:
  - name: too long
    channels: {name: arena-one, type: BASIC, tags: {tier: free}}
    steps: [{at: 12:00, do: go-live, bitrate: 2M}]
    until: 16:10
    expect: {no-marathons: breach}
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(POLICY)
    return file


def section(text: str, title: str) -> str:
    return text.partition(f"\n\n{title}\n")[2].partition("\n\n")[0]


def test_a_rule_in_words(policy: Run, mine: Path) -> None:
    page = policy("explain", "no-marathons", "--policy", mine)

    assert (page.code, page.err) == (0, "")
    assert page.out.startswith(f"no-marathons (max_duration, {mine}:5)\n")
    assert section(page.out, "Why") == "  Somebody pays for this by the hour, and that is us."
    assert section(page.out, "What it demands").startswith("  A live stream may last at most")
    assert section(page.out, "With").splitlines()[0] == "  - limit: 4h"
    assert " ".join(section(page.out, "About").split()) == (
        "- every channel where the tag 'tier' is 'free' or 'trial', the name is 'arena-*' and "
        "`channel.type == 'BASIC'` holds - exempt where `channel.tags.event` holds"
    )
    assert section(page.out, "How far") == "  enforce: also does what the rule's actions say"
    assert section(page.out, "What it does").splitlines() == [
        "  - at once: warn (The end is near)",
        "  - after 10m of breach: tells people again",
        "  - after 30m of breach: stop, then tag (long: yes)",
    ]
    assert section(page.out, "Severity").startswith("  high: ")
    assert "`Stream Start`" in section(page.out, "Data")
    assert section(page.out, "Costs").strip() == "No IVS call."
    assert "A breach would say" not in page.out


def test_what_a_breach_would_say_is_found_in_the_cases(policy: Run, mine: Path) -> None:
    mine.with_name("mine.tests.yaml").write_text(CASES)

    page = policy("explain", "no-marathons", "--policy", mine)

    assert section(page.out, "A breach would say") == '  "on the air for 4h, which is the limit"\n'


def test_cases_that_are_wrong_explain_nothing(policy: Run, mine: Path) -> None:
    mine.with_name("mine.tests.yaml").write_text("scenarios: [")

    page = policy("explain", "no-marathons", "--policy", mine)

    assert page.code == 0
    assert "A breach would say" not in page.out


def test_what_a_mode_leaves_undone_is_said(policy: Run, mine: Path) -> None:
    notified = policy("explain", "starvation", "--policy", mine)
    seen = policy("explain", "seen", "--policy", mine)

    assert section(notified.out, "What it does").splitlines() == [
        "  - at once: tells people; with mode enforce: stop",
    ]
    assert section(seen.out, "What it does") == "  - nothing"
    assert section(seen.out, "About") == "  - every channel"


def test_steps_of_which_people_are_only_told(policy: Run, mine: Path) -> None:
    page = policy("explain", "told-twice", "--policy", mine)
    later = policy("explain", "later", "--policy", mine)

    assert section(page.out, "About") == "  - every channel where there is a tag 'encoder'"
    assert section(page.out, "What it does").splitlines() == [
        "  - at once: tells people",
        "  - after 10m of breach: tells people again",
        "  - after 20m of breach: tells people again; with mode enforce: stop",
    ]
    assert section(later.out, "What it does").splitlines() == [
        "  - nothing while its mode is observe",
        "  - with mode enforce, after 10m of breach: stop",
    ]


def test_a_rule_about_any_resource_names_none(policy: Run, mine: Path) -> None:
    page = policy("explain", "errors", "--policy", mine)

    assert section(page.out, "About") == "  - whatever an event is about"


def test_a_rule_with_the_name_of_a_kind_is_explained_as_both(policy: Run, mine: Path) -> None:
    page = policy("explain", "starvation", "--policy", mine)

    assert page.out.startswith(f"starvation (starvation, {mine}:17)\n")
    assert "\n\n\nstarvation (a rule kind about live sessions)\n" in page.out


def test_a_kind_in_words(policy: Run) -> None:
    page = policy("explain", "takeover")

    assert (page.code, page.err) == (0, "")
    assert page.out.startswith("takeover (a rule kind about live sessions)\n")
    assert section(page.out, "Parameters").startswith("  - attempts: true or false, default true. ")
    assert [
        line.split(":")[0] for line in section(page.out, "Actions").splitlines() if "- " in line
    ] == [f"  - {word}" for word in (*actions_of("takeover"), "notify")]
    assert section(page.out, "Data") == "  `Stream Takeover` and `Stream Takeover Failure` events."
    assert "    kind: takeover" in section(page.out, "Example (policies/default.yaml)")


def test_a_rule_of_the_default_policy_needs_no_file(policy: Run) -> None:
    page = policy("explain", "no-marathons")

    assert page.code == 0
    assert "policies/default.yaml:" in page.out.splitlines()[0]
    assert '"on the air for 12h, which is the limit"' in page.out


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("no-maratons", "; did you mean 'no-marathons'?"),
        ("max-duration", "; did you mean 'max_duration'?"),
        ("max_viewers", "; did you mean 'viewer_ceiling'?"),
        ("xyz", ""),
    ],
)
def test_what_there_is_not(name: str, hint: str, policy: Run, mine: Path) -> None:
    page = policy("explain", name, "--policy", mine)

    assert (page.code, page.out) == (1, "")
    assert page.err == f"no rule of {mine} and no kind is called {name!r}{hint}\n"


def test_a_policy_that_is_wrong_explains_nothing(policy: Run, tmp_path: Path) -> None:
    page = policy("explain", "a", "--policy", tmp_path / "none.yaml")

    assert page.code == 1
    assert page.err.startswith(f"{tmp_path / 'none.yaml'}:1:1: the file cannot be read")
