"""notify reads the secret of a destination and posts to it, with the permissions of its role."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from streamwarden.adapters.local_aws import TURN_SHELL_TO_LOCAL
from streamwarden_cli.local.deployment import STACK_NAME
from tests.stack.account import Account


@pytest.fixture
def posted(account: Account) -> Iterator[list[dict[str, Any]]]:
    """What a webhook on this machine is sent, whose address is a secret of the stack."""
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/hook"
        account.client("secretsmanager").create_secret(
            Name=f"{STACK_NAME}/destinations/hook", SecretString=address
        )
        yield received
        server.shutdown()
        thread.join()


def test_the_remedy_of_a_secret_that_is_missing_acts_on_the_local_aws(account: Account) -> None:
    """No test has made it yet."""
    answer = account.invoke(account.outputs.notify_function_name, {"test": "hook"})

    remedy = f": {TURN_SHELL_TO_LOCAL} && aws secretsmanager create-secret --name "
    assert remedy in answer["reason"]


def test_a_sample_of_each_kind_is_posted(account: Account, posted: list[dict[str, Any]]) -> None:
    account.invoke(account.outputs.notify_function_name, {"test": "hook"})

    statuses = {each["status"] for message in posted for each in message["incidents"]}
    assert {"opened", "escalated", "acknowledged", "resolved", "warning", "changed"} <= statuses
