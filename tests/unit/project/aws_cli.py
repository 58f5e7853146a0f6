"""The commands and options of the AWS CLI, as the models of botocore have them."""

from functools import cache
from typing import Final

from botocore import xform_name
from botocore.session import get_session

OF_EVERY_COMMAND: Final = {"query", "output", "region", "endpoint-url", "cli-binary-format"}


@cache
def operations(service: str) -> dict[str, set[str]]:
    """The operations of a service, and the options of each, as the AWS CLI writes them."""
    model = get_session().get_service_model(service)
    found = {}
    for name in model.operation_names:
        shape = model.operation_model(name).input_shape
        members = shape.members if shape else {}
        found[_dashed(name)] = {_dashed(each) for each in members}
    return found


def _dashed(name: str) -> str:
    return str(xform_name(name)).replace("_", "-")
