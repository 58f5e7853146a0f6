"""Every operation of the API model, asked with the least and the most it takes."""

from typing import Any, Final

import pytest

from ivs_simulator.operations.table import NOT_SIMULATED, SIMPLIFIED
from ivs_simulator.operations.table import OPERATIONS as SIMULATED
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.model import Api
from tests.unit.simulator.wire.answers import flaws
from tests.unit.simulator.wire.service import LISTINGS, OPERATIONS, Answer, Service, input_of

# "Filters are mutually exclusive": ListChannels takes only one of them at a time.
EXCLUSIVE: Final = tuple(
    name for name in input_of("ListChannels").members if name.startswith("filterBy")
)
MOST: Final = [
    (operation, chosen)
    for operation in OPERATIONS
    for chosen in (EXCLUSIVE if operation == "ListChannels" else [None])
]


def assert_as_modelled(operation: str, answer: Answer) -> None:
    model = api_model.operation(operation)
    assert (answer.status, answer.error) == (model.http["responseCode"], None), answer.body
    if answer.status == 204:
        assert (answer.body, model.output_shape) == (b"", None)
    else:
        assert list(flaws(model.output_shape, answer.content, operation)) == []


def test_the_simulator_knows_every_operation_of_the_models_or_says_that_it_does_not() -> None:
    assert set(SIMULATED) | NOT_SIMULATED == set(api_model.operation_names())
    assert not NOT_SIMULATED & {*SIMULATED, *api_model.operation_names(Api.LOW_LATENCY)}
    assert set(SIMPLIFIED) <= set(OPERATIONS)


@pytest.mark.parametrize("operation", sorted(NOT_SIMULATED))
def test_what_is_not_simulated_is_said_to_be(operation: str) -> None:
    assert Service().send("POST", f"/{operation}", b"{}").status == 501


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_least_an_operation_takes_is_enough(operation: str) -> None:
    service = Service()

    assert_as_modelled(operation, service.ask(operation, service.least(operation)))


@pytest.mark.parametrize(("operation", "chosen"), MOST)
def test_an_operation_takes_all_its_members(operation: str, chosen: str | None) -> None:
    service = Service()
    params: dict[str, Any] = service.most(operation)
    if chosen is not None:
        params = {name: params[name] for name in params if name not in EXCLUSIVE or name == chosen}

    assert_as_modelled(operation, service.ask(operation, params))


@pytest.mark.parametrize("operation", LISTINGS)
def test_a_listing_goes_on_behind_its_first_page(operation: str) -> None:
    service = Service()
    least = service.least(operation)

    whole = service.ask(operation, {**least, "maxResults": 50}).content
    (member,) = set(whole) - {"nextToken"}
    shown, token = [], ""
    while token is not None:
        answer = service.ask(operation, {**least, "maxResults": 1, "nextToken": token})
        assert_as_modelled(operation, answer)
        shown += answer.content[member]
        token = answer.content.get("nextToken")

    assert shown
    assert shown == whole[member]
