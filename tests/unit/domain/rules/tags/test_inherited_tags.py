"""A stream key carries the tags of its channel."""

from copy import replace

import pytest

from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.tags.inherited_tags import InheritedTags
from streamwarden.domain.verdicts import Finding
from testbed.builders import (
    KEY,
    NEW_KEY,
    action_finished,
    at,
    channel_created,
    channel_listed,
    key_created,
    key_deleted,
    key_observed,
    tags_removed,
    tags_set,
)
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

CHECK = InheritedTags(tags=("team", "cost-*"))
TAGS = {"team": "news", "cost-center": "CC-1", "tier": "pro"}
INHERITED = {"team": "news", "cost-center": "CC-1"}
CARRIES = compliant("the stream key carries the channel's tags")


def lacking(found: Finding, tags: dict[str, str]) -> Finding:
    return replace(found, key_tags=tags)


CASES = (
    Case(
        title="the key is not known",
        check=CHECK,
        given=(channel_listed(at(), tags=TAGS),),
        now=at(1),
        found=not_applicable("the tags of the stream key are not known yet"),
    ),
    Case(
        title="the tags of the key are not known",
        check=CHECK,
        given=(channel_listed(at(), tags=TAGS), key_observed(at())),
        now=at(1),
        found=not_applicable("the tags of the stream key are not known yet"),
    ),
    Case(
        title="there is no key",
        check=CHECK,
        given=(channel_created(at(), tags=TAGS), key_deleted(at(1))),
        now=at(2),
        found=not_applicable("the channel has no stream key"),
    ),
    Case(
        title="a tag of the channel is blank",
        check=CHECK,
        given=(channel_created(at(), tags={"team": " ", "cost-center": ""}),),
        now=at(1),
        found=not_applicable("the channel carries no tag that its stream key takes over"),
    ),
    Case(
        title="the channel has none of these tags",
        check=CHECK,
        given=(channel_created(at(), tags={"tier": "pro"}),),
        now=at(1),
        found=not_applicable("the channel carries no tag that its stream key takes over"),
    ),
    Case(
        title="the key of a new channel has no tags",
        check=CHECK,
        given=(channel_created(at(), tags=TAGS),),
        now=at(1),
        found=lacking(
            breach(
                "stream key: tag 'cost-center' is missing, the channel's is 'CC-1'; "
                "tag 'team' is missing, the channel's is 'news'",
                at(),
            ),
            INHERITED,
        ),
    ),
    Case(
        title="a tag of its own is different, and others are left alone",
        check=CHECK,
        given=(
            channel_listed(at(), tags=TAGS),
            key_observed(at(1), tags={**INHERITED, "team": "sports", "own": "tag"}),
        ),
        now=at(2),
        found=lacking(
            breach("stream key: tag 'team' is 'sports', the channel's is 'news'", at(1)),
            {"team": "news"},
        ),
    ),
    Case(
        title="all are there",
        check=CHECK,
        given=(channel_listed(at(), tags=TAGS), key_observed(at(), tags=INHERITED)),
        now=at(1),
        found=CARRIES,
    ),
    Case(
        title="set since, as CloudTrail told",
        check=CHECK,
        given=(channel_created(at(), tags=TAGS), tags_set(at(1), INHERITED, arn=KEY)),
        now=at(2),
        found=CARRIES,
    ),
    Case(
        title="set since, as the action told",
        check=CHECK,
        given=(
            channel_created(at(), tags=TAGS),
            action_finished(at(1), "an/action", tags=INHERITED, key_arn=KEY),
        ),
        now=at(2),
        found=CARRIES,
    ),
    Case(
        title="the channel changed",
        check=CHECK,
        given=(
            channel_created(at(), tags=TAGS),
            tags_set(at(1), INHERITED, arn=KEY),
            tags_set(at(2), {"team": "sports"}),
        ),
        now=at(3),
        found=lacking(
            breach("stream key: tag 'team' is 'news', the channel's is 'sports'", at(2)),
            {"team": "sports"},
        ),
    ),
    Case(
        title="what the channel lost stays on the key",
        check=CHECK,
        given=(
            channel_listed(at(), tags=TAGS),
            key_observed(at(), tags=INHERITED),
            tags_removed(at(1), "team"),
        ),
        now=at(2),
        found=CARRIES,
    ),
    Case(
        title="a new key begins again",
        check=CHECK,
        given=(
            channel_listed(at(), tags={"team": "news"}),
            key_observed(at(), tags=INHERITED),
            key_created(at(1), key_arn=NEW_KEY),
        ),
        now=at(2),
        found=lacking(
            breach("stream key: tag 'team' is missing, the channel's is 'news'", at(1)),
            {"team": "news"},
        ),
    ),
    Case(
        title="keys are case-sensitive",
        check=CHECK,
        given=(
            channel_listed(at(), tags={"team": "news"}),
            key_observed(at(), tags={"Team": "news"}),
        ),
        now=at(1),
        found=lacking(
            breach("stream key: tag 'team' is missing, the channel's is 'news'", at()),
            {"team": "news"},
        ),
    ),
    Case(
        title="tags of AWS cannot be set",
        check=InheritedTags(tags=("*",)),
        given=(
            channel_listed(at(), tags={"aws:cloudformation:stack-name": "a", "AWS:x": "y"}),
            key_observed(at(), tags={}),
        ),
        now=at(1),
        found=not_applicable("the channel carries no tag that its stream key takes over"),
    ),
)


@each(CASES)
def test_inherited_tags_finds(case: Case) -> None:
    assert_found(case)


def test_it_needs_the_tags_of_stream_keys() -> None:
    assert CHECK.needs == Needs(stream_keys=True)


def test_it_names_at_least_one_tag() -> None:
    with pytest.raises(ValueError, match="`tags`: name at least one"):
        InheritedTags(tags=())
