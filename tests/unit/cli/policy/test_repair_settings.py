"""What a repair may set is what UpdateChannel takes."""

from typing import Final

import botocore.session
from pydantic import TypeAdapter

from streamwarden.domain.ivs import CHANNEL_SETTINGS
from streamwarden_cli.policy.settings import ChannelSettings

# One name for each channel; not one value; and what names the channel itself.
_LEFT_OUT: Final = {"arn", "name", "multitrackInputConfiguration"}


def test_the_settings_are_those_of_the_api_with_its_values() -> None:
    service = botocore.session.get_session().get_service_model("ivs")
    shape = service.operation_model("UpdateChannel").input_shape
    assert shape is not None
    taken = {name: member for name, member in shape.members.items() if name not in _LEFT_OUT}
    schemas = {
        name: TypeAdapter(field.rebuild_annotation()).json_schema()
        for name, field in ChannelSettings.model_fields.items()
    }

    assert schemas.keys() == set(CHANNEL_SETTINGS) == taken.keys()
    assert {name: (each["type"], set(each.get("enum", ()))) for name, each in schemas.items()} == {
        name: (each.type_name, set(getattr(each, "enum", ()))) for name, each in taken.items()
    }
