"""Nothing that the command prints holds the value of a stream key, whatever its files hold."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from streamwarden.domain.redaction import REDACTED
from streamwarden_cli import main as command
from streamwarden_cli.main import main
from streamwarden_cli.output import WithoutKeys, without_keys
from testbed.key_wrappings import KEY, WRAPPINGS, Wrapping, holds_secret

POLICY: Final = """
version: 1
defaults: {mode: notify}
rules:
- {id: rf, kind: recording_failed}
- {id: sf, kind: stream_failure}
- {id: t, kind: required_tags, params: {tags: {team: {values: [a]}}}}
- {id: al, kind: event_alert, params: {detail_type: "*"}}
"""
_PLACE: Final = "arn:aws:ivs:eu-west-1:123456789012"
# What looks at a policy, whose name follows.
_OF_A_POLICY: Final = (
    "policy check",
    "policy check --json",
    "policy explain t --policy",
    "policy explain t --json --policy",
)

KEYS: Final = [wrap(KEY) for wrap in WRAPPINGS.values()]

type Printed = Callable[..., str]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Printed:
    """All that the command prints with these arguments, beside the policy `k.yaml`."""
    (tmp_path / "k.yaml").write_text(POLICY)

    def run(*arguments: str | Path) -> str:
        main([str(each) for each in arguments])
        return "".join(capsys.readouterr())

    return run


@pytest.fixture(params=WRAPPINGS.values(), ids=list(WRAPPINGS))
def key(request: pytest.FixtureRequest) -> str:
    """The value, in one of its wrappings."""
    wrap: Wrapping = request.param
    return wrap(KEY)


def event(detail_type: str, detail: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "id-1",
        "detail-type": detail_type,
        "source": "aws.ivs",
        "account": "123456789012",
        "region": "eu-west-1",
        "time": "2026-01-05T09:00:00Z",
        "resources": [f"{_PLACE}:channel/A"],
        "detail": detail,
        **changes,
    }


def call(name: str, request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    detail = {
        "eventSource": "ivs.amazonaws.com",
        "eventName": name,
        "eventTime": "2026-01-05T09:00:00Z",
        "userIdentity": {"arn": "arn:aws:iam::123456789012:user/eve"},
        "requestParameters": request,
        "responseElements": answer,
    }
    return event("AWS API Call via CloudTrail", detail, resources=[])


def timeline(key: str) -> Iterator[dict[str, Any]]:
    """Every event with the key wherever it can stand, also where it makes the event no event."""
    tags = {"team": key, key: "a"}
    made = {"arn": f"{_PLACE}:stream-key/A", "channelArn": f"{_PLACE}:channel/A"}
    channel = {"arn": f"{_PLACE}:channel/A", "name": key, "tags": tags}
    yield call("CreateChannel", {"name": key}, {"channel": channel, "streamKey": made})
    yield call("TagResource", {"resourceArn": channel["arn"], "tags": tags}, {})
    of_key = {"channelArn": made["channelArn"], "tags": tags}
    yield call("CreateStreamKey", of_key, {"streamKey": {**made, "value": key}})
    stream = {"channel_name": key, "stream_id": key, "reason": key}
    for name in ("Stream Start", "Stream Failure", key):
        yield event("IVS Stream State Change", {**stream, "event_name": name})
        yield event("IVS Stream State Change", {**stream, "event_name": name}, time=key)
        yield event("IVS Stream State Change", {**stream, "event_name": name}, resources=[key])
    yield event("IVS Stream State Change", {**stream, "event_name": {key: key}, "id": key})
    yield event("IVS Recording State Change", {"recording_status": key, **stream})
    yield event(key, {"channel_name": key}, id=key)


@pytest.mark.parametrize("output", ["text", "jsonl"])
def test_replay_prints_no_key(printed: Printed, tmp_path: Path, key: str, output: str) -> None:
    lines = [json.dumps(each) for each in timeline(key)]
    (tmp_path / "k.jsonl").write_text("\n".join([*lines, f'{{"broken": {json.dumps(key)}']))

    policy = ("--policy", tmp_path / "k.yaml")
    text = printed("replay", tmp_path / "k.jsonl", *policy, "--format", output)

    assert REDACTED in text
    assert not holds_secret(text)


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_replay_of_a_fleet_prints_no_key(printed: Printed, tmp_path: Path, suffix: str) -> None:
    """A channel for each wrapping, each of which goes live."""
    names = [f"c{number}" for number in range(len(KEYS))]
    channels = [
        {"arn": f"{_PLACE}:channel/{name}", "name": name, "tags": {"team": key, key: "a"}}
        for name, key in zip(names, KEYS, strict=True)
    ]
    dump = json.dumps if suffix == "json" else yaml.safe_dump
    (tmp_path / f"fleet.{suffix}").write_text(dump({"channels": channels}))
    (tmp_path / "k.jsonl").write_text("\n".join(json.dumps(go_live(name)) for name in names))

    text = printed(
        *("replay", tmp_path / "k.jsonl", "--policy", tmp_path / "k.yaml"),
        *("--fleet", tmp_path / f"fleet.{suffix}"),
    )

    assert text.count(REDACTED) >= len(KEYS)
    assert keys_in(text) == []


def go_live(channel: str) -> dict[str, Any]:
    detail = {"event_name": "Stream Start", "channel_name": channel, "stream_id": f"st-{channel}"}
    resources = [f"{_PLACE}:channel/{channel}"]
    return event("IVS Stream State Change", detail, id=channel, resources=resources)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda key: {},
        lambda key: {"channels": {key: key}},
        lambda key: {"expect": {key: "breach"}},
        lambda key: {"until": key},
        lambda key: {"steps": [{"at": "12:00", "do": key}]},
    ],
    ids=["nothing", "channels", "expect", "until", "steps"],
)
@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_cases_print_no_key(
    printed: Printed, tmp_path: Path, wrong: Callable[[str], dict[str, Any]], options: list[str]
) -> None:
    """A scenario for each wrapping, and something of each is printed."""
    scenarios = [
        {
            "name": f"scenario {number} of {key}",
            "channels": {"name": "x", "tags": {"team": key}},
            "steps": [
                {"at": "12:00", "do": "go-live"},
                {"at": "12:01", "do": "fail", "reason": key},
            ],
            "expect": {"t": {"verdict": "compliant", "reason": key}, "sf": "compliant"},
            **wrong(key),
        }
        for number, key in enumerate(KEYS)
    ]
    (tmp_path / "k.tests.yaml").write_text(yaml.safe_dump({"scenarios": scenarios}))

    text = printed("policy", "test", tmp_path / "k.yaml", *options)

    assert text.count(REDACTED) >= len(KEYS)
    assert keys_in(text) == []


@pytest.mark.parametrize("words", _OF_A_POLICY)
@pytest.mark.parametrize(
    "wrong",
    [
        lambda key: {},
        lambda key: {"kind": key},
        lambda key: {"when": f"name == '{key}'"},
        lambda key: {key: key},
    ],
    ids=["nothing", "kind", "when", "field"],
)
def test_what_is_said_of_a_policy_holds_no_key(
    printed: Printed, tmp_path: Path, words: str, wrong: Callable[[str], dict[str, Any]]
) -> None:
    """A rule for each wrapping. Each is refused, and its place is printed."""
    policy = yaml.safe_load(POLICY)
    policy["rules"] = [
        {
            "id": f"t{number}",
            "kind": "required_tags",
            "params": {"tags": {"team": {"values": [key]}}},
            **wrong(key),
        }
        for number, key in enumerate(KEYS)
    ]
    (tmp_path / "p.yaml").write_text(yaml.safe_dump(policy))

    text = printed(*words.split(), tmp_path / "p.yaml")

    assert [number for number in range(len(KEYS)) if f"rules[{number}]" not in text] == []
    assert keys_in(text) == []


def keys_in(text: str) -> list[str]:
    """Each line that holds a key."""
    found = [line for line in text.splitlines() if holds_secret(line)]
    return found or ([text] if holds_secret(text) else [])


@pytest.mark.parametrize(
    "words",
    [["replay"], ["keys", "rotate"], ["policy", "explain"], ["policy", "check"], ["sim", "stall"]],
)
def test_what_was_typed_at_the_wrong_place_is_not_repeated(
    printed: Printed, words: list[str]
) -> None:
    assert not holds_secret(printed(*words, KEY))


@pytest.mark.parametrize("words", [[KEY], ["policy", KEY], ["replay", "x", "--until", KEY]])
def test_what_the_command_does_not_understand_is_not_repeated(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)

    text = capsys.readouterr().err
    assert REDACTED in text
    assert not holds_secret(text)


def test_an_error_that_nobody_expected_holds_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise LookupError(f"\n{KEY}")

    monkeypatch.setattr(command, "_run", fail)

    with pytest.raises(LookupError, match=REDACTED) as caught:
        main([])

    assert not holds_secret(repr(caught.value))


def test_a_key_that_is_printed_in_parts_is_taken_out(capsys: pytest.CaptureFixture[str]) -> None:
    with without_keys():
        sys.stdout.write(f"the key {KEY[:9]}")
        sys.stdout.write(f"{KEY[9:]} and more\nlast line")

    assert capsys.readouterr().out == f"the key {REDACTED} and more\nlast line"


def test_whole_lines_are_passed_on_at_once_and_the_rest_when_asked_for() -> None:
    behind = io.StringIO()
    stream = WithoutKeys(behind)

    assert stream.write("one\ntwo three") == 13
    assert behind.getvalue() == "one\n"
    stream.flush()
    assert behind.getvalue() == "one\ntwo "
    stream.finish()
    assert behind.getvalue() == "one\ntwo three"
    assert not stream.isatty()


@pytest.mark.parametrize("at", range(1, len(KEY)))
def test_a_key_that_is_passed_on_in_parts_is_taken_out(at: int) -> None:
    behind = io.StringIO()
    stream = WithoutKeys(behind)

    stream.write(f"the key {KEY[:at]}")
    stream.flush()
    assert behind.getvalue() == "the key "
    stream.write(KEY[at:])
    stream.flush()
    stream.finish()

    assert behind.getvalue() == f"the key {REDACTED}"


def test_what_is_written_as_lines_holds_no_key() -> None:
    behind = io.StringIO()
    stream = WithoutKeys(behind)

    stream.writelines(["the key ", KEY[:9], f"{KEY[9:]}\n", f"and {KEY}"])
    stream.finish()

    assert behind.getvalue() == f"the key {REDACTED}\nand {REDACTED}"
