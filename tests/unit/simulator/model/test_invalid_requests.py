"""Every constraint the API model puts on a request, broken one at a time."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.unit.simulator.model.breakages import Breakage, breakages
from tests.unit.simulator.model.service import LISTINGS, OPERATIONS, Service, input_of

_CASES: Final = [
    pytest.param(operation, broken, id=f"{operation}: {str(broken)!a}")
    for service in [Service()]
    for operation in OPERATIONS
    for broken in breakages(input_of(operation), service.most(operation))
]


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    service = Service()
    before = service.contents()
    yield service
    assert service.contents() == before, "a refused request changed something"


@pytest.mark.parametrize(("operation", "broken"), _CASES)
def test_a_broken_constraint_is_refused(service: Service, operation: str, broken: Breakage) -> None:
    answer = service.ask(operation, broken.value)

    assert (answer.status, answer.error) == (400, "ValidationException")
    assert f"'{broken.member}" in answer.content["exceptionMessage"]


def test_every_operation_has_constraints_to_break() -> None:
    assert {case.values[0] for case in _CASES} == set(OPERATIONS)


@pytest.mark.parametrize("operation", LISTINGS)
@pytest.mark.parametrize(
    "token",
    [
        "garbage",
        "====",
        "eyJhZnRlciI6IG51bGx9",
        "eyJhZnRlciI6IDFlOTk5fQ==",
        "W10=",
        "W1tb" * 256,
        "MTI=",
    ],
)
def test_a_token_no_page_gave_is_refused(service: Service, operation: str, token: str) -> None:
    params: dict[str, Any] = {**service.least(operation), "nextToken": token}

    answer = service.ask(operation, params)

    assert (answer.status, answer.error) == (400, "ValidationException")
    assert "nextToken" in answer.content["exceptionMessage"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"3", b"\xff", b'"arn"'])
def test_a_body_that_is_no_object_is_refused(service: Service, body: bytes) -> None:
    answer = service.send("POST", "/GetChannel", body)

    assert (answer.status, answer.error) == (400, "ValidationException")
