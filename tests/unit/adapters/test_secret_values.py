"""The secret of a destination holds a value alone, or as the console makes it."""

import pytest

from streamwarden.adapters.secret_values import only_address
from streamwarden.services.errors import PermanentError

ADDRESS = "https://hooks.example.com/s3cret"


@pytest.mark.parametrize("form", ["{address}", " {address}\n", '{{"url": "{address}"}}'])
def test_an_address_stands_alone_or_in_json(form: str) -> None:
    assert only_address(form.format(address=ADDRESS), "slack-ops") == ADDRESS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("not an address s3cret", "a text that is none"),
        ("https://", "a text that is none"),
        ("http://example.com/s3cret", "a text that is none"),
        ("https://example.com:x/s3cret", "a text that is none"),
        ('{"url": "s3cret"}', "a text that is none"),
        ('{"url": "https://s3cret", "room": "x"}', "JSON with 2 values"),
        ("{}", "JSON with 0 values"),
        ('{"url": 1}', "JSON whose value is no text"),
        ('["https://s3cret"]', "a text that is none"),
        (" ", "nothing"),
        ("", "nothing"),
    ],
)
def test_what_is_no_address_is_refused_in_words(text: str, found: str) -> None:
    with pytest.raises(PermanentError) as refused:
        only_address(text, "slack-ops")

    assert str(refused.value) == (
        "the secret 'slack-ops' must hold an address (https://…), alone or as the one value of a"
        f" JSON object; it holds {found}"
    )
