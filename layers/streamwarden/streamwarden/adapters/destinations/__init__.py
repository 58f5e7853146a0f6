"""Where people are told. One new kind of destination is one module here, named as its kind.

A module has `KIND`, and `destination`, which makes what delivers. What delivers takes keys out of
the message before putting it into words.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, json
from msgspec.structs import replace

from streamwarden.domain.notifications.kinds import DestinationKind
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.services.errors import PermanentError
from streamwarden.services.ports import Clock, Destination

# Unicode Bidirectional Algorithm: embeddings, overrides, isolates and their ends. What marks a
# letter's own direction stays, as Arabic and Hebrew are written with it.
_DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")

if TYPE_CHECKING:
    # An SNS topic has neither.
    from streamwarden.adapters.http_posts import HttpService
    from streamwarden.adapters.secret_values import Secret

type Clients = Callable[[str], Any]
type Secrets = Callable[[str], Secret]


class Resources(Struct, frozen=True, kw_only=True):
    """What destinations are made of: clients of AWS services, the secrets under the stack's prefix
    by their names behind it, the clock, the stack and its topic of notifications, how long a
    service over HTTPS has for its answer, and whether the stack is on a local AWS.
    """

    clients: Clients
    secrets: Secrets
    secret_prefix: str
    clock: Clock
    stack_name: str
    topic_arn: str
    timeout_seconds: float = 5.0
    is_local: bool = False

    def secret_name(self, spec: DestinationSpec) -> str:
        """The whole name of the secret of a destination."""
        return f"{self.secret_prefix}{spec.secret}"

    def service(self, name: str, spec: DestinationSpec) -> "HttpService":
        """A service over HTTPS, by the name that errors call it."""
        from streamwarden.adapters.http_posts import HttpService, https_pool

        return HttpService(
            name=name,
            secret=self.secret_name(spec),
            pool=https_pool(),
            clock=self.clock,
            timeout_seconds=self.timeout_seconds,
        )


class LeftToRight(Struct, frozen=True):
    """Destination that is given no sign which turns the direction of the text behind it.

    Names and tags hold such signs, and people would read another text than the one that is there.
    """

    destination: Destination

    def deliver(self, message: Message) -> None:
        text = json.encode(message).decode()
        found = _DIRECTIONS.sub("", text)
        self.destination.deliver(message if found == text else json.decode(found, type=Message))


def destination_of(spec: DestinationSpec, resources: Resources) -> Destination:
    """Raises PermanentError for a kind that there is not."""
    made = LeftToRight(_module(spec.kind).destination(spec, resources))
    if not resources.is_local:
        return made
    from streamwarden.adapters.local_aws import OnLocalAws  # which no cold start on AWS loads

    return OnLocalAws(made)


def kind_of(word: str) -> DestinationKind:
    """What a kind says of itself. Raises PermanentError for one that there is not."""
    kind: DestinationKind = _module(word).KIND
    return kind


def limits_of(spec: DestinationSpec) -> Limits:
    """What one destination takes in a message. Where its options matter, its module has `limits`.

    Raises PermanentError for a kind that there is not.
    """
    module = _module(spec.kind)
    of_options: Limits | None = module.limits(spec) if hasattr(module, "limits") else None
    limits = of_options or kind_of(spec.kind).limits
    return limits if spec.digest else replace(limits, largest=1)


class _DestinationKinds(Mapping[str, DestinationKind]):
    """Reads like a dict of all kinds; a module is imported when its kind is asked for."""

    def __getitem__(self, word: str) -> DestinationKind:
        if word not in self:
            raise KeyError(word)
        return kind_of(word)

    def __contains__(self, word: object) -> bool:
        return word in words()

    def __iter__(self) -> Iterator[str]:
        return iter(words())

    def __len__(self) -> int:
        return len(words())


# For those who look at all of them: a policy check and the reference. `notify` asks for one.
DESTINATION_KINDS: Final[Mapping[str, DestinationKind]] = _DestinationKinds()


@cache
def words() -> tuple[str, ...]:
    modules = (module for module in iter_modules(__path__) if not module.ispkg)
    return tuple(sorted(module.name for module in modules))


def _module(word: str) -> Any:
    try:
        return import_module(f"{__name__}.{word}")
    except ModuleNotFoundError as error:
        raise PermanentError(f"there is no destination of kind {word!r}") from error
