"""Tags that only some callers may change."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.globs import Texts, matcher
from streamwarden.domain.rules.authorship import CLOSES_AFTER, author_matcher
from streamwarden.domain.rules.check import Judge, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.rules.tags.tagged import Taggable, TaggableCheck
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Author
from streamwarden.domain.state.retention.interests import AuthorRank, Interests
from streamwarden.domain.state.tag_history import MayChange, last_permitted
from streamwarden.domain.traits import LIVE_CHANNEL, Trait
from streamwarden.domain.verdicts import Finding


class ProtectedTags(TaggableCheck, frozen=True):
    """Only the callers in `by` may change the tags in `tags`.

    `on` names the types of resources that the rule judges, by default only channels. `tags` are
    globs of keys. `by` are globs of IAM ARNs of users, roles or sessions of roles. The
    rule does not know the roles of Streamwarden. If an action of the policy sets these tags, `by`
    must also name the role of Streamwarden that does it. The breach lasts for 24 hours, or until an
    allowed caller changes the same tag, or until the tag has its last permitted value again, which
    the action `restore_tags` sets. Tags that are set when a resource is created are not a change.
    Data: CloudTrail `TagResource` and `UntagResource`, tags in listings. Costs one call per 100
    resources for each further type in `on`, `GetPlaybackKeyPair` for each key pair (at most three),
    and `ListTagsForResource` for each ingest configuration.
    """

    traits: ClassVar = LIVE_CHANNEL | {Trait.CALLERS, Trait.CHANGED_TAGS}

    tags: Texts
    by: Texts
    on: tuple[Taggable, ...] = (Taggable.CHANNEL,)

    def __post_init__(self) -> None:
        if not self.tags or not self.by:
            raise ValueError("name at least one of `tags`, and of `by` who may change them")
        super().__post_init__()

    @property
    def tag_keys(self) -> Texts:
        return self.tags

    @property
    def interests(self) -> Interests:
        is_protected, may_change = matcher(self.tags), author_matcher(self.by)

        def rank(key: str, author: Author) -> AuthorRank:
            if not is_protected(key):
                return AuthorRank.NONE
            return AuthorRank.KEPT if may_change(author) else AuthorRank.KEPT_FIRST

        return Interests(rank_authors=(rank,))

    def prepare(self) -> Judge:
        is_protected, may_change = matcher(self.tags), author_matcher(self.by)

        def judge(facts: Facts, now: datetime) -> Finding:
            foreign, is_touched, oldest = [], False, now - CLOSES_AFTER
            earlier: dict[str, str | None] = {}
            for key, change in facts.state.tag_authors.items():
                if is_protected(key):
                    is_touched = True
                    if change.at > oldest and not may_change(change.value):
                        permitted = _permitted(key, facts, may_change)
                        if permitted is not None and facts.tags.get(key) == permitted:
                            continue
                        foreign.append((change.at, key, change.value))
                        if permitted is not None:
                            earlier[key] = permitted
            if not foreign:
                return _IN_ORDER if is_touched else _UNTOUCHED
            foreign.sort()
            since = foreign[0][0]
            reason = [f"{key!r} by {author.name}" for _, key, author in foreign]
            return breach(
                f"protected tags were changed: {', '.join(reason)}",
                about=RESOURCE,
                since=min(since, now),
                compared={
                    "tags": {key: facts.tags.get(key) for _, key, _ in foreign},
                    "tag_authors": {key: Stamped(author, at) for at, key, author in foreign},
                },
                recheck_at=since + CLOSES_AFTER,
                own_tags=earlier or None,
            )

        return judge


def _permitted(key: str, facts: Facts, may_change: MayChange) -> str | None:
    """The last permitted value; None if there was none, or it is not known."""
    found = last_permitted(facts.state.tag_history.get(key, ()), may_change)
    return found.value if found is not None and found.is_set else None


_UNTOUCHED: Final = not_applicable("no change of a protected tag was seen")
_IN_ORDER: Final = compliant("no other caller changed protected tags in the last 24h")
