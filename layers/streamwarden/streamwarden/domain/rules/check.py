"""What every rule kind offers: its parameters are its fields, its check is one pure method."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, NamedTuple

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.events.viewers import Viewer
from streamwarden.domain.globs import Accepts, Texts
from streamwarden.domain.needs import Needs
from streamwarden.domain.parameters import Parameters
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.event_matching import EventMatcher
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.retention.interests import Interests
from streamwarden.domain.traits import LIVE_CHANNEL, Trait, Traits
from streamwarden.domain.verdicts import Confirm, Finding, NearLimit, Status, Subject

type Judge = Callable[[Facts, datetime], Finding]

# What breaches of several kinds need. In JMESPath, `!` binds tighter than a dot: without
# parentheses, PUBLIC would be null.
ON_AIR: Final = "session.on_air"
PUBLIC: Final = "!(channel.authorized)"
RECORDS: Final = "channel.recordingConfigurationArn"


class Pattern(NamedTuple):
    """A regular expression for a value of which another parameter `accepts` each character."""

    text: str
    accepts: Accepts | None = None


class Check(Parameters, frozen=True):
    """A rule kind with its parameters filled in: what most kinds have in common.

    `traits` are what the kind is about, by which an action is allowed or refused. `lacks` says of
    a trait that it has not why that is so, where an action cannot know it. `needs_settings` says
    that it looks at settings or tags. `keep` is how long an incident stays open without a breach
    where the rule does not say it. `begins_once` says why the breach of a resource begins only
    once, so that nothing repeats; empty where it may begin again.
    `no_warnings` says why people are not warned before a breach, where there are no `warnings`.

    What proves that a rule is never broken, or says nothing new: `breached_only_where` is an
    expression that holds wherever the kind finds a breach. `upper_limit` and `lower_limit` name a
    parameter: a breach of one limit is a breach of each stricter one, all else being equal.

    `demands_tags` says that the tags of `tag_keys` must be there: one without a fault is in order.

    What a kind that listens asks for: `detail_types` names the parameter with the globs of
    detail-types, `event_names` the one with globs of names, `event_condition` the one with an
    expression about the event.
    """

    traits: ClassVar[Traits] = LIVE_CHANNEL
    lacks: ClassVar[Mapping[Trait, str]] = {}
    needs_settings: ClassVar[bool] = False
    keep: ClassVar[timedelta] = timedelta(0)
    begins_once: ClassVar[str] = ""
    no_warnings: ClassVar[str] = "it has no limit that something comes near"
    breached_only_where: ClassVar[str] = ""
    upper_limit: ClassVar[str] = ""
    lower_limit: ClassVar[str] = ""
    demands_tags: ClassVar[bool] = False
    detail_types: ClassVar[str] = ""
    event_names: ClassVar[str] = ""
    event_condition: ClassVar[str] = ""

    @property
    def judges(self) -> frozenset[ResourceType]:
        """What the rule is about."""
        return _CHANNELS

    @property
    def needs(self) -> Needs:
        """What a sweep must read for it beyond channels and live streams.

        `viewers` follows from `interests`, and no kind says it.
        """
        return _NOTHING

    @property
    def interests(self) -> Interests:
        """What it reads of the little that is kept."""
        return _NO_INTERESTS

    @property
    def repeats_after(self) -> timedelta:
        """The least time from the beginning of one breach of a resource to that of the next."""
        return _AT_ONCE

    @property
    def confirm(self) -> Confirm | None:
        """What a fresh look must confirm before a stream is acted upon, beside that it is live.

        Most kinds judge by what no look shows, such as how long a stream has been on the air.
        """
        return None

    def event_matcher(self) -> EventMatcher | None:
        """What it wants remembered of events beyond what is known anyway; most want nothing.

        A kind that listens judges by nothing else. Raises ValueError.
        """
        return None

    @property
    def patterns(self) -> Mapping[tuple[str, ...], Pattern]:
        """Its regular expressions, by the parameter that each stands in."""
        return {}

    @property
    def tag_keys(self) -> Texts:
        """The keys of tags that it names, or globs of them."""
        return ()

    @property
    def tag_values(self) -> Iterable[tuple[tuple[str, ...], str]]:
        """The values of tags that it names, or globs of them, each with its parameter."""
        return ()

    @property
    def asks_of_stream_key(self) -> Texts:
        """The keys of tags that it wants on the stream key, or globs of them."""
        return ()

    @property
    def forbids_on_stream_key(self) -> Texts:
        """The keys of tags that it wants on no stream key, whatever their value."""
        return ()

    def fault_of_tag(self, key: str, value: str) -> str:
        """What the rule finds wrong with a tag of this value; empty if nothing."""
        return ""

    def judge(self, facts: Facts, now: datetime) -> Finding:
        """What the rule finds of a resource at a moment."""
        raise NotImplementedError

    def prepare(self) -> Judge:
        """The function that judges, made once and asked for every resource.

        A kind whose parameters have to be compiled, such as patterns, makes one here. It has no
        `judge` then.
        """
        return self.judge


class LiveCheck(Check, frozen=True):
    """A kind about what is on the air: encoders reconnect, and networks come and go."""

    keep: ClassVar[timedelta] = timedelta(minutes=10)


_AT_ONCE: Final = timedelta(0)
_CHANNELS: Final = frozenset({ResourceType.CHANNEL})
_NOTHING: Final = Needs()
_NO_INTERESTS: Final = Interests()


def compliant(
    reason: str,
    *,
    about: Subject = RESOURCE,
    recheck_at: datetime | None = None,
    near: NearLimit | None = None,
) -> Finding:
    return Finding(
        status=Status.COMPLIANT, reason=reason, subject=about, recheck_at=recheck_at, near=near
    )


def not_applicable(reason: str) -> Finding:
    return Finding(status=Status.NOT_APPLICABLE, reason=reason)


def breach(
    reason: str,
    *,
    about: Subject,
    since: datetime,
    compared: Mapping[str, Any],
    recheck_at: datetime | None = None,
    settled_tags: frozenset[str] = frozenset(),
    own_tags: Mapping[str, str | None] | None = None,
    key_tags: Mapping[str, str] | None = None,
    forbidden_key_tags: tuple[str, ...] = (),
    viewers: tuple[Viewer, ...] = (),
    near: NearLimit | None = None,
) -> Finding:
    """`since` counts in whole seconds: settings of a call have the end of its second.

    `compared` are the facts that the rule compared, as in `Finding`.
    """
    return Finding(
        status=Status.BREACH,
        reason=reason,
        since=since.replace(microsecond=0),
        subject=about,
        compared=compared,
        recheck_at=recheck_at,
        settled_tags=settled_tags,
        own_tags=own_tags,
        key_tags=key_tags,
        forbidden_key_tags=forbidden_key_tags,
        viewers=viewers,
        near=near,
    )


def pending(
    reason: str,
    *,
    about: Subject,
    recheck_at: datetime,
) -> Finding:
    return Finding(
        status=Status.PENDING,
        reason=reason,
        subject=about,
        recheck_at=recheck_at,
    )
