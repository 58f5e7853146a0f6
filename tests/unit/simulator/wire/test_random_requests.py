"""Whatever has the form of a request is answered or refused; nothing else ever happens."""

from typing import Any, Final

import pytest
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivs_simulator.wire import model as api_model
from tests.unit.simulator.wire.answers import flaws
from tests.unit.simulator.wire.service import OPERATIONS, Service, input_of
from tests.unit.simulator.wire.values import compiled

_TIMES: Final = st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat())


# Valid texts of a pattern are rare among all texts, and one test holds many operations.
_FEW: Final = settings(
    max_examples=settings().max_examples // 6, suppress_health_check=list(HealthCheck)
)


def requests(shape: Shape, service: Service) -> st.SearchStrategy[Any]:
    """Values with the form of a shape: types, lengths and patterns, but of any content."""
    match shape:
        case StructureShape():
            names = shape.required_members
            required = {name: requests(shape.members[name], service) for name in names}
            optional = {
                name: requests(member, service) | st.none()
                for name, member in shape.members.items()
                if name not in required
            }
            return st.fixed_dictionaries(required, optional=optional)
        case ListShape():
            item = requests(shape.member, service)
            fewest = 1 if "location" in shape.serialization else shape.metadata.get("min", 0)
            return st.lists(item, min_size=fewest, max_size=fewest + 2)
        case MapShape():
            key, value = requests(shape.key, service), requests(shape.value, service)
            return st.dictionaries(key, value, max_size=3)
        case StringShape():
            return _texts(shape, service)
        case _:
            return _scalars(shape)


def _texts(shape: StringShape, service: Service) -> st.SearchStrategy[str]:
    declared = service.named.get(shape.name)
    fewest, most = shape.metadata.get("min", 0), shape.metadata.get("max", 40)
    if shape.enum:
        return st.sampled_from(shape.enum)
    if "pattern" not in shape.metadata:
        any_text = st.text(min_size=fewest, max_size=most)
    else:
        pattern = compiled(shape.metadata["pattern"])
        any_text = st.from_regex(pattern, fullmatch=True).filter(
            lambda made: fewest <= len(made) <= most
        )
    if declared is None:
        return any_text
    existing = [declared, service.idle] if shape.name == "ChannelArn" else [declared]
    return st.sampled_from(existing) | any_text


def _scalars(shape: Shape) -> st.SearchStrategy[Any]:
    match shape.type_name:
        case "boolean":
            return st.booleans()
        case "timestamp":
            return _TIMES
        case _:
            return st.integers(shape.metadata.get("min", 0), shape.metadata.get("max"))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_request_is_answered_or_refused(operation: str) -> None:
    service = Service()
    model = api_model.operation(operation)

    @_FEW
    @given(requests(input_of(operation), service))
    def ask(params: dict[str, Any]) -> None:
        answer = service.ask(operation, params)

        if answer.error is None:
            assert answer.status == model.http["responseCode"]
            if answer.body:
                assert list(flaws(model.output_shape, answer.content)) == []
        else:
            assert 400 <= answer.status < 500
            assert answer.content["exceptionMessage"]

    ask()
