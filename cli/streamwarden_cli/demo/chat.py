"""A chat service on this machine, which takes messages as Slack does, and keeps them.

The topic is told of each incident by itself, for the stories. The chat is told in digests, as
people are.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from streamwarden_cli.demo.stack import POLICY, DeployedStack
from streamwarden_cli.local.deployment import STACK_NAME

CHAT: Final = "chat"
_BEFORE: Final = "destinations:\n"
_DESTINATION: Final = f"  {CHAT}: {{kind: slack, secret: {CHAT}}}\n"
_ROUTES: Final = f"\nroutes:\n  - {{to: [topic, {CHAT}], group: {{wait: 2s, interval: 2s}}}}\n"
_LISTED: Final = "• "
_OTHERS: Final = re.compile(r"(\d+) more\.")


@dataclass(frozen=True)
class SentMessage:
    """A message as a destination took it, and how many notifications it holds."""

    destination: str
    headline: str
    notifications: int = 1


@dataclass
class Chat:
    """Where it is, and what it was sent."""

    address: str
    messages: list[SentMessage] = field(default_factory=list)


def policy_with_chat(state_dir: Path) -> Path:
    """The policy of the demo, of which all is told to the chat, too."""
    text = POLICY.read_text(encoding="utf-8")
    if text.count(_BEFORE) != 1 or "\nroutes:" in text:
        raise ValueError(f"{POLICY.name} must have destinations, and no routes")
    state_dir.mkdir(parents=True, exist_ok=True)
    path = state_dir / "policy.yaml"
    with_chat = text.replace(_BEFORE, f"{_BEFORE}{_DESTINATION}")
    path.write_text(f"{with_chat}{_ROUTES}", encoding="utf-8")
    return path


@contextmanager
def chat_service() -> Iterator[Chat]:
    """It answers until the end, and takes everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            chat.messages.append(chat_message(payload))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """The demo prints what was sent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        chat = Chat(f"http://127.0.0.1:{server.server_port}/services/demo")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield chat
        finally:
            server.shutdown()
            thread.join()


def connect(stack: DeployedStack, chat: Chat) -> None:
    """The secret of the destination holds its address."""
    stack.client("secretsmanager").create_secret(
        Name=f"{STACK_NAME}/destinations/{CHAT}", SecretString=chat.address
    )


def chat_message(payload: dict[str, Any]) -> SentMessage:
    """What Slack shows first of a message, and how many notifications it lists or counts."""
    lines = [line for text in _texts(payload) for line in text.splitlines()]
    listed = sum(line.startswith(_LISTED) for line in lines)
    others = sum(int(found[1]) for line in lines if (found := _OTHERS.match(line)))
    return SentMessage(CHAT, unescape(payload["text"]), max(1, listed + others))


def _texts(payload: dict[str, Any]) -> Iterator[str]:
    for attachment in payload["attachments"]:
        for block in attachment["blocks"]:
            if block["type"] == "section" and "text" in block:
                yield block["text"]["text"]
