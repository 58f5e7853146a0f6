"""What operators have set, about a channel or about the whole account: it takes effect at once.

A control is an observation like any other: the last word about it counts, in whatever order words
arrive. Of pauses and of protections, the one that lasts longest counts: operators give them, and
only administrators end them. What it means for actions, `brakes` says.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import Struct, field

from streamwarden.domain.levels import Mode, Severity
from streamwarden.domain.state.deployment import Deployment
from streamwarden.domain.state.merge import Stamped, each_key, latest, latest_stamped

# The tag that protects a channel, which the stack's own role is held to by IAM as well.
PROTECTED_TAG: Final = "streamwarden:protected"
PROTECTED_VALUE: Final = "true"


class Sender(Struct, frozen=True, omit_defaults=True):
    """Who gave an order. SQS says the `id`: of a user, or of a role with its session.

    `claimed_arn` is what the message says of itself, and proves nothing.
    """

    id: str
    claimed_arn: str = ""

    def __str__(self) -> str:
        if not self.claimed_arn:
            return self.id
        return f"{self.claimed_arn.rpartition(':')[2]} ({self.id})"


class Exemption(Struct, frozen=True, kw_only=True):
    """A rule does not apply to the channel before `until`."""

    until: datetime
    reason: str
    author: Sender


class Protection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Nothing destructive is done to the channel; before `until`, if that is given."""

    reason: str
    author: Sender
    until: datetime | None = None


class Pause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """No action is carried out in the account and region; before `until`, if that is given."""

    reason: str
    author: Sender
    until: datetime | None = None


# Where the end by an administrator stands among what was given, which is by its own end.
_ENDED: Final = "ended"


def given_until[T: (Pause, Protection)](
    control: T | None, at: datetime
) -> Mapping[str, Stamped[T | None]]:
    """What one order adds to what was given; None for the end of all of it."""
    until = control.until if control else None
    end = f"{until:%Y-%m-%dT%H:%M:%S.%fZ}" if until else ""
    return {end if control else _ENDED: Stamped(control, at)}


def longest_given[T: (Pause, Protection)](
    given: Mapping[str, Stamped[T | None]], last: Stamped[T | None] | None
) -> Stamped[T | None] | None:
    """Of what was given since it was ended, what lasts longest; else the last word about it.

    So no operator ends a pause or a protection by an order that ends sooner.
    """
    return max(_since_its_end(given).values(), key=_how_long, default=last)


def kept_longest[T: (Pause, Protection)](
    given: Mapping[str, Stamped[T | None]], most: int
) -> Mapping[str, Stamped[T | None]]:
    """What was ended is kept as one moment, since its orders may come again from a queue."""
    since = _since_its_end(given)
    kept = sorted(since, key=lambda end: _how_long(since[end]))[-most:]
    return {key: each for key, each in given.items() if key == _ENDED or key in kept}


def _since_its_end[T: (Pause, Protection)](
    given: Mapping[str, Stamped[T | None]],
) -> Mapping[str, Stamped[T | None]]:
    """Within one moment something wins over nothing, as in every merge."""
    ended = given.get(_ENDED)
    return {
        key: each
        for key, each in given.items()
        if key != _ENDED and (ended is None or each.at >= ended.at)
    }


def _how_long(given: Stamped[Any]) -> tuple[bool, datetime, datetime]:
    until = given.value.until
    return until is None, until or given.at, given.at


class QuarantineOrder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The channel is kept off the air; before `until`, if that is given."""

    reason: str
    author: Sender
    until: datetime | None = None


class ReleaseOrder(Struct, frozen=True, kw_only=True):
    """The quarantine of the channel is over."""

    reason: str
    author: Sender


class StopOrder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stream is stopped: this one, or the one that is live at the moment of the order."""

    reason: str
    author: Sender
    stream_id: str = ""


class Acknowledgement(Struct, frozen=True, kw_only=True):
    """Somebody looks after the incident of a rule that is open at this moment."""

    reason: str
    author: Sender


class ModeSetting(Struct, frozen=True, kw_only=True):
    """A mode of a rule in place of the policy's; None takes the policy's again."""

    mode: Mode | None
    reason: str
    author: Sender


class BreakerRelease(Struct, frozen=True, kw_only=True):
    """So many actions may pass a breaker now; None for all."""

    number: int | None
    reason: str
    author: Sender


class Silence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Nothing is told of the incidents that it matches, before `until`.

    All that is given must match. `rule`, `channel` and `owner` are globs; empty, they match all.
    `severity` is the highest one that is silenced.
    """

    id: str
    until: datetime
    reason: str
    author: Sender
    rule: str = ""
    channel: str = ""
    owner: str = ""
    severity: Severity = Severity.HIGH


class SilenceEnd(Struct, frozen=True, kw_only=True):
    """A silence is over before its time."""

    reason: str
    author: Sender


class ChannelControls(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is set for one channel. Exemptions are by rule id; None where one was ended.

    `acknowledgements` are by rule id, too. `protection` is the last word of a command, and
    `protections` are those that were given, by their ends.
    """

    exemptions: Annotated[Mapping[str, Stamped[Exemption | None]], each_key(latest_stamped)] = (
        field(default_factory=dict)
    )
    protection: Annotated[Stamped[Protection | None] | None, latest_stamped] = None
    protections: Annotated[Mapping[str, Stamped[Protection | None]], each_key(latest_stamped)] = (
        field(default_factory=dict)
    )
    quarantine: Annotated[Stamped[QuarantineOrder] | None, latest_stamped] = None
    release: Annotated[Stamped[ReleaseOrder] | None, latest_stamped] = None
    stop: Annotated[Stamped[StopOrder] | None, latest_stamped] = None
    acknowledgements: Annotated[
        Mapping[str, Stamped[Acknowledgement]], each_key(latest_stamped)
    ] = field(default_factory=dict)

    @property
    def longest_protection(self) -> Stamped[Protection | None] | None:
        return longest_given(self.protections, self.protection)


class AccountControls(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is set for an account and region.

    `pause` is the last word of a command, and `pauses` are those that were given, by their ends.
    `modes` are by rule id. `mode_limits` lower the mode of a rule until `modes` says something
    later; they are by rule id and mode (`rule/observe`), so that no limit raises another one.
    `tripped` says when a breaker has tripped, by rule id, and `releases` are by rule id as well.
    `live_streams` is how many streams were live at the last sweep. `silences` and `silence_ends`
    are by the id of the silence. A silence that was ended never begins again. `deployment` is what
    the stack runs, as sweeps observe it; its rules are kept with what people were told of it.
    """

    pause: Annotated[Stamped[Pause | None] | None, latest_stamped] = None
    pauses: Annotated[Mapping[str, Stamped[Pause | None]], each_key(latest_stamped)] = field(
        default_factory=dict
    )
    modes: Annotated[Mapping[str, Stamped[ModeSetting]], each_key(latest_stamped)] = field(
        default_factory=dict
    )
    mode_limits: Annotated[Mapping[str, Stamped[ModeSetting]], each_key(latest_stamped)] = field(
        default_factory=dict
    )
    tripped: Annotated[Mapping[str, datetime], each_key(latest)] = field(default_factory=dict)
    releases: Annotated[Mapping[str, Stamped[BreakerRelease]], each_key(latest_stamped)] = field(
        default_factory=dict
    )
    live_streams: Annotated[Stamped[int] | None, latest_stamped] = None
    silences: Annotated[Mapping[str, Stamped[Silence]], each_key(latest_stamped)] = field(
        default_factory=dict
    )
    silence_ends: Annotated[Mapping[str, Stamped[SilenceEnd]], each_key(latest_stamped)] = field(
        default_factory=dict
    )
    deployment: Annotated[Stamped[Deployment] | None, latest_stamped] = None

    @property
    def longest_pause(self) -> Stamped[Pause | None] | None:
        return longest_given(self.pauses, self.pause)

    def end_of(self, silence: Silence) -> datetime:
        """When it is over: by itself, or by a command before that."""
        ended = self.silence_ends.get(silence.id)
        return silence.until if ended is None else min(ended.at, silence.until)

    def silences_at(self, now: datetime) -> tuple[Silence, ...]:
        """Those in force, the newest first."""
        given = sorted(self.silences.values(), key=lambda each: each.at, reverse=True)
        return tuple(each.value for each in given if self.end_of(each.value) > now)


NO_CONTROLS: Final = AccountControls()
