"""The secret of a destination holds a value alone, or as the console makes it."""

import pytest

from streamwarden.adapters.secret_values import Secret, only_address
from streamwarden.services.errors import SecretUnusable

ADDRESS = "https://hooks.example.com/s3cret"


@pytest.mark.parametrize("form", ["{address}", " {address}\n", '{{"url": "{address}"}}'])
def test_an_address_stands_alone_or_in_json(form: str) -> None:
    assert only_address(Secret("s/slack-ops", form.format(address=ADDRESS))) == ADDRESS


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
    with pytest.raises(SecretUnusable) as refused:
        only_address(Secret("s/slack-ops", text))

    assert str(refused.value) == (
        "the secret s/slack-ops must hold an address (https://…), alone or as the one value of a"
        f" JSON object; it holds {found}: aws secretsmanager put-secret-value --secret-id"
        " s/slack-ops --secret-string file://FILE"
    )


def test_a_secret_does_not_show_its_text() -> None:
    assert repr(Secret("s/slack-ops", ADDRESS)) == "Secret('s/slack-ops')"
