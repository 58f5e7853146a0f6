"""Any service that takes JSON by HTTPS: signed after Standard Webhooks, or with a body of its own.

Without a template, a service is sent the documented JSON of a message. With one, it is sent what
the policy writes, one incident at a time.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct, convert, field, json
from msgspec.structs import replace

from streamwarden.adapters.destinations import Resources
from streamwarden.adapters.http_posts import HttpService
from streamwarden.adapters.secret_values import (
    Secret,
    checked_address,
    members_of,
    only_address,
    unusable,
)
from streamwarden.adapters.standard_webhooks import headers_of, signing_keys
from streamwarden.adapters.webhook_templates import (
    PLACEHOLDERS,
    filled,
    filled_path,
    in_words,
    is_placeholder,
    unknown_placeholders,
    values_of,
)
from streamwarden.domain.notifications.document import message_document
from streamwarden.domain.notifications.kinds import DestinationKind
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.redaction import redacted_struct
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import MessageRefused
from streamwarden.services.ports import Clock, Destination

_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]+")
_OWN_HEADERS: Final = re.compile(
    r"authorization|proxy-.*|cookie|host|content-.*|transfer-encoding|connection|webhook-.*",
    re.IGNORECASE,
)


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A body as the policy writes it, and what is added to the address for it."""

    template: Any
    path: str = ""

    def __post_init__(self) -> None:
        if self.path and not self.path.startswith("/"):
            raise ValueError("path must begin with /: it is added to the address")
        _check_template(self.template)
        _check_placeholders(self.path)


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`template` is the body, as JSON with placeholders. `by_status` has another `template` for
    some statuses, such as `resolved`, and a `path` that is added to the address. `words` are the
    service's own for values of placeholders. `headers` go with every request; none is a secret.
    """

    template: Any = None
    by_status: Mapping[NotificationStatus, Mapping[str, Any]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.template is None and (self.by_status or self.words):
            raise ValueError("by_status and words need a template")
        _check_template(self.template)
        for status in self.by_status:
            self.request(status)
        for name in self.words:
            _check_placeholders(f"{{{name}}}")
        for name, value in self.headers.items():
            _check_header(name, value)

    def request(self, status: NotificationStatus) -> Request:
        return convert(self.by_status.get(status, {"template": self.template}), Request)


KIND: Final = DestinationKind(
    # Many services refuse bodies of some hundred KB.
    limits=Limits(largest=100, tells_each=True),
    meaning=(
        "A service of your own that takes the documented JSON of a message, signed after Standard"
        " Webhooks; or any service that takes alerts as JSON, by a template."
    ),
    secret=(  # noqa: S106  # what it holds, for people
        'JSON {"url": "https://…", "secret": "whsec_…", "authorization": "…"} of which url is'
        " enough, or the address alone"
    ),
    options=Options,
    permissions=frozenset({"secretsmanager:GetSecretValue"}),
)


def limits(spec: DestinationSpec) -> Limits:
    """A template is about one incident."""
    has_template = convert(spec.options, Options).template is not None
    return Limits(largest=1) if has_template else KIND.limits


class Endpoint(Struct, frozen=True, kw_only=True):
    """Where a webhook goes and how it shows who sends it. All of it is secret."""

    address: str
    keys: tuple[bytes, ...] = ()
    authorization: str = ""

    def __repr__(self) -> str:
        return "Endpoint(…)"


class WebhookDestination(Struct, frozen=True, kw_only=True):
    """Destination over HTTPS. `endpoint` reads its secret."""

    endpoint: Callable[[], Endpoint]
    service: HttpService
    options: Options
    clock: Clock

    def deliver(self, message: Message) -> None:
        endpoint = self.endpoint()
        for sent in self._messages(redacted_struct(message)):
            path, body = self._request(sent)
            self.service.post(
                _joined(endpoint.address, path),
                body,
                {**self.options.headers, **self._proof(sent, body, endpoint)},
                secrets=(endpoint.authorization,) if endpoint.authorization else (),
            )

    def _messages(self, message: Message) -> Iterator[Message]:
        """The message itself; one for each incident where a template asks for it."""
        if self.options.template is None or len(message.notifications) == 1:
            yield message
            return
        for number, each in enumerate(message.notifications, start=1):
            yield replace(message, id=f"{message.id}-{number}", notifications=(each,))

    def _request(self, message: Message) -> tuple[str, bytes]:
        if self.options.template is None:
            return "", json.encode(message_document(message))
        request = self.options.request(message.notifications[0].status)
        values = in_words(values_of(message), self.options.words)
        try:
            body = json.encode(filled(request.template, values))
        except (TypeError, ValueError) as error:
            # Another try makes the same one. The words of the error may hold a value.
            kind = type(error).__name__
            raise MessageRefused(f"its body cannot be made from the template ({kind})") from None
        return filled_path(request.path, values), body

    def _proof(self, message: Message, body: bytes, endpoint: Endpoint) -> Mapping[str, str]:
        headers = headers_of(message.id, body, endpoint.keys, self.clock())
        if endpoint.authorization:
            return {**headers, "Authorization": endpoint.authorization}
        return headers


def destination(spec: DestinationSpec, resources: Resources) -> Destination:
    return WebhookDestination(
        endpoint=lambda: endpoint_of(resources.secrets(spec.secret)),
        service=resources.service(f"the webhook {spec.name!r}", spec),
        options=convert(spec.options, Options),
        clock=resources.clock,
    )


def endpoint_of(secret: Secret) -> Endpoint:
    """What the secret holds. Raises SecretUnusable, without a word of it."""
    members = members_of(secret.text)
    if members is None or len(members) == 1 or "url" not in members:
        return Endpoint(address=only_address(secret))
    if not members.keys() <= {"url", "secret", "authorization"}:
        raise unusable(secret, "may hold url, secret and authorization; it holds more")
    if not all(isinstance(each, str) for each in members.values()):
        raise unusable(secret, "must hold texts; one of them is none")
    texts = {name: str(value).strip() for name, value in members.items()}
    return Endpoint(
        address=checked_address(texts["url"], secret),
        keys=_keys(texts.get("secret", ""), secret),
        authorization=_authorization(texts.get("authorization", ""), secret),
    )


def _keys(text: str, secret: Secret) -> tuple[bytes, ...]:
    if not text:
        return ()
    try:
        return signing_keys(text)
    except ValueError as error:
        raise unusable(secret, f"cannot sign, since {error}") from error


def _authorization(text: str, secret: Secret) -> str:
    if not (text.isascii() and text.isprintable()):
        raise unusable(secret, "has an authorization that is no header")
    return text


def _joined(address: str, path: str) -> str:
    """The path is added before a query of the address, which may hold a token."""
    if not path:
        return address
    base, _, query = address.partition("?")
    whole = f"{base.rstrip('/')}{path}"
    if not query:
        return whole
    return f"{whole}{'&' if '?' in path else '?'}{query}"


def _check_template(template: object) -> None:
    _check_placeholders(template)
    if is_placeholder(template):
        raise ValueError(
            "a template that is one placeholder is no body: write an object, such as {text: …}"
        )


def _check_placeholders(template: object) -> None:
    unknown = sorted(set(unknown_placeholders(template)))
    if unknown:
        raise ValueError(
            f"there is no placeholder {{{unknown[0]}}}; there are {', '.join(PLACEHOLDERS)}"
        )


def _check_header(name: str, value: str) -> None:
    if _HEADER_NAME.fullmatch(name) is None or not (value.isascii() and value.isprintable()):
        raise ValueError("a header has a name of letters, digits and -, and a value in ASCII")
    if _OWN_HEADERS.fullmatch(name):
        raise ValueError(
            f"the header {name} cannot be set here; Authorization belongs into the secret"
        )
