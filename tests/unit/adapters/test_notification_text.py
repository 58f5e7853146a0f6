"""What people read of a message, in the order of their questions."""

from copy import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from streamwarden.adapters.notification_text import format_body, format_headline
from streamwarden.domain.arn import account_arn
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Baseline, Message
from streamwarden.domain.verdicts import Notification, NotificationStatus, RuleNotes
from testbed.builders import ACCOUNT, CHANNEL, KEY_PAIR, NOON, OTHER_CHANNEL, REGION

RELEASE: Final = f"streamwarden release {CHANNEL} --reason …"
EXEMPT: Final = f"streamwarden exempt {CHANNEL} --rule no-marathons --until … --reason …"
OPENED: Final = Notification(
    id="n-1",
    incident="n",
    rule_id="no-marathons",
    severity=Severity.HIGH,
    status=NotificationStatus.OPENED,
    resource_arn=CHANNEL,
    resource_name="studio",
    stream_id="st-1",
    title="studio: no-marathons breach",
    text="on the air for 5h; 4h is allowed. Streamwarden stops the stream.",
    at=NOON,
    since=NOON,
    notes=RuleNotes(
        description="Four hours are enough.", owner="live-ops", runbook="https://example.com/a"
    ),
    undo=(EXEMPT,),
    owner="sports",
)


def message(*notifications: Notification, is_reminder: bool = False) -> Message:
    return Message(id="m", notifications=notifications, is_reminder=is_reminder)


def body(*notifications: Notification) -> list[str]:
    return format_body(message(*notifications)).splitlines()


def test_it_answers_where_when_why_what_how_to_undo_it_and_where_to_look() -> None:
    assert format_headline(message(OPENED)) == "[high] studio: no-marathons breach"
    assert body(OPENED) == [
        f"channel: studio ({CHANNEL})",
        "owner: sports",
        "stream: st-1",
        "account: 210987654321 in Europe (Ireland) eu-west-1",
        "since: 2026-03-14 12:00:00 UTC",
        "",
        "status: opened",
        "rule: no-marathons",
        "why: Four hours are enough.",
        "rule owner: live-ops",
        "",
        "on the air for 5h; 4h is allowed. Streamwarden stops the stream.",
        "",
        f"to exempt it: {EXEMPT}",
        "",
        "runbook: https://example.com/a",
        "console: https://eu-west-1.console.aws.amazon.com/ivs/channels/KgopvkVuUi7g",
    ]


def test_what_takes_something_back_is_told_from_what_has_the_rule_leave_alone() -> None:
    commands = [each for each in body(replace(OPENED, undo=(RELEASE, EXEMPT))) if "arn:" in each]

    assert commands[1:] == [f"to undo it: {RELEASE}", f"to exempt it: {EXEMPT}"]


@pytest.mark.parametrize(
    ("status", "moments"),
    [
        (NotificationStatus.WARNING, ["at: 2026-03-14 13:00:00 UTC"]),
        (NotificationStatus.CHANGED, ["at: 2026-03-14 13:00:00 UTC"]),
        *(
            (status, ["since: 2026-03-14 12:00:00 UTC", "decided at: 2026-03-14 13:00:00 UTC"])
            for status in (
                NotificationStatus.OPENED,
                NotificationStatus.REPEATED,
                NotificationStatus.ESCALATED,
                NotificationStatus.ACKNOWLEDGED,
            )
        ),
        (
            NotificationStatus.RESOLVED,
            ["since: 2026-03-14 12:00:00 UTC", "until: 2026-03-14 13:00:00 UTC, after 1h"],
        ),
    ],
)
def test_the_moments_are_those_of_the_status(
    status: NotificationStatus, moments: list[str]
) -> None:
    has_incident = status not in (NotificationStatus.WARNING, NotificationStatus.CHANGED)
    notified = replace(
        OPENED, status=status, at=NOON + timedelta(hours=1), since=NOON if has_incident else None
    )

    lines = body(notified)

    after = lines.index("account: 210987654321 in Europe (Ireland) eu-west-1") + 1
    assert lines[after : lines.index("", after)] == moments
    assert f"status: {status}" in lines


@pytest.mark.parametrize(
    ("arn", "first"),
    [
        (KEY_PAIR, f"playback key pair: f99cde61-c2b0-4df3-8941-ca7d38acca1a ({KEY_PAIR})"),
        (account_arn(ACCOUNT, REGION), "account: 210987654321 in Europe (Ireland) eu-west-1"),
    ],
)
def test_what_has_no_notes_is_as_short_as_it_can_be(arn: str, first: str) -> None:
    bare = replace(
        OPENED, resource_arn=arn, resource_name="", stream_id=None, owner="", notes=None, undo=()
    )

    lines = body(bare)

    assert lines[0] == first
    assert lines[-2:] == ["", OPENED.text]
    assert len(lines) <= len([first, "account", "since", "", "status", "rule", "", "text"])


def test_a_digest_of_a_rule_says_the_rule_once() -> None:
    resolved = replace(
        OPENED,
        resource_arn=OTHER_CHANNEL,
        resource_name="arena",
        status=NotificationStatus.RESOLVED,
        text="the stream ended.",
    )

    assert format_headline(message(OPENED, resolved)) == (
        "[high] no-marathons: 1 opened, 1 resolved"
    )
    assert body(OPENED, resolved) == [
        "1 opened, 1 resolved",
        "",
        "account: 210987654321 in Europe (Ireland) eu-west-1",
        "rule: no-marathons",
        "why: Four hours are enough.",
        "rule owner: live-ops",
        "runbook: https://example.com/a",
        "",
        "- studio: opened. on the air for 5h; 4h is allowed. Streamwarden stops the stream.",
        "- arena: resolved. the stream ended.",
    ]


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"rule_id": "tls"}, "studio"),
        ({"rule_id": "tls", "resource_arn": OTHER_CHANNEL}, "owner sports"),
        ({"rule_id": "tls", "resource_arn": OTHER_CHANNEL, "owner": ""}, "several rules"),
    ],
)
def test_a_digest_of_several_rules_says_what_they_have_in_common(
    changes: dict[str, Any], subject: str
) -> None:
    other = replace(OPENED, title="arena: tls breach", text="it takes RTMP.", **changes)

    assert format_headline(message(OPENED, other)) == f"[high] {subject}: 2 opened"
    assert "- arena: tls breach. it takes RTMP." in body(OPENED, other)


@pytest.mark.parametrize(
    ("baseline", "words"),
    [
        (Baseline(found=2, judged=800), "2 of 800 channels in breach at the first look"),
        (Baseline(found=2), "2 channels in breach at the first look"),
        (
            Baseline(found=722, judged=800),
            "722 of 800 channels in breach at the first look, 2 of them in this message",
        ),
        (
            Baseline(found=2, judged=790, unjudged=10),
            "2 of 790 channels in breach at the first look; 10 are not judged yet",
        ),
    ],
)
def test_a_digest_of_the_first_look_says_how_many_of_how_many(
    baseline: Baseline, words: str
) -> None:
    found = tuple(
        replace(OPENED, is_baseline=True, resource_arn=arn) for arn in (CHANNEL, OTHER_CHANNEL)
    )
    digest = Message(id="m", notifications=found, baseline=baseline)

    assert format_headline(digest) == f"[high] no-marathons: {words}"
    assert "A first look has found these; they may be older." in format_body(digest)


def test_resources_are_counted_in_their_own_words() -> None:
    pairs = tuple(replace(OPENED, is_baseline=True, resource_arn=KEY_PAIR) for _ in range(2))
    digest = Message(id="m", notifications=pairs, baseline=Baseline(found=1, judged=3))

    assert "1 of 3 playback key pairs in breach" in format_headline(digest)


def test_a_digest_lists_as_much_as_people_read_and_names_the_others() -> None:
    lines = body(*(replace(OPENED, resource_name=f"channel-{number}") for number in range(23)))

    assert len([each for each in lines if each.startswith("- ")]) == 20
    assert lines[-2:] == [
        "3 more. `streamwarden open` lists what is open.",
        "They are about: channel-20, channel-21, channel-22",
    ]


def test_a_digest_stays_within_what_a_topic_takes() -> None:
    long = [replace(OPENED, resource_name=f"{at:0128}", text="ü" * 1_000) for at in range(1_000)]

    assert len(format_body(message(*long)).encode()) < 100_000


def test_a_reminder_says_that_nothing_is_new() -> None:
    assert format_headline(message(OPENED, is_reminder=True)) == (
        "[high] still open: studio: no-marathons breach"
    )
