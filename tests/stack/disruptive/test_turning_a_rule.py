"""A changed policy takes effect with the deployment, and with the next sweep on what is known."""

from datetime import timedelta
from pathlib import Path

from tests.stack.account import IN_ORDER, Account, eventually, now
from tests.stack.conftest import POLICY, Redeploy


def test_a_rule_turned_to_observe_leaves_the_stream_on_the_air_and_records_the_breach(
    account: Account, build_and_deploy: Redeploy, tmp_path: Path
) -> None:
    observing = tmp_path / "observing.yaml"
    observing.write_text(POLICY.read_text().replace("mode: enforce", "mode: observe"))
    build_and_deploy(observing)

    channel = account.channel("spared", tags={**IN_ORDER, "show": "short"})
    account.control.go_live(channel, started_at=now() - timedelta(hours=1))

    breach = eventually(lambda: account.breaches(channel).get("short-shows"))
    account.settle()
    assert breach["mode"] == "observe"
    assert account.live_stream(channel) is not None
    assert account.calls_on(channel) == []
    assert account.notifications(channel, "short-shows") == []


# What is added to the policy of these tests: a rule that observes, then the same rule that
# enforces, and a rule that is new.
OBSERVING = """
  - id: free-shows
    kind: max_duration
    mode: observe
    match: {tags: {show: free}}
    params: {limit: 15s}
    actions: [stop]
"""
ENFORCING = f"""
{OBSERVING.replace("mode: observe", "mode: enforce")}
  - id: market-shows
    kind: max_duration
    mode: enforce
    match: {{tags: {{show: market}}}}
    params: {{limit: 15s}}
    actions: [stop]
"""
TLS_ONLY = """  - id: tls-only
    kind: insecure_ingest
    mode: notify
"""


def test_a_new_policy_reaches_what_is_known_with_the_next_sweep_and_no_event(
    account: Account, set_policy: Redeploy, tmp_path: Path
) -> None:
    policy, text = tmp_path / "policy.yaml", POLICY.read_text()
    assert TLS_ONLY in text
    policy.write_text(text + OBSERVING)
    set_policy(policy)
    hour_ago = now() - timedelta(hours=1)
    free = account.channel("free", tags={**IN_ORDER, "show": "free"})
    market = account.channel("market", tags={**IN_ORDER, "show": "market"})
    insecure = account.channel("insecure", insecureIngest=True)
    for channel in (free, market):
        account.control.go_live(channel, started_at=hour_ago)
    account.sweep()
    eventually(lambda: "free-shows" in account.breaches(free))
    eventually(lambda: account.is_recorded_live(market))
    eventually(lambda: account.statuses(insecure, "tls-only") == ["opened"])
    account.settle()
    assert account.sweep()["outdated"] == 0

    policy.write_text(text.replace(TLS_ONLY, "") + ENFORCING)
    set_policy(policy)
    account.settle()
    assert None not in (account.live_stream(free), account.live_stream(market))
    report = account.sweep()

    eventually(lambda: account.live_stream(free) is None)
    eventually(lambda: account.live_stream(market) is None)
    eventually(lambda: account.statuses(insecure, "tls-only") == ["opened", "resolved"])
    for channel in (free, market):
        *looks, last = account.calls_on(channel)[-3:]
        assert (sorted(looks), last) == (["GetStream", "ListTagsForResource"], "StopStream")
    assert report["differences"] == 0
    assert report["outdated"] == report["rechecked"] >= 3
    account.settle()
    assert account.sweep()["outdated"] == 0
