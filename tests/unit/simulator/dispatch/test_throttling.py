"""Where a world applies rate limits: to authorised callers, before it validates the request."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.local_aws.__main__ import _rate_limits
from ivs_simulator.runtime.rate_limits import CALLS_PER_SECOND, RateLimits
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.wire.errors import ErrorCode, IvsError
from tests.unit.simulator.conftest import ACCOUNT, REGION, Sandbox

FULL = CALLS_PER_SECOND["CreateChannel"]


@pytest.fixture
def limited(sandbox: Sandbox) -> Sandbox:
    sandbox.world.rate_limits = RateLimits()
    return sandbox


def outcomes(sandbox: Sandbox, times: int, params: Mapping[str, Any] | None = None) -> list[str]:
    for _ in range(times):
        try:
            sandbox.world.call("CreateChannel", params or {}, account=ACCOUNT, region=REGION)
        except IvsError:
            continue
    return [call.outcome for call in sandbox.calls[-times:]]


def test_a_world_in_process_is_not_limited(sandbox: Sandbox) -> None:
    assert set(outcomes(sandbox, 10 * FULL)) == {"ok"}


def test_calls_beyond_the_limit_are_throttled_and_recorded(limited: Sandbox) -> None:
    assert outcomes(limited, FULL + 2) == ["ok"] * FULL + ["ThrottlingException"] * 2
    codes = [event["detail"].get("errorCode") for event in limited.events]
    assert codes == [None] * FULL + ["ThrottlingException"] * 2


def test_it_passes_with_time(limited: Sandbox) -> None:
    outcomes(limited, FULL + 1)
    limited.now += timedelta(seconds=1)

    assert outcomes(limited, FULL) == ["ok"] * FULL


def test_botocore_catches_it_as_on_aws(limited: Sandbox, ivs: Any) -> None:
    outcomes(limited, FULL)

    with pytest.raises(ClientError) as caught:
        ivs.create_channel()

    error = caught.value.response
    assert error["Error"]["Code"] == "ThrottlingException"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_invalid_calls_count(limited: Sandbox) -> None:
    wrong = outcomes(limited, FULL, {"type": "ENORMOUS"})

    assert wrong == ["ValidationException"] * FULL
    assert outcomes(limited, 1) == ["ThrottlingException"]


def test_calls_that_may_not_be_made_do_not_count(limited: Sandbox) -> None:
    def deny(account_region: AccountRegion, operation: str, params: Mapping[str, Any]) -> None:
        raise IvsError(ErrorCode.ACCESS_DENIED, "no")

    for _ in range(FULL):
        with pytest.raises(IvsError, match="AccessDenied"):
            limited.world.call("CreateChannel", {}, account=ACCOUNT, region=REGION, authorise=deny)

    assert outcomes(limited, 1) == ["ok"]


def test_calls_that_prepare_a_test_neither_count_nor_wait(limited: Sandbox) -> None:
    outcomes(limited, FULL)

    for _ in range(FULL):
        limited.world.call("CreateChannel", {}, account=ACCOUNT, region=REGION, is_limited=False)
    limited.later(seconds=1)
    limited.world.call("CreateChannel", {}, account=ACCOUNT, region=REGION, is_limited=False)

    # All of them waited for nothing, and nothing is missing of what came back in this second.
    assert [call.outcome for call in limited.calls] == ["ok"] * (2 * FULL + 1)
    assert outcomes(limited, FULL + 1) == ["ok"] * FULL + ["ThrottlingException"]


def test_a_cleared_world_has_all_its_calls_again(limited: Sandbox) -> None:
    outcomes(limited, FULL)
    limited.world.clear()

    assert outcomes(limited, 1) == ["ok"]


@pytest.mark.parametrize(("wish", "is_limited"), [(None, True), ("on", True), ("off", False)])
def test_the_local_aws_is_limited_unless_switched_off(
    monkeypatch: pytest.MonkeyPatch, wish: str | None, is_limited: bool
) -> None:
    if wish is not None:
        monkeypatch.setenv("SIMULATOR_RATE_LIMITS", wish)

    assert (_rate_limits() is not None) == is_limited


def test_a_wish_that_is_not_understood_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMULATOR_RATE_LIMITS", "0")

    with pytest.raises(SystemExit, match="on or off"):
        _rate_limits()
