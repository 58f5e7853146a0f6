"""What is wrong with rules about the account or about events is said, and where."""

import pytest

from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.policy.compilation import compile_policy

RULE = """\
version: 1
rules:
  - id: a
    kind: {kind}
    mode: {mode}
    params: {params}
"""


def errors_of(kind: str, params: str, mode: str = "notify", more: str = "") -> list[str]:
    text = RULE.format(kind=kind, mode=mode, params=params) + more
    with pytest.raises(DocumentErrors) as caught:
        compile_policy(text, "x.yaml")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("account_limit", "{}"),
        ("quota_headroom", "{}"),
        ("event_alert", "{detail_type: a}"),
    ],
)
def test_what_only_tells_cannot_be_enforced(kind: str, params: str) -> None:
    assert errors_of(kind, params, "enforce") == [
        f"x.yaml:5:11: rules[0].mode: {kind} only tells, so there is nothing to enforce; use notify"
    ]


@pytest.mark.parametrize(
    ("kind", "params", "action", "reason"),
    [
        ("account_limit", "{}", "stop", "it is not about a stream that is on the air"),
        ("quota_headroom", "{}", "tag: {set: {a: b}}", "it is about nothing that could be tagged"),
        ("event_alert", "{detail_type: a}", "warn", "it does not know what events mean"),
    ],
)
def test_its_actions_are_refused(kind: str, params: str, action: str, reason: str) -> None:
    (error,) = errors_of(kind, params, more=f"    actions: [{action}]\n")

    name = action.partition(":")[0]
    assert error.endswith(f"{kind} cannot {name}: {reason} (expected notify)")


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("detail.reason ==", "not a JMESPath expression: it ends too early"),
        ("detial.reason", "nothing is called 'detial'; did you mean 'detail'?"),
        ("channel.name", "nothing is called 'channel'"),
        ("starts_with(detail.reason)", "the function 'starts_with' takes 2 arguments, found 1"),
    ],
)
def test_a_condition_on_an_event_is_checked(where: str, message: str) -> None:
    (error,) = errors_of("event_alert", f'{{detail_type: "IVS *", where: "{where}"}}')

    assert error.startswith(f"x.yaml:6:43: rules[0].params.where: {message}")


@pytest.mark.parametrize(
    ("kind", "params", "place", "message"),
    [
        ("event_alert", "{}", "params.detail_type", "missing (expected text or a list of texts)"),
        (
            "event_alert",
            "{detail_type: a, on: [stages]}",
            "params.on[0]",
            "expected channel, stream_key, playback_key_pair, recording_configuration, "
            "playback_restriction_policy, ad_configuration, failover_slate_configuration, stage, "
            "composition, encoder_configuration, ingest_configuration, public_key, "
            "storage_configuration, account or other, found 'stages'",
        ),
        (
            "quota_headroom",
            "{at: 80%}",
            "params.at",
            "expected a number, found '80%'; write 0.8",
        ),
        (
            "account_limit",
            "{limits: [Concurrent Streams]}",
            "params.limits[0]",
            "expected Concurrent Broadcasts or Concurrent Viewers, found 'Concurrent Streams'",
        ),
    ],
)
def test_each_parameter_is_checked(kind: str, params: str, place: str, message: str) -> None:
    (error,) = errors_of(kind, params)

    assert error.partition(" rules[0].")[2] == f"{place}: {message}"


def test_a_quota_that_there_is_not_is_refused() -> None:
    (error,) = errors_of("quota_headroom", "{quotas: {streams: 5}}")

    assert "rules[0].params.quotas.streams" in error
    assert "concurrent_streams" in error
