"""What is set on single channels is counted, listed with its end, and over at its end."""

from datetime import datetime, timedelta
from typing import Any, Final

from streamwarden.domain.commands import (
    AnyCommand,
    ExemptChannel,
    ProtectChannel,
    QuarantineChannel,
    UnprotectChannel,
)
from streamwarden.domain.inputs import Input
from streamwarden.domain.state.controls import NO_CONTROLS, PROTECTED_TAG, Sender
from streamwarden.services.fleet import fleet_entry
from streamwarden_cli.operate.brakes import brakes_section
from streamwarden_cli.operate.channel_controls import (
    ChannelControl,
    Kind,
    controls_section,
    in_order,
    set_on,
)
from testbed import builders as build
from testbed.builders import CHANNEL, at
from tests.unit.cli.operate.records import record_after

OLGA: Final = Sender(id="AIDAEXAMPLE", claimed_arn="arn:aws:iam::210987654321:user/olga")
LISTED: Final = build.channel_listed(at(), name="studio", tags={"team": "news"})


def order[T: AnyCommand](kind: type[T], hours: float = 1, **more: Any) -> T:
    return kind(resource_arn=CHANNEL, time=at(hours), author=OLGA, reason="the finals", **more)


PROTECTED: Final = order(ProtectChannel, until=at(9))
EXEMPT: Final = order(ExemptChannel, rule_id="owned", until=at(8))
QUARANTINED: Final = order(QuarantineChannel)


def test_each_kind_is_said_with_author_reason_and_end() -> None:
    record = record_after(LISTED, QUARANTINED, order(ProtectChannel, 2, until=at(9)), EXEMPT)

    protection, exemption, quarantine = set_on(record, at(3))

    assert (protection.kind, protection.until) == (Kind.PROTECTION, at(9))
    assert (exemption.kind, exemption.rule_id, exemption.until) == (Kind.EXEMPTION, "owned", at(8))
    assert (quarantine.kind, quarantine.until) == (Kind.QUARANTINE, None)
    for each in (protection, exemption, quarantine):
        assert (each.name, each.author) == ("studio", f"{OLGA}")
    assert (protection.reason, exemption.reason) == ("the finals", "the finals")
    assert quarantine.reason.startswith("the finals; held: the channel is protected: ")


def test_what_has_ended_is_said_no_more() -> None:
    record = record_after(LISTED, PROTECTED, EXEMPT)

    assert [each.kind for each in set_on(record, at(8))] == [Kind.PROTECTION]
    assert [*set_on(record, at(9))] == []


def test_a_tag_protects_by_itself() -> None:
    tagged = build.channel_listed(at(), name="studio", tags={PROTECTED_TAG: "true"})

    (found,) = set_on(record_after(tagged), at(2))

    assert (found.kind, found.author) == (Kind.PROTECTION, f"tag {PROTECTED_TAG}")


def test_the_index_says_on_which_channels_something_is_set() -> None:
    def is_said(*inputs: Input) -> bool:
        return fleet_entry(record_after(LISTED, *inputs)).has_controls

    assert not is_said()
    assert is_said(PROTECTED)
    assert is_said(EXEMPT)
    assert is_said(QUARANTINED)
    assert is_said(build.tags_set(at(1), {PROTECTED_TAG: "true"}))
    assert not is_said(PROTECTED, order(UnprotectChannel, 2))


def test_a_channel_lists_its_protection_and_its_exemptions() -> None:
    section = controls_section(record_after(LISTED, PROTECTED, EXEMPT, QUARANTINED), at(2))

    assert section.rows == [
        (
            ("protection", "yellow"),
            "",
            "2026-03-14 21:00:00 (in 7h)",
            "the finals",
            "user/olga (AIDAEXAMPLE)",
        ),
        (
            ("exemption", "yellow"),
            "owned",
            "2026-03-14 20:00:00 (in 6h)",
            "the finals",
            "user/olga (AIDAEXAMPLE)",
        ),
    ]


def protection(number: int, until: datetime | None) -> ChannelControl:
    return ChannelControl(
        kind=Kind.PROTECTION,
        resource_arn=f"{CHANNEL}{number}",
        name=f"studio-{number:02}",
        author="user/olga",
        reason="the finals",
        until=until,
    )


def test_the_brakes_count_all_and_list_the_first_to_end() -> None:
    without_end = [protection(number, None) for number in range(3)]
    ending = [protection(number, at() + timedelta(hours=number)) for number in range(3, 13)]

    section = brakes_section(NO_CONTROLS, at(), in_order([*without_end, *ending]))

    assert section.rows[0] == ("protections", ("13; `report` lists all", "yellow"))
    assert len(section.rows) == 11
    assert section.rows[1] == (
        "protection of studio-03",
        "until 2026-03-14 15:00:00 (in 3h): the finals (user/olga)",
    )
    assert len(section.values["on_channels"]) == 13
