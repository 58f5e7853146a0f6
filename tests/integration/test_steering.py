"""The commands that steer: what they send is taken in by the real handlers, and is in force."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from streamwarden.domain.arn import account_arn
from streamwarden.domain.inputs import BreakerTripped, envelope_of
from streamwarden.domain.redaction import REDACTED
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.main import main
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering import targets
from testbed.key_wrappings import KEY
from tests.integration.conftest import POLICY
from tests.integration.deployed_stack import deployed
from tests.integration.driver import ACCOUNT, REGION, Stack, arn_of
from tests.integration.messages import SENDER
from tests.integration.steering import WHY, Steer, steering, take_in

RULE: Final = "no-marathons"
KNOWN: Final = SimpleNamespace(policy=SimpleNamespace(rules=[SimpleNamespace(id=RULE)]))


@pytest.fixture
def steer(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Steer:
    return steering(stack, monkeypatch, capsys, take_in)


@pytest.fixture
def arena(stack: Stack) -> str:
    return stack.channel("arena", tags={"team": "sports"})


@pytest.mark.parametrize(
    ("words", "inbox", "text"),
    [
        (
            ["exempt", "arena", "--rule", RULE, "--until", "4h"],
            "operator",
            "rule no-marathons does not apply to arena until 2026-03-14 16:00:00 UTC (in 4h): ",
        ),
        (
            ["protect", "arena"],
            "operator",
            "arena is protected: nothing destructive is done to it: the finals (",
        ),
        (
            ["pause", "--until", "2026-03-14T18:00"],
            "operator",
            "actions are paused until 2026-03-14 18:00:00 UTC (in 6h): the finals (",
        ),
        (
            ["silence", "--rule", "no-*", "--until", "4h"],
            "operator",
            "silence ",
        ),
    ],
)
def test_an_order_takes_effect_and_says_so(
    arena: str, steer: Steer, words: list[str], inbox: str, text: str
) -> None:
    found = steer(*words)

    assert (found["outcome"], found["inbox"]) == ("in-force", inbox)
    assert found["text"].startswith(text)
    assert found["text"] == text or f"({SENDER})" in found["text"]


@pytest.mark.parametrize(
    ("first", "words", "text"),
    [
        (
            ["exempt", "arena", "--rule", RULE, "--until", "4h"],
            ["exempt", "arena", "--rule", RULE, "--end", "--yes"],
            "rule no-marathons applies to arena again",
        ),
        (
            ["protect", "arena"],
            ["unprotect", arn_of("arena"), "--yes"],
            f"{arn_of('arena')} is not protected by command; its tag may still protect it",
        ),
        (
            ["pause"],
            ["resume", "--yes"],
            "actions are carried out, and what was held is decided again",
        ),
    ],
)
def test_what_was_set_is_ended_and_once(
    stack: Stack, arena: str, steer: Steer, first: list[str], words: list[str], text: str
) -> None:
    steer(*first)
    stack.later(minutes=1)
    found = steer(*words)
    again = steer(*words, code=ExitCode.NOTHING)

    assert (found["outcome"], found["text"]) == ("in-force", text)
    assert (again["outcome"], again["order"]) == ("nothing-to-do", None)


@pytest.mark.parametrize(
    ("words", "lasts", "ends_it"),
    [
        (["pause"], "actions are paused: the finals", "resume"),
        (["protect", "arena"], "the channel is protected: the finals", "unprotect arena"),
    ],
)
def test_what_an_administrator_ends_is_not_shortened_by_an_operator(
    arena: str, steer: Steer, words: list[str], lasts: str, ends_it: str
) -> None:
    steer(*words, "--until", "1h")
    longer = steer(*words)
    shorter = steer(*words, "--until", "2h", code=ExitCode.NOTHING)

    assert longer["outcome"] == "in-force"
    assert (shorter["outcome"], shorter["order"]) == ("nothing-to-do", None)
    assert shorter["text"] == (
        f"{lasts} (user/moto ({SENDER})), without an end, which is longer; "
        f"`streamwarden {ends_it}` ends that"
    )


def test_what_is_set_on_channels_is_listed(
    stack: Stack, arena: str, steer: Steer, capsys: pytest.CaptureFixture[str]
) -> None:
    steer("protect", "arena")
    steer("exempt", "arena", "--rule", RULE, "--until", "4h")
    steer("quarantine", stack.channel("derby"), "--yes", code=ExitCode.NOT_SEEN)

    main(["status", "--json"])
    found = json.loads(capsys.readouterr().out)["brakes"]["on_channels"]
    main(["channel", "arena", "--json"])
    of_arena = json.loads(capsys.readouterr().out)["controls"]

    assert [(each["kind"], each["name"]) for each in found] == [
        ("exemption", "arena"),
        ("protection", "arena"),
        ("quarantine", "derby"),
    ]
    assert [each["kind"] for each in of_arena] == ["protection", "exemption"]


@pytest.mark.parametrize(
    ("words", "held_by", "passes"),
    [
        (["--rule", RULE, "--number", "7"], f"the breaker of rule {RULE} holds", "7 actions pass"),
        (["--rule", RULE, "--number", "1"], f"the breaker of rule {RULE} holds", "1 action passes"),
        ([], "breakers hold", "all passes"),
    ],
)
def test_a_breaker_is_released_that_has_tripped(
    stack: Stack, arena: str, steer: Steer, words: list[str], held_by: str, passes: str
) -> None:
    order = ("breaker", "release", *words, "--yes")
    before = steer(*order, code=ExitCode.NOTHING)
    tripped = BreakerTripped(
        resource_arn=account_arn(ACCOUNT, REGION), time=stack.now, rule_id=RULE
    )
    stack.deliver("StreamEvents", envelope_of(tripped))
    found = steer(*order)

    assert before["text"].startswith("nothing is held: ")
    text = f"what {held_by} is decided again, and {passes} for 10m: the finals ("
    assert found["text"].startswith(text)


def test_a_silence_is_set_listed_and_ended(
    arena: str, steer: Steer, capsys: pytest.CaptureFixture[str]
) -> None:
    critical = ("--severity", "critical")
    steered = steer("silence", "--channel", "arena", "--until", "4h", *critical, "--yes")
    main(["silence", "--list", "--json"])
    (listed,) = json.loads(capsys.readouterr().out)["silences"]
    ended = steer("silence", "--end", listed["id"])
    main(["silence", "--list"])
    left = capsys.readouterr().out

    assert steered["text"].startswith(
        f"silence {listed['id']}: nothing is told of incidents on channel arena, also critical "
        "ones until 2026-03-14 16:00:00 UTC (in 4h): the finals ("
    )
    assert (listed["channel"], listed["severity"]) == ("arena", "critical")
    assert ended["text"].startswith(f"silence {listed['id']} has ended")
    assert "none: everything is told" in left


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--until", "4h", "--reason", "x"], "give --rule, --channel or --owner"),
        (["--rule", "x", "--until", "4h"], "--reason is required"),
        (["--channel", "aren", "--until", "4h", "--reason", "x"], "name; did you mean 'arena'?"),
        (["--rule", "no-marathon", "--until", "4h", "--reason", "x"], f"did you mean '{RULE}'?"),
        (["--rule", "yes-*", "--until", "4h", "--reason", "x"], "has no rule like 'yes-*'"),
        (["--owner", "x" * 129, "--until", "4h", "--reason", "x"], "--owner: expected at most 128"),
        (["--end", "0123abcd", "--reason", "x"], "no silence '0123abcd' is in force"),
        (
            ["--rule", "no-*", "--until", "4h", "--severity", "critical", "--reason", "x"],
            "Nobody will be told of critical incidents either",
        ),
    ],
)
def test_a_silence_that_makes_no_sense_is_refused(
    stack: Stack,
    arena: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    deployed(stack, monkeypatch)
    monkeypatch.setattr(targets, "deployed_policy", lambda _: KNOWN)

    assert main(["silence", *words]) == ExitCode.FAILED
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "warned"),
    [
        (["--channel", "final-*"], "nothing that is known has a name or ARN like 'final-*'"),
        (["--channel", arn_of("new")], ""),
        (["--rule", "quarantine", "--channel", "aren?"], ""),
    ],
)
def test_a_silence_may_be_about_what_comes(
    stack: Stack,
    arena: str,
    steer: Steer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    warned: str,
) -> None:
    monkeypatch.setattr(targets, "deployed_policy", lambda _: KNOWN)

    assert main(["silence", *words, "--until", "4h", *WHY]) == ExitCode.DONE
    assert warned in capsys.readouterr().err


def test_an_incident_is_acknowledged_once_and_views_say_by_whom(
    stack: Stack, arena: str, steer: Steer, capsys: pytest.CaptureFixture[str], policy_file: str
) -> None:
    def look(*words: str) -> Any:
        assert main([*words, "--json"]) == ExitCode.DONE
        return json.loads(capsys.readouterr().out)

    assert main(["ack", "arena", "--rule", RULE, *WHY]) == ExitCode.FAILED
    refused = capsys.readouterr().err
    stack.go_live(arena)
    stack.observe_events()
    stack.later(hours=5)
    stack.sweep()
    stack.take_notifications()

    found = steer("ack", "arena", "--rule", RULE)
    again = steer("ack", "arena", "--rule", RULE, code=ExitCode.NOTHING)
    (opened,) = look("open")["open"]
    (incident,) = look("why", "arena", "--policy", policy_file)["incidents"]
    (counted,) = look("status")["incidents"]

    assert f"rule {RULE} has no open incident on arena" in refused
    assert (found["outcome"], found["inbox"]) == ("in-force", "operator")
    assert found["text"].startswith(f"the incident of rule {RULE} on arena is acknowledged")
    assert "it is acknowledged by " in again["text"]
    assert SENDER in opened["acknowledged_by"]
    assert incident["acknowledged_by"] == opened["acknowledged_by"]
    assert counted["acknowledged"] == 1
    (notified,) = stack.take_notifications()
    assert (notified.body["status"], notified.body["rule_id"]) == ("acknowledged", RULE)


@pytest.fixture
def policy_file(tmp_path: Path) -> str:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    return str(file)


def test_the_mode_of_a_rule_is_lowered_by_operators_and_raised_by_administrators(
    stack: Stack, steer: Steer, policy_file: str
) -> None:
    def set_mode(mode: str, code: int = ExitCode.DONE) -> Any:
        stack.later(minutes=1)
        return steer("mode", RULE, mode, "--policy", policy_file, "--yes", code=code)

    lowered, raised, restored = set_mode("notify"), set_mode("enforce"), set_mode("policy")
    same = set_mode("enforce", code=ExitCode.NOTHING)

    inboxes = [each["inbox"] for each in (lowered, raised, restored)]
    assert inboxes == ["operator", "administrator", "administrator"]
    assert lowered["text"].startswith("rule no-marathons goes no further than notify: ")
    assert raised["text"].startswith("rule no-marathons has mode enforce: ")
    assert restored["text"].startswith("rule no-marathons has the mode of the policy again: ")
    assert (same["outcome"], same["order"]) == ("nothing-to-do", None)


def test_an_order_that_no_observer_takes_is_not_seen(
    stack: Stack, arena: str, steer: Steer
) -> None:
    """A rule that there is not, where the command may not read the policy: a dead letter."""
    found = steer(
        "exempt", "arena", "--rule", "no-marathon", "--until", "4h", code=ExitCode.NOT_SEEN
    )

    assert found["outcome"] == "not-seen"
    (dead,) = stack.take("OperatorInboxDeadLetters")
    assert "no rule 'no-marathon'" in dead.attributes["reason"]


def test_nobody_waits_who_does_not_want_to(stack: Stack, steer: Steer) -> None:
    assert steer("pause", "--no-wait")["outcome"] == "sent"
    assert len(stack.take("OperatorInbox")) == 1


def test_who_may_not_read_the_table_is_told_that_the_order_was_sent(
    stack: Stack, steer: Steer
) -> None:
    stack.client("dynamodb").delete_table(TableName="Table")

    assert steer("pause")["outcome"] == "sent"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["protect", "arnea"], "did you mean 'arena'"),
        (["protect", arn_of("arena").replace("eu-west-1", "us-east-1")], "looks after account"),
        (["protect", arn_of("arena").replace("channel", "stage")], "expected a channel"),
        (["exempt", "arena", "--rule", RULE, "--until", "2y"], "expected a duration"),
        (["exempt", "arena", "--rule", RULE, "--until", "9000h"], "ends within 366 days"),
        (["pause", "--until", "2026-03-14T11:00"], "expected a moment after that of the command"),
        (["breaker", "release", "--number", "0", "--yes"], "number"),
        (["stop", "arena"], "say it with --yes"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_it_is_sent(
    stack: Stack, arena: str, steer: Steer, capsys: pytest.CaptureFixture[str],
    words: list[str], message: str,
) -> None:  # fmt: skip
    try:
        assert main([*words, *WHY]) == ExitCode.FAILED
    except SystemExit as wrong_usage:
        assert wrong_usage.code == ExitCode.WRONG_USAGE  # noqa: PT017

    assert message in capsys.readouterr().err
    assert stack.take("OperatorInbox") == stack.take("AdministratorInbox") == []


def test_a_name_that_several_channels_bear_is_refused_with_their_arns(
    stack: Stack, steer: Steer, capsys: pytest.CaptureFixture[str]
) -> None:
    for each in ("one", "two"):
        stack.world.add_channel(arn=arn_of(each), name="twin", created_at=stack.now)
    stack.sweep()

    assert main(["protect", "twin", *WHY]) == ExitCode.FAILED
    said = capsys.readouterr().err
    assert arn_of("one") in said
    assert arn_of("two") in said


def test_a_rule_that_is_misspelt_is_refused_where_the_policy_can_be_read(
    arena: str, steer: Steer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "deployed_policy", lambda _: KNOWN)

    assert main(["exempt", "arena", "--rule", "no-marathon", "--until", "4h", *WHY]) == 1
    assert f"did you mean '{RULE}'?" in capsys.readouterr().err


class _Denying:
    """SQS, as it answers who may not send."""

    def send_message(self, **_: str) -> None:
        error = {"Code": "AccessDenied", "Message": "User: ana is not authorized"}
        raise ClientError({"Error": error}, "SendMessage")  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("words", "policy"),
    [(["pause"], "OperatorPolicy"), (["resume", "--yes"], "AdministratorPolicy")],
)
def test_who_may_not_send_is_told_which_policy_is_missing(
    stack: Stack, steer: Steer, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, words: list[str], policy: str,
) -> None:  # fmt: skip
    steer("pause")
    client_of = DeployedStack.client
    monkeypatch.setattr(
        DeployedStack,
        "client",
        lambda self, service: _Denying() if service == "sqs" else client_of(self, service),
    )

    assert main([*words, *WHY]) == ExitCode.FAILED
    said = capsys.readouterr().err
    assert f"the managed policy {policy} of the stack" in said
    assert "User: ana is not authorized" in said


def test_a_stream_key_in_a_reason_is_not_sent(stack: Stack, steer: Steer) -> None:
    assert main(["pause", "--no-wait", "--reason", f"key {KEY}"]) == ExitCode.DONE

    (order_sent,) = stack.take("OperatorInbox")
    assert order_sent.body["detail"]["reason"] == f"key {REDACTED}"


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("\n", 1)])
def test_what_loosens_a_brake_is_asked_about_on_a_terminal(
    stack: Stack, steer: Steer, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    steer("pause")
    stack.later(minutes=1)
    terminal = SimpleNamespace(isatty=lambda: True, readline=lambda: answer)
    monkeypatch.setattr("sys.stdin", terminal)

    assert main(["resume", *WHY]) == code
    assert len(stack.take("AdministratorInbox")) == 0


def test_a_breaker_that_tripped_is_shown_until_it_is_released(
    stack: Stack, steer: Steer, capsys: pytest.CaptureFixture[str]
) -> None:
    def shown() -> Any:
        assert main(["breaker", "show", "--json"]) == ExitCode.DONE
        return json.loads(capsys.readouterr().out)["breakers"]

    assert shown() == []
    lives = [stack.go_live(stack.channel(f"studio-{n}")) for n in range(7)]
    stack.observe_events()
    stack.later(hours=5)
    stack.sweep()
    stack.pump("Enforce")
    stack.pump("StreamEvents")
    (tripped,) = shown()
    stack.later(minutes=1)
    steer("breaker", "release", "--rule", RULE, "--yes")
    (released,) = shown()

    assert len(lives) - len(stack.asked("StopStream")) == 2
    assert (tripped["rule"], tripped["passed"], tripped["limit"]) == (RULE, 5, 5)
    assert tripped["tripped_at"] is not None
    assert (released["tripped_at"], released["released_at"] is None) == (None, False)


def test_the_breaker_of_a_rule_that_was_renamed_is_released_by_its_earlier_name(
    stack: Stack, steer: Steer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a page stays open that nobody can answer but by letting everything go."""
    monkeypatch.setattr(targets, "deployed_policy", lambda _: KNOWN)
    whole_account = account_arn(ACCOUNT, REGION)
    tripped = BreakerTripped(resource_arn=whole_account, time=stack.now, rule_id="no-long-shows")
    stack.deliver("StreamEvents", envelope_of(tripped))
    stack.later(minutes=1)

    done = steer("breaker", "release", "--rule", "no-long-shows", "--yes")

    assert done["text"].startswith("what the breaker of rule no-long-shows holds is ")
