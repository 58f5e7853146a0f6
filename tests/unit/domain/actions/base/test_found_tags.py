"""Actions on tags that their rule has found: the creator is named, and what is forbidden goes."""

import pytest

from streamwarden.domain.actions.base.calls import Call, ListedKey, Pointless, Seen
from streamwarden.domain.actions.remove_key_tags import RemoveKeyTags
from streamwarden.domain.actions.remove_tags import RemoveTags
from streamwarden.domain.decision import Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.verdicts import PlannedAction
from testbed.builders import (
    KEY,
    action_finished,
    at,
    channel_created,
    channel_listed,
    compiled_rule,
    decide_on,
    key_created,
    policy_of,
    tags_set,
)

ANN = "arn:aws:sts::210987654321:assumed-role/studio/ann@example.com"
PIPELINE = "arn:aws:iam::210987654321:role/pipeline"
OWNED = policy_of(
    compiled_rule("owner_from_creator", {"tag": "owner"}, PlannedAction(kind="set_owner"))
)
CLEAN = policy_of(
    compiled_rule("forbidden_tags", {"tags": ["*email*"]}, PlannedAction(kind="remove_tags"))
)


def test_the_owner_is_the_creator() -> None:
    decision = decide_on(OWNED, at(1), channel_created(at(), by=ANN))

    (action,), (notification,) = decision.actions, decision.notifications
    assert action.tags == {"owner": "ann@example.com"}
    assert "Streamwarden sets owner=ann@example.com." in notification.text


def test_a_tag_of_aws_is_never_set() -> None:
    rule = compiled_rule("owner_from_creator", {"tag": "aws:by"}, PlannedAction(kind="set_owner"))

    assert decide_on(policy_of(rule), at(1), channel_created(at(), by=ANN)).actions == ()


def test_what_is_forbidden_is_removed_and_all_else_stays() -> None:
    listed = channel_listed(at(), tags={"email": "a", "my-email": "b", "team": "news"})

    decision = decide_on(CLEAN, at(1), listed)

    (action,), (notification,) = decision.actions, decision.notifications
    assert action.tag_keys == ("email", "my-email")
    assert "Streamwarden removes email, my-email." in notification.text
    call = RemoveTags().plan(action, Seen())
    assert isinstance(call, Call)
    assert call.parameters["tagKeys"] == ["email", "my-email"]
    assert call.done == "removed email, my-email"
    assert call.tags == {"email": None, "my-email": None}


def test_a_removal_gives_way_to_whoever_sets_the_tag_again() -> None:
    inputs: list[Input] = [channel_listed(at())]
    standing, asked, texts = Standing(), 0, ""
    for minute in range(10, 60, 10):
        inputs.append(tags_set(at(minutes=minute), {"email": "a"}, role=PIPELINE))
        decision = decide_on(CLEAN, at(minutes=minute + 1), *inputs, before=standing)
        standing = decision.standing
        texts += "".join(each.text for each in decision.notifications)
        for each in decision.actions:
            asked += 1
            done = at(minutes=minute + 2)
            inputs.append(action_finished(done, each.id, tags={"email": None}))
            standing = decide_on(CLEAN, done, *inputs, before=standing).standing

    assert asked == 3
    assert f"this was taken back by {PIPELINE}, 3 times" in texts


CLEAN_KEYS = policy_of(
    compiled_rule(
        "forbidden_tags",
        {"tags": ["email"], "on": ["channel", "stream_key"]},
        PlannedAction(kind="remove_tags"),
        PlannedAction(kind="remove_key_tags"),
    )
)


def test_what_is_forbidden_is_removed_from_the_stream_key_by_an_action_of_its_own() -> None:
    given_ = (channel_listed(at(), tags={"email": "a"}), key_created(at(), tags={"email": "b"}))

    decision = decide_on(CLEAN_KEYS, at(1), *given_)

    of_channel, of_key = decision.actions
    assert (of_channel.kind, of_channel.tag_keys) == ("remove_tags", ("email",))
    assert (of_key.kind, of_key.tag_keys) == ("remove_key_tags", ("email",))
    call = RemoveKeyTags().plan(of_key, Seen(key=ListedKey(KEY, {"email": "b", "team": "x"})))
    assert isinstance(call, Call)
    assert call.parameters == {"resourceArn": KEY, "tagKeys": ["email"]}
    assert call.done == "removed email from the stream key"


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (None, "the channel has no stream key"),
        (ListedKey(KEY, {"team": "x"}), "the stream key carries none of the forbidden tags"),
    ],
)
def test_a_key_without_the_forbidden_tag_is_left_alone(key: ListedKey | None, reason: str) -> None:
    given_ = (channel_listed(at()), key_created(at(), tags={"email": "b"}))
    (action,) = decide_on(CLEAN_KEYS, at(1), *given_).actions

    assert RemoveKeyTags().plan(action, Seen(key=key)) == Pointless(reason)


def test_a_removal_from_a_key_gives_way_to_whoever_sets_the_tag_again() -> None:
    inputs: list[Input] = [channel_listed(at()), key_created(at(), tags={})]
    standing, asked = Standing(), 0
    for minute in range(10, 60, 10):
        inputs.append(tags_set(at(minutes=minute), {"email": "a"}, arn=KEY))
        decision = decide_on(CLEAN_KEYS, at(minutes=minute + 1), *inputs, before=standing)
        standing = decision.standing
        for each in decision.actions:
            asked += 1
            done = at(minutes=minute + 2)
            inputs.append(action_finished(done, each.id, tags={"email": None}, key_arn=KEY))
            standing = decide_on(CLEAN_KEYS, done, *inputs, before=standing).standing

    assert asked == 3


PROTECTED = policy_of(
    compiled_rule(
        "protected_tags",
        {"tags": ["tier"], "by": ["*:role/billing"]},
        PlannedAction(kind="restore_tags"),
    )
)


def test_a_protected_tag_is_set_back() -> None:
    inputs = [channel_listed(at(-1), tags={"tier": "pro"}), tags_set(at(), {"tier": "x"}, by=ANN)]

    decision = decide_on(PROTECTED, at(1), *inputs)
    (action,) = decision.actions
    restored = action_finished(at(1), action.id, tags=action.tags)
    # CloudTrail tells of the restoration, too. No list of allowed callers has to name its role.
    notified = tags_set(at(1), {"tier": "pro"}, role=PIPELINE)
    after = decide_on(PROTECTED, at(2), *inputs, restored, notified, before=decision)

    assert action.tags == {"tier": "pro"}
    assert "Streamwarden sets tier=pro." in decision.notifications[0].text
    assert after.actions == ()
    assert after.breaches == {}


def test_a_protected_tag_of_unknown_past_stays() -> None:
    assert decide_on(PROTECTED, at(1), tags_set(at(), {"tier": "x"}, by=ANN)).actions == ()


def test_a_restoration_gives_way_after_the_third_time() -> None:
    inputs: list[Input] = [channel_listed(at(), tags={"tier": "pro"})]
    standing, asked = Standing(), 0
    for minute in range(10, 60, 10):
        inputs.append(tags_set(at(minutes=minute), {"tier": "x"}, role=PIPELINE))
        decision = decide_on(PROTECTED, at(minutes=minute + 1), *inputs, before=standing)
        standing = decision.standing
        for each in decision.actions:
            asked += 1
            done = at(minutes=minute + 2)
            inputs.append(action_finished(done, each.id, tags=each.tags))
            standing = decide_on(PROTECTED, done, *inputs, before=standing).standing

    assert asked == 3
