"""A bare handler has the clients of the function that it is compared with."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from benchmarks.cold_start import FUNCTIONS, compiled_policy, environment
from streamwarden.bootstrap import enforcer, notifier, observer, rotator, runtime, sweeper
from streamwarden.domain.arn import Place

PLACE: Final = Place("210987654321", "eu-west-1")
BUILT: Final[Mapping[str, Callable[[], object]]] = {
    "observe": observer.observer,
    "enforce": enforcer.enforcer,
    "notify": notifier.notifier,
    "sweep": lambda: sweeper.sweeper(PLACE),
    "rotate_keys": lambda: rotator.rotator(PLACE),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_bare_handler_has_its_clients(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def client(service: str, _attempts: int = 1) -> object:
        asked.append(service)
        return object()

    monkeypatch.setattr(runtime, "client", client)
    monkeypatch.setattr(runtime, "rate_limited", lambda made, *_: made)
    for variable, value in environment(name, compiled_policy(tmp_path)).items():
        monkeypatch.setenv(variable, value)

    BUILT[name]()

    assert sorted(asked) == sorted(FUNCTIONS[name].clients)
