"""A channel is managed if it carries the tag or has the name."""

import pytest

from streamwarden.domain.rules.channel_settings.unmanaged_channel import UnmanagedChannel
from testbed.builders import at, channel_listed, stream_start
from tests.unit.domain.rules.cases import Case, assert_found, breach, compliant, each

STACK = "aws:cloudformation:stack-name"
TAGGED = UnmanagedChannel(tag=STACK)
TAGGED_OR_NAMED = UnmanagedChannel(tag=STACK, values=("video-*",), names=("tf-*", "lab"))
NAMED = UnmanagedChannel(names=("tf-*",))
MANAGED = compliant("the channel is managed")

CASES = (
    Case(
        title="without the tag, since it was first seen",
        check=TAGGED,
        given=(stream_start(at()), channel_listed(at(1), tags={"team": "a"})),
        now=at(2),
        found=breach(f"the channel is not managed: it has no tag {STACK!r}", at()),
    ),
    Case(
        title="with the tag",
        check=TAGGED,
        given=(channel_listed(at(), tags={STACK: "video"}),),
        now=at(1),
        found=MANAGED,
    ),
    *(
        Case(
            title=f"with a blank tag, {title}",
            check=UnmanagedChannel(tag=STACK, values=values),
            given=(channel_listed(at(), tags={STACK: " "}),),
            now=at(1),
            found=breach(f"the channel is not managed: it has no tag {STACK!r}{said}", at()),
        )
        for title, values, said in (("any value", (), ""), ("any glob", ("*",), " as '*'"))
    ),
    Case(
        title="with the tag at another value",
        check=TAGGED_OR_NAMED,
        given=(channel_listed(at(), name="mine", tags={STACK: "play"}),),
        now=at(1),
        found=breach(
            f"the channel is not managed: it has no tag {STACK!r} as 'video-*' "
            "and no name like 'tf-*' or 'lab'",
            at(),
        ),
    ),
    Case(
        title="with the tag at one of the values",
        check=TAGGED_OR_NAMED,
        given=(channel_listed(at(), name="mine", tags={STACK: "video-eu"}),),
        now=at(1),
        found=MANAGED,
    ),
    Case(
        title="a matching name is enough",
        check=TAGGED_OR_NAMED,
        given=(channel_listed(at(), name="lab"),),
        now=at(1),
        found=MANAGED,
    ),
    Case(
        title="another name",
        check=NAMED,
        given=(channel_listed(at(), name="my-tf"),),
        now=at(1),
        found=breach("the channel is not managed: it has no name like 'tf-*'", at()),
    ),
)


@each(CASES)
def test_unmanaged_channel_finds(case: Case) -> None:
    assert_found(case)


def test_something_must_tell_managed_channels_apart() -> None:
    with pytest.raises(ValueError, match="give `tag`, `names` or both"):
        UnmanagedChannel()


def test_values_are_those_of_a_tag() -> None:
    with pytest.raises(ValueError, match="give `tag` too"):
        UnmanagedChannel(values=("a",), names=("b",))


@pytest.mark.parametrize(
    ("check", "value", "fault"),
    [
        (TAGGED, " ", f"tag {STACK!r} is blank"),
        (UnmanagedChannel(tag=STACK, values=("*",)), "", f"tag {STACK!r} is blank"),
        (UnmanagedChannel(tag=STACK, values=("a",)), "b", f"tag {STACK!r} is 'b', not 'a'"),
        (TAGGED, "video", ""),
        (TAGGED_OR_NAMED, " ", ""),
    ],
)
def test_a_tag_is_at_fault_where_it_is_no_sign_and_nothing_else_could_be(
    check: UnmanagedChannel, value: str, fault: str
) -> None:
    assert check.fault_of_tag(STACK, value) == fault
    assert check.fault_of_tag("other", value) == ""
