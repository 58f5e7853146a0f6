"""Where people are told. One new destination is one module here, named as its route, and no line.

A module has `destination`. It is given the target that `DESTINATIONS` of template.yaml names, such
as an ARN, and returns what delivers to it. What delivers takes keys out of the notification before
putting it into words.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from streamwarden.services.ports import Clock, Destination

type Clients = Callable[[str], Any]


def destination_at(route: str, target: str, clients: Clients, clock: Clock) -> Destination:
    """The destination of a route. `clients` makes the client of an AWS service."""
    made: Destination = import_module(f"{__name__}.{route}").destination(target, clients, clock)
    return made
