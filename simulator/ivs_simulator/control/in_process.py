"""The client of the control interface for a world in the same process: the same, without a socket.

What a scenario does to a simulator that runs and to one in memory goes through the same requests.
"""

import json
from typing import Any

from ivs_simulator.control.client import Control, ControlRefused
from ivs_simulator.control.context import ControlContext
from ivs_simulator.control.server import answer


class InProcessControl(Control):
    """Control of a world that the caller holds."""

    def __init__(self, context: ControlContext) -> None:
        super().__init__("http://in-process.invalid")
        self._context = context

    def _send(self, method: str, path: str, body: bytes | None) -> dict[str, Any]:
        status, content = answer(self._context, method, path, body or b"")
        sent: dict[str, Any] = json.loads(json.dumps(content))
        if status != 200:
            raise ControlRefused(status, sent.get("code", ""), sent["error"])
        return sent
