"""A local AWS with nothing on it but the simulator."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ivs_simulator.control.client import Control
from streamwarden_cli.local.access import session
from streamwarden_cli.local.server import LocalAws


@dataclass(frozen=True)
class SimulatedAws:
    """A running local AWS: where it is, and the broadcasters' side of it."""

    state_dir: Path
    local: LocalAws
    control: Control

    @cached_property
    def _session(self) -> Any:
        """One for all clients: each session reads the models of the services again."""
        return session()

    def client(self, service: str, **options: Any) -> Any:
        """A client of the administrator, unless the options say whose."""
        return self._session.client(service, endpoint_url=self.local.endpoint, **options)
