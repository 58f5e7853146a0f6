"""An update of the stack is one change event of PagerDuty, which has the shape of its API."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

from streamwarden.domain.arn import account_arn
from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from streamwarden_cli.local.deployment import STACK_NAME
from tests.stack.account import Account, eventually
from tests.stack.conftest import POLICY, Redeploy

_KEY: Final = "0123456789abcdef0123456789ABCDEF"
_HOOK: Final = "  hook: {kind: webhook, secret: hook} # of test_destinations.py alone\n"
_ROUTE: Final = "  - {to: topic}\n"
_ADDED: Final = """
  - id: tight-shows
    kind: max_duration
    mode: observe
    match: {tags: {show: tight}}
    params: {limit: 15s}
"""


class PagerDuty(BaseHTTPRequestHandler):
    """Answers as PagerDuty does (Events API v2: 202 and a status)."""

    events: list[tuple[str, dict[str, Any]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.events.append((self.path, body))
        answer = json.dumps({"status": "success", "message": "Event processed"}).encode()
        self.send_response(202)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@dataclass
class Service:
    """A service of PagerDuty on this machine, and the events that it took, each with its path."""

    address: str
    events: list[tuple[str, dict[str, Any]]]


@pytest.fixture
def pagerduty(account: Account) -> Iterator[Service]:
    events: list[tuple[str, dict[str, Any]]] = []
    handler = type("OfOneTest", (PagerDuty,), {"events": events})
    account.client("secretsmanager").create_secret(
        Name=f"{STACK_NAME}/destinations/pager", SecretString=_KEY
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Service(f"http://127.0.0.1:{server.server_port}", events)
        server.shutdown()
        thread.join()


def test_an_update_is_one_change_event_whatever_sweeps_follow(
    account: Account, set_policy: Redeploy, tmp_path: Path, pagerduty: Service
) -> None:
    events = pagerduty.events
    policy, text = tmp_path / "policy.yaml", POLICY.read_text()
    options = f"{{address: '{pagerduty.address}'}}"
    pager = f"  pager: {{kind: pagerduty, secret: pager, options: {options}}}\n"
    text = text.replace(_HOOK, _HOOK + pager)
    text = text.replace(_ROUTE, f"  - {{to: pager, rule: deployment}}\n{_ROUTE}")
    policy.write_text(text)
    set_policy(policy)
    account.sweep()
    eventually(lambda: events)
    events.clear()

    policy.write_text(text + _ADDED)
    set_policy(policy)
    for _ in range(3):
        account.sweep()
    eventually(lambda: events)
    account.settle()
    account.sweep()
    account.settle()

    ((path, event),) = events
    assert (path, event["routing_key"]) == ("/v2/change/enqueue", _KEY)
    payload = event["payload"]
    assert payload["source"] == account_arn(ACCOUNT_ID, REGION)
    assert f"stack {STACK_NAME} was deployed: policy " in payload["summary"]
    deployment = payload["custom_details"]["deployment"]
    assert deployment["rules"] == {"added": ["tight-shows"], "removed": [], "changed": []}
    assert deployment["previous"]["policy"] != deployment["current"]["policy"]
