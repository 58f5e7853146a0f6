"""notify knows where its stack is by the endpoint that its clients have."""

import pytest

from streamwarden.adapters.local_aws import OnLocalAws
from streamwarden.bootstrap.notifier import outlets_of
from streamwarden.domain.notifications.routing import DestinationSpec, Routing
from streamwarden.settings import NotifySettings

NAMES = NotifySettings.__struct_fields__
ROUTING = Routing(destinations=(DestinationSpec(name="chat", kind="slack", secret="chat"),))


@pytest.mark.parametrize(
    ("endpoint", "is_local"),
    [("http://127.0.0.1:4566", True), ("https://vpce-1.example.com", False), ("", False)],
)
def test_commands_act_on_the_local_aws_where_the_stack_is_there(
    endpoint: str, is_local: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    outlet = outlets_of(NotifySettings(**dict.fromkeys(NAMES, "any")), ROUTING)("chat")

    assert outlet is not None
    assert isinstance(outlet.destination, OnLocalAws) is is_local
