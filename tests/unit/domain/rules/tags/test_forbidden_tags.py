"""Which tags must not be there, by key and by value."""

import pytest

from streamwarden.domain.rules.tags.forbidden_tags import ForbiddenTags, Tagless
from testbed.builders import (
    CONFIGURATION,
    at,
    channel_listed,
    listed,
    tags_removed,
    tags_set,
)
from tests.unit.domain.rules.cases import Case, assert_found, breach, compliant, each

IN_ORDER = compliant("no forbidden tag is there")

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
        check=ForbiddenTags(tags=("a",), on=(Tagless.RECORDING_CONFIGURATION,)),
        about=CONFIGURATION,
        given=(listed(CONFIGURATION, at(), tags={"a": "1"}),),
        now=at(1),
        found=breach("tag 'a' is forbidden", at(), own_tags={"a": None}),
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
