"""A rule turned from enforce to observe takes effect with the deployment: it records, no more."""

from datetime import timedelta
from pathlib import Path

from tests.stack.account import IN_ORDER, Account, eventually, now
from tests.stack.conftest import POLICY, Redeploy


def test_a_rule_turned_to_observe_leaves_the_stream_on_the_air_and_records_the_breach(
    account: Account, policy_deployed: Redeploy, tmp_path: Path
) -> None:
    observing = tmp_path / "observing.yaml"
    observing.write_text(POLICY.read_text().replace("mode: enforce", "mode: observe"))
    policy_deployed(observing)

    channel = account.channel("spared", tags={**IN_ORDER, "show": "short"})
    account.control.go_live(channel, started_at=now() - timedelta(hours=1))

    breach = eventually(lambda: account.breaches(channel).get("short-shows"))
    account.settle()
    assert breach["mode"] == "observe"
    assert account.live_stream(channel) is not None
    assert account.calls_on(channel) == []
    assert account.told(channel, "short-shows") == []
