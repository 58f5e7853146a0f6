"""Every constraint the API model puts on a request, broken one at a time."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.simulator.wire.breakages import Breakage, breakages
from tests.unit.simulator.wire.service import LISTINGS, OPERATIONS, Answer, Service, input_of


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    service = Service()
    before = service.contents()
    yield service
    assert service.contents() == before, "a refused request changed something"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_broken_constraint_is_refused(service: Service, operation: str) -> None:
    broken = breakages(input_of(operation), service.most(operation))
    asked = [(each, service.ask(operation, each.value)) for each in broken]

    assert asked
    assert [(str(each), answer) for each, answer in asked if not is_refused(each, answer)] == []


def is_refused(broken: Breakage, answer: Answer) -> bool:
    """Also with the name of the member that is wrong."""
    refusal = (answer.status, answer.error) == (400, "ValidationException")
    return refusal and f"'{broken.member}" in answer.content["exceptionMessage"]


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
