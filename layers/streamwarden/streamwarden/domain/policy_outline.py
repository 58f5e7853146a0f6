"""What a compiled policy says beside its rules: loads no rule kind, filter or expression.

Functions that judge nothing read only this.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct, field

from streamwarden.domain.needs import Needs
from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls
from streamwarden.domain.state.deployment import DeployedRule, Deployment, rules_with_room
from streamwarden.domain.verdicts import Mode

FORMAT: Final = 1
_DIGEST_LENGTH: Final = 8


class InvalidPolicy(ValueError):
    """The compiled policy cannot be used; says which rule and why."""


class Compiled(Protocol):
    """A model of the compiled JSON, or of a part of it."""

    @property
    def format(self) -> int: ...


class PolicyOutline(Struct, frozen=True):
    """The part of a compiled policy that sweeps look at: no rule kind is loaded for it."""

    format: int
    needs: Needs
    digest: str


def load_outline(document: bytes) -> PolicyOutline:
    """What a compiled policy needs sweeps to read, and its digest. Raises InvalidPolicy."""
    return decoded(document, PolicyOutline)


class RoutingOutline(Struct, frozen=True):
    """The part of a compiled policy that says who is told: no rule kind is loaded for it."""

    format: int
    digest: str
    routing: Routing = Routing()


def load_routing(document: bytes) -> RoutingOutline:
    """Who is told of what, and the digest of the policy. Raises InvalidPolicy."""
    return decoded(document, RoutingOutline)


class _DeployedOutline(Struct, frozen=True):
    """The part of a compiled policy that tells one deployment from another, not yet read."""

    format: int
    digest: str
    rules: tuple[dict[str, Any], ...]
    routing: dict[str, Any] = field(default_factory=dict)


def load_deployment(document: bytes, *, stack: str, version: str, mode: str) -> Deployment:
    """What a stack with this compiled policy runs. Raises InvalidPolicy."""
    outline = decoded(document, _DeployedOutline)
    rules = {str(each["id"]): _deployed_rule(each) for each in outline.rules}
    return Deployment(
        stack=stack,
        version=version,
        policy=outline.digest,
        mode=mode,
        routing=_short_digest(outline.routing),
        rules=rules_with_room(rules),
    )


def _deployed_rule(rule: Mapping[str, Any]) -> DeployedRule:
    """As in the digest of the policy, what people say to people decides nothing."""
    deciding = {name: value for name, value in rule.items() if name != "notes"}
    return DeployedRule(Mode(rule["mode"]), _short_digest(deciding))


def _short_digest(value: object) -> str:
    return sha256(msgspec.json.encode(value, order="sorted")).hexdigest()[:_DIGEST_LENGTH]


def decided_under(digest: str, max_mode: Mode, controls: AccountControls = NO_CONTROLS) -> str:
    """Names all that a decision depends on beside what is known and the time.

    Of records that were decided under something else, sweeps ask for another decision. Of controls
    only modes count: what a pause or a breaker held is decided again when it is let go.
    """
    return with_modes(f"{max_mode}:{digest}", controls)


def with_modes(decided_under: str, controls: AccountControls) -> str:
    """The same, with the modes that operators have set."""
    if not controls.modes and not controls.mode_limits:
        return decided_under
    modes = msgspec.json.encode([controls.modes, controls.mode_limits], order="sorted")
    return f"{decided_under}:{sha256(modes).hexdigest()[:_DIGEST_LENGTH]}"


def decoded[T: Compiled](document: bytes, model: type[T]) -> T:
    """As much of a compiled policy as the model has. Raises InvalidPolicy."""
    try:
        compiled = msgspec.json.decode(document, type=model)
    except msgspec.DecodeError as error:
        raise InvalidPolicy(
            f"the compiled policy cannot be read ({error}); run `streamwarden policy compile`"
        ) from error
    if compiled.format != FORMAT:
        raise InvalidPolicy(
            f"the compiled policy has format {compiled.format}, this version reads {FORMAT}; "
            "run `streamwarden policy compile` again"
        )
    return compiled
