"""A fleet is exported with what the real handlers remember, and a comparison counts with it."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from streamwarden.domain.arn import account_arn
from streamwarden.domain.commands import (
    AnyCommand,
    ExemptChannel,
    LimitMode,
    ProtectChannel,
    QuarantineChannel,
    envelope_of_command,
)
from streamwarden.domain.levels import Mode
from streamwarden.domain.state.controls import Sender
from streamwarden_cli.fleet.export import export, rendered
from streamwarden_cli.main import main
from streamwarden_cli.operate.reading import StackRecords
from tests.integration.conftest import Deploy
from tests.integration.deployed_stack import deployed
from tests.integration.driver import ACCOUNT, REGION, Stack, arn_of

_BUDGET: Final = """
  - id: hours
    kind: broadcast_budget
    mode: enforce
    params: {{limit: {hours}, period: week{sharing}}}
    actions: [stop]
"""
ACME: Final = {"client": "acme"}

type Diff = Callable[..., dict[str, Any]]


def policy(hours: str, sharing: str = "") -> str:
    return "version: 1\nrules:" + _BUDGET.format(hours=hours, sharing=sharing)


@pytest.fixture
def stack(deploy: Deploy) -> Stack:
    return deploy(policy=policy("100h"))


@pytest.fixture
def diff(
    stack: Stack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Diff:
    """What another policy would do within half an hour, over what is exported now."""
    found = deployed(stack, monkeypatch)

    def run(new: str, *, with_records: bool = True) -> dict[str, Any]:
        records = StackRecords(found) if with_records else None
        exported = rendered(export(stack.client("ivs"), stack.now, stack=records))
        files = {"old": policy("100h"), "new": new, "fleet": exported}
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text)
        old, other, fleet = (str(tmp_path / f"{name}.yaml") for name in files)
        assert (
            main(["policy", "diff", old, other, "--fleet", fleet, "--until", "30m", "--json"]) == 0
        )
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    return run


def broadcast(stack: Stack, name: str, hours: float) -> None:
    """A show that is over."""
    live = stack.go_live(stack.channel(name, tags=ACME))
    stack.observe_events()
    stack.later(hours=hours)
    live.leave()
    stack.observe_events()


def go_live(stack: Stack, *names: str) -> None:
    for name in names:
        known = [each.arn for each in stack.world.account_region(ACCOUNT, REGION).channels.values()]
        arn = arn_of(name)
        stack.go_live(arn if arn in known else stack.channel(name, tags=ACME))
    stack.observe_events()
    stack.later(minutes=5)
    stack.sweep()
    stack.pump("StreamEvents")


def carry_out(stack: Stack) -> None:
    for _ in range(3):
        assert stack.pump("Enforce") == stack.pump("StreamEvents") == []
        stack.observe_events()


def command(stack: Stack, kind: type[AnyCommand], arn: str, **members: Any) -> None:
    given = kind(
        resource_arn=arn,
        time=stack.now,
        author=Sender(id=""),
        reason="the finals",
        **members,
    )
    assert stack.deliver("OperatorCommands", envelope_of_command(given)) == []


def test_a_budget_that_is_nearly_used_up_is_the_blast_radius_and_no_other_is(
    stack: Stack, diff: Diff
) -> None:
    broadcast(stack, "busy", 5.75)
    go_live(stack, "busy", "idle")

    found, without = diff(policy("6h")), diff(policy("6h"), with_records=False)

    assert (found["newly_acted_on"], found["understated"]) == ([arn_of("busy")], {})
    assert (without["newly_acted_on"], [*without["understated"]]) == ([], ["hours"])


def test_a_budget_that_a_client_shares_counts_what_went_off_the_air(
    stack: Stack, diff: Diff
) -> None:
    for name in ("one", "two"):
        broadcast(stack, name, 3)
    go_live(stack, "three")

    found = diff(policy("6h", ", tag: client"))

    assert found["newly_acted_on"] == [arn_of("three")]


def test_an_exemption_and_a_protection_are_respected_and_a_quarantine_is_kept(
    stack: Stack, diff: Diff
) -> None:
    for name in ("spared", "guarded", "banned", "other"):
        broadcast(stack, name, 6)
    until = stack.now + timedelta(hours=6)
    command(stack, ExemptChannel, arn_of("spared"), rule_id="hours", until=until)
    command(stack, ProtectChannel, arn_of("guarded"), until=None)
    go_live(stack, "spared", "guarded", "other", "banned")
    command(stack, QuarantineChannel, arn_of("banned"), until=until)
    carry_out(stack)

    found = diff(policy("6h"))

    assert found["newly_acted_on"] == [arn_of("other")]
    exempt = {each["resource_arn"]: each["after"] for each in found["verdicts"]}
    assert exempt[arn_of("guarded")] == "breach"
    assert arn_of("spared") not in exempt


def test_a_rule_that_an_operator_has_turned_down_acts_no_more(stack: Stack, diff: Diff) -> None:
    broadcast(stack, "busy", 6)
    go_live(stack, "busy")
    account = account_arn(ACCOUNT, REGION)
    command(stack, LimitMode, account, rule_id="hours", mode=Mode.NOTIFY)

    found = diff(policy("6h"))

    assert found["newly_acted_on"] == []
    assert [each["after"] for each in found["verdicts"]] == ["breach"]
