"""Room for tags is judged by the user's own tags."""

import pytest

from streamwarden.domain.rules.tags.tag_limit import TagLimit
from streamwarden.domain.rules.tags.tagged import Taggable
from testbed.builders import (
    PUBLIC_KEY,
    SLATE,
    at,
    channel_listed,
    listed,
    tags_removed,
    tags_set,
)
from tests.unit.domain.rules.cases import Case, assert_found, breach, compliant, each

FEW = TagLimit(tags=2)
ROOM = compliant("there is room for more tags")

CASES = (
    Case(
        title="exactly at the limit",
        check=FEW,
        given=(channel_listed(at(), tags={"a": "", "b": ""}),),
        now=at(1),
        found=ROOM,
    ),
    Case(
        title="one too many",
        check=FEW,
        given=(channel_listed(at(), tags={"a": "", "b": "", "c": ""}),),
        now=at(1),
        found=breach("the channel uses 3 of 50 tags; 2 are allowed", at()),
    ),
    Case(
        title="tags of AWS do not count",
        check=FEW,
        given=(channel_listed(at(), tags={"a": "", "b": "", "aws:c": "", "aws:d": ""}),),
        now=at(1),
        found=ROOM,
    ),
    Case(
        title="a tag set since",
        check=FEW,
        given=(
            channel_listed(at(), tags={"a": "", "aws:b": "", "c": ""}),
            tags_set(at(1), {"d": ""}),
        ),
        now=at(2),
        found=breach("the channel uses 3 of 50 tags; 2 are allowed", at(1)),
    ),
    Case(
        title="a tag removed since",
        check=FEW,
        given=(channel_listed(at(), tags={"a": "", "b": "", "c": ""}), tags_removed(at(1), "a")),
        now=at(2),
        found=ROOM,
    ),
    Case(
        title="45 unless said otherwise",
        check=TagLimit(),
        given=(channel_listed(at(), tags={f"tag-{count}": "" for count in range(46)}),),
        now=at(1),
        found=breach("the channel uses 46 of 50 tags; 45 are allowed", at()),
    ),
    Case(
        title="on a failover slate configuration",
        check=TagLimit(tags=1, on=(Taggable.FAILOVER_SLATE_CONFIGURATION,)),
        about=SLATE,
        given=(listed(SLATE, at(), tags={"a": "", "b": ""}),),
        now=at(1),
        found=breach("the failover slate configuration uses 2 of 50 tags; 1 are allowed", at()),
    ),
    Case(
        title="on a public key",
        check=TagLimit(tags=1, on=(Taggable.PUBLIC_KEY,)),
        about=PUBLIC_KEY,
        given=(listed(PUBLIC_KEY, at(), tags={"a": "", "b": ""}),),
        now=at(1),
        found=breach("the public key uses 2 of 50 tags; 1 are allowed", at()),
    ),
)


@each(CASES)
def test_tag_limit_finds(case: Case) -> None:
    assert_found(case)


@pytest.mark.parametrize("tags", [0, 50])
def test_a_limit_that_is_always_or_never_kept_is_refused(tags: int) -> None:
    with pytest.raises(ValueError, match=f"expected `tags` from 1 to 49, found {tags}"):
        TagLimit(tags=tags)
