"""Orders of operators, as inputs: each is an observation about a channel or about the account.

Commands arrive by two inboxes, because IAM sees no message body: who may send to an inbox may give
each of its orders. The administrator inbox takes what loosens a brake. Who gave an order and when,
the queue says: a message could claim anything.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, ClassVar, Final

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from streamwarden.domain.arn import Place, ResourceType, place_of, resource_type_of
from streamwarden.domain.brief import brief
from streamwarden.domain.events import AwareTime, MalformedEvent, without_keys
from streamwarden.domain.events.bounds import LongestStreamId, ResourceArn, check_moment
from streamwarden.domain.events.malformed import explained
from streamwarden.domain.levels import Mode, Severity
from streamwarden.domain.state.controls import Sender

SOURCE: Final = "streamwarden.command"
_DETAIL_TYPE: Final = "Streamwarden Command"

LONGEST_REASON: Final = 200
_LONGEST_RULE_ID: Final = 64
_LONGEST_SENDER: Final = 200
# What is forgotten must end by itself.
LONGEST_EXEMPTION: Final = timedelta(days=366)
LONGEST_SILENCE: Final = timedelta(days=31)
LONGEST_GLOB: Final = 128
_SILENCE_ID: Final = 8

type Reason = Annotated[str, Meta(min_length=1, max_length=LONGEST_REASON)]
type Glob = Annotated[str, Meta(max_length=LONGEST_GLOB)]
type RuleId = Annotated[str, Meta(min_length=1, max_length=_LONGEST_RULE_ID)]


class CommandInbox(StrEnum):
    """By which queue a command arrives, and so who may give it."""

    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


class Command(Struct, frozen=True, kw_only=True):
    """What every order says: about what, why, who gave it and when."""

    inbox: ClassVar[CommandInbox] = CommandInbox.OPERATOR
    about: ClassVar[ResourceType] = ResourceType.CHANNEL

    resource_arn: ResourceArn
    time: AwareTime
    author: Sender
    reason: Reason


class ExemptChannel(Command, frozen=True, kw_only=True):
    """A rule does not apply to the channel before `until`."""

    rule_id: RuleId
    until: AwareTime


class EndExemption(Command, frozen=True, kw_only=True):
    """The rule applies to the channel again."""

    rule_id: RuleId


class ProtectChannel(Command, frozen=True, kw_only=True):
    """Nothing destructive is done to the channel, whatever a rule says."""

    until: AwareTime | None = None


class UnprotectChannel(Command, frozen=True, kw_only=True):
    """The channel is no longer protected by command. A tag may still protect it."""

    inbox: ClassVar = CommandInbox.ADMINISTRATOR


class QuarantineChannel(Command, frozen=True, kw_only=True):
    """The channel is kept off the air until it is released, or before `until`."""

    until: AwareTime | None = None


class ReleaseChannel(Command, frozen=True, kw_only=True):
    """The quarantine of the channel is over, and it gets a new stream key."""


class StopStream(Command, frozen=True, kw_only=True):
    """One stream is stopped: the given one, or the one that is live at the moment of the order."""

    stream_id: LongestStreamId | None = None


class AcknowledgeIncident(Command, frozen=True, kw_only=True):
    """Somebody looks after the open incident of a rule on the channel."""

    rule_id: RuleId


class PauseActions(Command, frozen=True, kw_only=True):
    """No action is carried out in the account and region."""

    about: ClassVar = ResourceType.ACCOUNT
    until: AwareTime | None = None


class ResumeActions(Command, frozen=True, kw_only=True):
    """Actions are carried out again."""

    about: ClassVar = ResourceType.ACCOUNT
    inbox: ClassVar = CommandInbox.ADMINISTRATOR


class LimitMode(Command, frozen=True, kw_only=True):
    """A rule goes no further than this mode, until an administrator sets its mode."""

    about: ClassVar = ResourceType.ACCOUNT
    rule_id: RuleId
    mode: Mode


class SetMode(Command, frozen=True, kw_only=True):
    """A rule has this mode in place of the policy's; without one, the policy's again."""

    about: ClassVar = ResourceType.ACCOUNT
    inbox: ClassVar = CommandInbox.ADMINISTRATOR
    rule_id: RuleId
    mode: Mode | None = None


class ReleaseBreaker(Command, frozen=True, kw_only=True):
    """What a breaker holds is decided again: so many actions, or all; of one rule, or of all."""

    about: ClassVar = ResourceType.ACCOUNT
    inbox: ClassVar = CommandInbox.ADMINISTRATOR
    rule_id: Annotated[str, Meta(max_length=_LONGEST_RULE_ID)] = ""
    number: Annotated[int, Meta(ge=1, le=100_000)] | None = None


class SilenceIncidents(Command, frozen=True, kw_only=True):
    """Nothing is told of the incidents that it matches, before `until`, as `Silence` says."""

    about: ClassVar = ResourceType.ACCOUNT
    until: AwareTime
    rule: Glob = ""
    channel: Glob = ""
    owner: Glob = ""
    severity: Severity = Severity.HIGH

    @property
    def silence_id(self) -> str:
        """The same when the command comes again."""
        said = (self.author.id, f"{self.time:%Y%m%dT%H%M%S.%fZ}", *self._matched)
        return sha256("\n".join(said).encode()).hexdigest()[:_SILENCE_ID]

    @property
    def _matched(self) -> tuple[str, ...]:
        return self.rule, self.channel, self.owner

    @property
    def names_something(self) -> bool:
        return any(self._matched)


class EndSilence(Command, frozen=True, kw_only=True):
    """What a silence matches is told again."""

    about: ClassVar = ResourceType.ACCOUNT
    silence_id: Annotated[str, Meta(pattern=f"^[0-9a-f]{{{_SILENCE_ID}}}$")]


type AnyCommand = (
    ExemptChannel
    | EndExemption
    | ProtectChannel
    | UnprotectChannel
    | QuarantineChannel
    | ReleaseChannel
    | StopStream
    | AcknowledgeIncident
    | PauseActions
    | ResumeActions
    | LimitMode
    | SetMode
    | ReleaseBreaker
    | SilenceIncidents
    | EndSilence
)

_BY_WORD: Final[Mapping[str, type[AnyCommand]]] = {
    "exempt": ExemptChannel,
    "end-exemption": EndExemption,
    "protect": ProtectChannel,
    "unprotect": UnprotectChannel,
    "quarantine": QuarantineChannel,
    "release": ReleaseChannel,
    "stop": StopStream,
    "acknowledge": AcknowledgeIncident,
    "pause": PauseActions,
    "resume": ResumeActions,
    "limit-mode": LimitMode,
    "set-mode": SetMode,
    "release-breaker": ReleaseBreaker,
    "silence": SilenceIncidents,
    "end-silence": EndSilence,
}
_WORDS: Final = {model: word for word, model in _BY_WORD.items()}


class Receipt(Struct, frozen=True):
    """What SQS says of a message: who sent it, and when."""

    sender_id: str
    sent_at: datetime


def parse_command(
    raw: Mapping[str, Any], inbox: CommandInbox, receipt: Receipt, home: Place | None = None
) -> AnyCommand:
    """An order, with its author and time as the queue says them. Raises MalformedEvent.

    `home` is the account and region of the stack.
    """
    raw = without_keys(raw)
    detail = raw.get("detail")
    if raw.get("source") != SOURCE or not isinstance(detail, Mapping):
        raise MalformedEvent("source", f"expected a command, of source {SOURCE}")
    word = str(detail.get("command"))
    model = _BY_WORD.get(word)
    if model is None:
        raise MalformedEvent("detail.command", f"expected one of {', '.join(_BY_WORD)}")
    if model.inbox is not inbox:
        raise MalformedEvent("detail.command", f"{word} is taken by the {model.inbox} inbox only")
    command = _converted(detail, model, receipt)
    if resource_type_of(command.resource_arn) is not model.about:
        raise MalformedEvent("detail.resource_arn", f"{word} is about a {model.about.noun}")
    _check_place(command, home)
    _check_end(command)
    if isinstance(command, LimitMode) and command.mode is Mode.ENFORCE:
        raise MalformedEvent("detail.mode", "expected observe or notify, which lower a mode")
    if isinstance(command, SilenceIncidents) and not command.names_something:
        raise MalformedEvent("detail", "expected a rule, a channel or an owner; '*' is any of them")
    return command


def _check_place(command: AnyCommand, home: Place | None) -> None:
    place = place_of(command.resource_arn)
    if home is not None and place != home:
        raise MalformedEvent(
            "detail.resource_arn",
            f"expected one of account {home.account} in {home.region}, "
            f"found one of account {place.account} in {place.region}",
        )


def _converted(detail: Mapping[str, Any], model: type[AnyCommand], receipt: Receipt) -> AnyCommand:
    claimed, reason = str(detail.get("claimed_arn", "")), detail.get("reason")
    said = {
        "author": {
            "id": brief(receipt.sender_id, _LONGEST_SENDER),
            "claimed_arn": brief(_in_one_line(claimed), _LONGEST_SENDER),
        },
        "time": receipt.sent_at,
        "reason": _in_one_line(reason) if isinstance(reason, str) else reason,
    }
    values = {**detail, **said}
    try:
        return _in_utc(msgspec.convert(values, model))
    except msgspec.ValidationError as error:
        raise explained(brief(str(error)), values, {}, "detail.") from error


def _in_one_line(text: str) -> str:
    """Refusing what holds a line break would be a pause that does not come."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _in_utc(command: AnyCommand) -> AnyCommand:
    """Its end is told in UTC. Raises MalformedEvent for one that no calendar has."""
    until = getattr(command, "until", None)
    if until is None:
        return command
    check_moment("detail.until", until, None)
    return replace(command, until=until.astimezone(UTC))


def _check_end(command: AnyCommand) -> None:
    match command:
        case ExemptChannel(until=until) if until > command.time + LONGEST_EXEMPTION:
            raise MalformedEvent(
                "detail.until", f"an exemption ends within {LONGEST_EXEMPTION.days} days"
            )
        case SilenceIncidents(until=until) if until > command.time + LONGEST_SILENCE:
            raise MalformedEvent(
                "detail.until", f"a silence ends within {LONGEST_SILENCE.days} days"
            )
        case (
            ExemptChannel(until=datetime() as until)
            | ProtectChannel(until=datetime() as until)
            | QuarantineChannel(until=datetime() as until)
            | PauseActions(until=datetime() as until)
            | SilenceIncidents(until=datetime() as until)
        ) if until <= command.time:
            raise MalformedEvent("detail.until", "expected a moment after that of the command")
        case _:
            pass


def envelope_of_command(command: AnyCommand) -> dict[str, Any]:
    """The order as it travels: without what the queue says of it."""
    detail = msgspec.to_builtins(command)
    author = detail.pop("author")
    del detail["time"]
    return {
        "source": SOURCE,
        "detail-type": _DETAIL_TYPE,
        "resources": [command.resource_arn],
        "detail": {
            "command": word_of(command),
            **detail,
            "claimed_arn": author.get("claimed_arn", ""),
        },
    }


def word_of(command: AnyCommand) -> str:
    """What an order is called, such as `exempt`."""
    return _WORDS[type(command)]


def names_rule(command: AnyCommand) -> str:
    """The rule that an order is about; empty where it is about none, or about all."""
    match command:
        case (
            ExemptChannel()
            | EndExemption()
            | AcknowledgeIncident()
            | LimitMode()
            | SetMode()
            | ReleaseBreaker()
        ):
            return command.rule_id
        case _:
            return ""
