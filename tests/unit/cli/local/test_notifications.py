"""`streamwarden local notifications` prints what the topic was sent, each message once."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.local import deployment, notifications, server
from streamwarden_cli.local.deployed import Deployed, remember
from streamwarden_cli.local.notifications import TopicInbox
from streamwarden_cli.main import main

RUNNING = server.LocalAws(pid=4711, port=4566, control_port=4567)
NOON_MS = 1_773_489_600_000  # 2026-03-14 12:00 UTC


class Queue:
    """SQS with one queue. Each batch is what one call receives; then `at_end` happens."""

    def __init__(self, *batches: list[dict[str, Any]], at_end: Callable[[], None]) -> None:
        self._batches, self._at_end = list(batches), at_end
        self.deleted: list[str] = []

    def receive_message(self, **_: Any) -> dict[str, Any]:
        if not self._batches:
            self._at_end()
            return {}
        return {"Messages": self._batches.pop(0)}

    def delete_message(self, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803
        self.deleted.append(ReceiptHandle)


def published(name: str, seconds: int, text: str = "on the air for 5h") -> dict[str, Any]:
    return {
        "Body": json.dumps({"Subject": f"[high] {name}", "Message": text}),
        "Attributes": {"SentTimestamp": str(NOON_MS + seconds * 1_000)},
        "ReceiptHandle": name,
    }


def gone() -> None:
    raise EndpointConnectionError(endpoint_url=RUNNING.endpoint)


def interrupted() -> None:
    raise KeyboardInterrupt


type Run = Callable[..., tuple[int, Queue]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command on a local stack whose queue holds these batches."""
    remember(Deployed(Path("policy.yaml"), "observe"), RUNNING, tmp_path)
    monkeypatch.setattr(server, "running", lambda _: RUNNING)
    monkeypatch.setattr(deployment, "outputs", lambda _: SimpleNamespace(topic_arn="arn:topic"))

    def with_batches(
        *batches: list[dict[str, Any]],
        options: tuple[str, ...] = (),
        at_end: Callable[[], None] = lambda: None,
    ) -> tuple[int, Queue]:
        queue: Any = Queue(*batches, at_end=at_end)
        inbox = TopicInbox(queue, "http://127.0.0.1:4566/queue")
        monkeypatch.setattr(notifications, "local_inbox", lambda *_: inbox)
        code = main(["local", "notifications", "--state-dir", str(tmp_path), *options])
        return code, queue

    return with_batches


def test_each_message_is_printed_in_the_order_of_sending_and_deleted(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    code, queue = run([published("later", 5), published("first", 0, "a\nb")])

    assert (code, queue.deleted) == (ExitCode.DONE, ["first", "later"])
    assert capsys.readouterr().out.splitlines() == [
        "12:00:00  [high] first",
        "  a",
        "  b",
        "",
        "12:00:05  [high] later",
        "  on the air for 5h",
        "",
    ]


def test_programs_read_one_document_a_line(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run([published("first", 0)], [published("later", 5)], options=("--json",))

    lines = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    assert [each["subject"] for each in lines] == ["[high] first", "[high] later"]
    assert lines[0]["at"] == "2026-03-14T12:00:00+00:00"


def test_following_goes_on_where_nothing_is_there_until_it_is_interrupted(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run(
        [published("first", 0)], [], [published("later", 5)],
        options=("--follow",), at_end=interrupted,
    )  # fmt: skip

    assert code == ExitCode.INTERRUPTED
    assert "[high] later" in capsys.readouterr().out


def test_nothing_new_has_an_exit_code_of_its_own(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run()[0] == ExitCode.NOTHING
    assert capsys.readouterr().out == "nothing since the last look\n"


def test_a_stack_that_goes_down_meanwhile_is_no_traceback(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run([published("first", 0)], options=("--follow",), at_end=gone)

    assert code == ExitCode.FAILED
    assert "Could not connect" in capsys.readouterr().err


def test_where_no_stack_runs_it_says_what_starts_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["local", "notifications", "--state-dir", str(tmp_path)])

    assert code == ExitCode.NOTHING
    assert "`streamwarden local up`" in capsys.readouterr().err
