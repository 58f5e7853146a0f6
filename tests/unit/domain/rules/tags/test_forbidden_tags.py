"""Which tags must not be there, by key and by value."""

import pytest

from streamwarden.domain.rules.tags.forbidden_tags import ForbiddenTags
from streamwarden.domain.rules.tags.tagged import Tagged
from testbed.builders import (
    AD_CONFIGURATION,
    CONFIGURATION,
    STAGE,
    at,
    channel_created,
    channel_listed,
    key_created,
    key_deleted,
    listed,
    real_time_made,
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

IN_ORDER = compliant("no forbidden tag is there")
OF_KEY = ForbiddenTags(tags=("a",), on=(Tagged.STREAM_KEY,))
OF_BOTH = ForbiddenTags(tags=("a",), on=(Tagged.CHANNEL, Tagged.STREAM_KEY))

CASES = (
    Case(
        title="none of them",
        check=ForbiddenTags(tags=("password*",)),
        given=(channel_listed(at(), tags={"team": "news"}),),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="one that is like a glob",
        check=ForbiddenTags(tags=("password*",)),
        given=(channel_listed(at(), tags={"passwords": "x", "team": "news"}),),
        now=at(1),
        found=breach("tag 'passwords' is forbidden", at(), own_tags={"passwords": None}),
    ),
    Case(
        title="several of them",
        check=ForbiddenTags(tags=("a", "b")),
        given=(channel_listed(at(), tags={"a": "1"}), tags_set(at(1), {"b": "2"})),
        now=at(2),
        found=breach(
            "tag 'a' is forbidden; tag 'b' is forbidden", at(1), own_tags={"a": None, "b": None}
        ),
    ),
    Case(
        title="removed since",
        check=ForbiddenTags(tags=("a",)),
        given=(channel_listed(at(), tags={"a": "1"}), tags_removed(at(1), "a")),
        now=at(2),
        found=IN_ORDER,
    ),
    Case(
        title="of another value",
        check=ForbiddenTags(tags=("tier",), values=("gold*",)),
        given=(channel_listed(at(), tags={"tier": "free"}),),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="of a forbidden value",
        check=ForbiddenTags(tags=("tier",), values=("gold*",)),
        given=(channel_listed(at(), tags={"tier": "golden"}),),
        now=at(1),
        found=breach("tag 'tier' is forbidden", at(), own_tags={"tier": None}),
    ),
    Case(
        title="one of AWS, which nobody can remove, and one that protects",
        check=ForbiddenTags(tags=("*",)),
        given=(
            channel_listed(
                at(), tags={"aws:cloudformation:stack-name": "a", "streamwarden:protected": "true"}
            ),
        ),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="on a recording configuration",
        check=ForbiddenTags(tags=("a",), on=(Tagged.RECORDING_CONFIGURATION,)),
        about=CONFIGURATION,
        given=(listed(CONFIGURATION, at(), tags={"a": "1"}),),
        now=at(1),
        found=breach("tag 'a' is forbidden", at(), own_tags={"a": None}),
    ),
    Case(
        title="on an ad configuration",
        check=ForbiddenTags(tags=("a",), on=(Tagged.AD_CONFIGURATION,)),
        about=AD_CONFIGURATION,
        given=(listed(AD_CONFIGURATION, at(), tags={"a": "1"}),),
        now=at(1),
        found=breach("tag 'a' is forbidden", at(), own_tags={"a": None}),
    ),
    Case(
        title="on a stage",
        check=ForbiddenTags(tags=("a",), on=(Tagged.STAGE,)),
        about=STAGE,
        given=(real_time_made(STAGE, at(), tags={"a": "1", "b": "2"}),),
        now=at(1),
        found=breach("tag 'a' is forbidden", at(), own_tags={"a": None}),
    ),
    Case(
        title="key: nothing is known of it",
        check=OF_KEY,
        given=(channel_listed(at(), tags={"a": "1"}),),
        now=at(1),
        found=not_applicable("the tags of the stream key are not known yet"),
    ),
    Case(
        title="key: there is none",
        check=OF_KEY,
        given=(channel_created(at()), key_deleted(at(1))),
        now=at(2),
        found=not_applicable("the channel has no stream key"),
    ),
    Case(
        title="key: in order, whatever the channel's own tags are",
        check=OF_KEY,
        given=(channel_listed(at(), tags={"a": "1"}), key_created(at(), tags={"b": "1"})),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="key: one of them",
        check=OF_KEY,
        given=(channel_listed(at(), tags={"a": "1"}), key_created(at(0.5), tags={"a": "1"})),
        now=at(1),
        found=breach(
            "stream key: tag 'a' is forbidden", at(0.5), own_tags={}, forbidden_key_tags=("a",)
        ),
    ),
    Case(
        title="key: one of them, and the channel has it too",
        check=OF_BOTH,
        given=(channel_listed(at(), tags={"a": "1"}), key_created(at(0.5), tags={"a": "1"})),
        now=at(1),
        found=breach(
            "tag 'a' is forbidden; stream key: tag 'a' is forbidden",
            at(),
            own_tags={"a": None},
            forbidden_key_tags=("a",),
        ),
    ),
    Case(
        title="key: not known yet, and the channel is in order",
        check=OF_BOTH,
        given=(channel_listed(at()),),
        now=at(1),
        found=compliant(
            "no forbidden tag is on the channel; those of its stream key are not known yet"
        ),
    ),
    Case(
        title="key: that of Streamwarden on it says when it was made",
        check=ForbiddenTags(tags=("streamwarden:minted-at",), on=(Tagged.STREAM_KEY,)),
        given=(channel_listed(at()), key_created(at(), tags={"streamwarden:minted-at": "x"})),
        now=at(1),
        found=IN_ORDER,
    ),
)


@each(CASES)
def test_forbidden_tags(case: Case) -> None:
    assert_found(case)


def test_tags_of_aws_cannot_be_forbidden() -> None:
    with pytest.raises(ValueError, match="only AWS sets and removes tags"):
        ForbiddenTags(tags=("aws:*",))


def test_it_names_something() -> None:
    with pytest.raises(ValueError, match="name at least one tag"):
        ForbiddenTags(tags=())
    with pytest.raises(ValueError, match="`on`: name at least one of channel"):
        ForbiddenTags(tags=("a",), on=())


def test_an_action_that_sets_one_is_refused() -> None:
    check = ForbiddenTags(tags=("tier",), values=("gold",))

    assert check.fault_of_tag("tier", "gold") == "tag 'tier' is forbidden"
    assert check.fault_of_tag("tier", "free") == ""


def test_tags_of_a_stream_key_are_named_whole() -> None:
    with pytest.raises(ValueError, match="expected keys without `\\*`"):
        ForbiddenTags(tags=("a*",), on=(Tagged.STREAM_KEY,))


def test_no_action_sets_tags_of_a_stream_key_alone() -> None:
    assert OF_KEY.fault_of_tag("a", "1") == ""
