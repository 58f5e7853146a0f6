"""Errors as they travel: code, status and message are what a client reads out of them."""

from typing import Any, Final

import pytest
from botocore.awsrequest import HeadersDict
from botocore.model import StructureShape
from botocore.parsers import create_parser

from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.errors import ErrorCode, IvsError
from tests.unit.simulator.wire.service import OPERATIONS, Answer, Service

# Any call can be refused so, whether the model lists it for the operation or not.
_ALWAYS: Final = ("AccessDeniedException", "ThrottlingException", "ValidationException")
_MODELLED: Final = {
    operation: {shape.name for shape in api_model.operation(operation).error_shapes}
    for operation in OPERATIONS
}
_STATUS: Final = {
    shape.name: shape.metadata["error"]["httpStatusCode"]
    for shape in api_model.service().error_shapes
}
_NOTHING: Final = StructureShape("Nothing", {"type": "structure", "members": {}})
_ARN: Final = "arn:aws:ivs:"


@pytest.fixture(scope="module")
def service() -> Service:
    return Service()


def parsed(operation: str, answer: Answer) -> Any:
    """What a client makes of an answer."""
    shape = api_model.operation(operation).output_shape or _NOTHING
    headers = HeadersDict(answer.headers)
    response = {"status_code": answer.status, "headers": headers, "body": answer.body}
    return create_parser("rest-json").parse(response, shape)


def assert_a_modelled_error(operation: str, answer: Answer) -> None:
    assert answer.error in {*_MODELLED[operation], *_ALWAYS}
    assert answer.status == _STATUS[answer.error]
    assert answer.content["exceptionMessage"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_error_reads_as_the_model_has_it(service: Service, operation: str) -> None:
    for code in sorted({*_MODELLED[operation], *_ALWAYS}):
        service.world.fail_next(operation, IvsError(ErrorCode(code), "Because."))

        answer = service.ask(operation, service.least(operation))

        assert_a_modelled_error(operation, answer)
        understood = parsed(operation, answer)
        assert understood["Error"]["Code"] == code
        assert understood["ResponseMetadata"]["HTTPStatusCode"] == _STATUS[code]
        assert answer.content["exceptionMessage"] == "Because."


def _places(value: Any) -> list[tuple[Any, ...]]:
    """The ways to every ARN of IVS in the parameters."""
    match value:
        case dict() | list():
            entries = value.items() if isinstance(value, dict) else enumerate(value)
            return [(step, *rest) for step, item in entries for rest in _places(item)]
        case str() if value.startswith(_ARN):
            return [()]
        case _:
            return []


def _with(value: Any, place: tuple[Any, ...], item: Any) -> Any:
    match place, value:
        case (step, *rest), dict():
            return {**value, step: _with(value[step], tuple(rest), item)}
        case (step, *rest), list():
            return [*value[:step], _with(value[step], tuple(rest), item), *value[step + 1 :]]
        case _:
            return item


def _at(value: Any, place: tuple[Any, ...]) -> str:
    for step in place:
        value = value[step]
    return str(value)


def _elsewhere(arn: str) -> dict[str, str]:
    """ARNs of the same type that name nothing here."""
    _, _, _, region, account, resource = arn.split(":")
    return {
        "unknown": f"{arn}x",
        "of another region": arn.replace(region, "us-west-2"),
        "of another account": arn.replace(account, "111122223333"),
        "with a dash for an id": arn.replace(resource, f"{resource.partition('/')[0]}/-"),
    }


_FOREIGN: Final = [
    pytest.param(operation, place, id=f"{operation}: {place[0]}")
    for service in [Service()]
    for operation in OPERATIONS
    for place in _places(service.most(operation))
]


@pytest.mark.parametrize(("operation", "place"), _FOREIGN)
def test_the_arn_of_what_is_not_here_finds_nothing(operation: str, place: tuple[Any, ...]) -> None:
    service = Service()
    most = service.most(operation)
    # Filters exclude each other, and one is enough to find nothing.
    kept = {name: most[name] for name in most if not name.startswith("filterBy")}
    params = {**kept, place[0]: most[place[0]]}

    answers = {
        how: service.ask(operation, _with(params, place, arn))
        for how, arn in _elsewhere(_at(params, place)).items()
    }

    is_error = "ResourceNotFoundException" in _MODELLED[operation]
    expected = "ResourceNotFoundException" if is_error else None
    assert {how: answer.error for how, answer in answers.items()} == dict.fromkeys(
        answers, expected
    )
    for answer in answers.values():
        if is_error:
            assert_a_modelled_error(operation, answer)
        else:
            assert answer.status == 200


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_arn_of_another_type_is_refused(operation: str) -> None:
    service = Service()
    most = service.most(operation)

    for place in _places(most):
        arn = _at(most, place)
        other = service.named["StreamKeyArn" if ":channel/" in arn else "ChannelArn"]
        answer = service.ask(operation, _with(most, place, other))

        # Any type can have tags.
        taggable = place == ("resourceArn",)
        assert (answer.status, answer.error) == (
            (200, None) if taggable else (400, "ValidationException")
        )


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/GetChannel"), ("POST", "/GetChannels"), ("PUT", "/tags/a")]
)
def test_no_operation_no_answer(method: str, path: str) -> None:
    answer = Service().send(method, path, b"{}")

    assert (answer.status, answer.error) == (404, "ResourceNotFoundException")
