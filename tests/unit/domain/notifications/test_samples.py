"""Samples say that they are a test, and leave nothing open behind them."""

from datetime import timedelta

from streamwarden.domain.arn import Place
from streamwarden.domain.notifications.message import UNLIMITED, Limits
from streamwarden.domain.notifications.samples import Sample, SampleKind, samples
from streamwarden.domain.verdicts import NotificationStatus
from testbed.builders import NOON

HERE = Place("111122223333", "eu-west-1")


def sampled(limits: Limits = UNLIMITED, later: timedelta = timedelta(0)) -> list[Sample]:
    return [*samples("chat", HERE, limits, NOON + later)]


def test_there_is_one_of_each_kind_and_each_says_that_it_is_a_test() -> None:
    notified = [(each.kind, n) for each in sampled() for n in each.message.notifications]

    assert {kind for kind, _ in notified} == {*SampleKind}
    assert all(n.title.startswith("Test of Streamwarden") for _, n in notified)
    assert all("Nothing has happened" in n.text for _, n in notified)


def test_what_is_opened_is_resolved_at_the_end() -> None:
    is_open: dict[str, bool] = {}
    for each in sampled():
        for notified in each.message.notifications:
            if notified.status not in (NotificationStatus.WARNING, NotificationStatus.CHANGED):
                is_open[notified.incident] = notified.status is not NotificationStatus.RESOLVED

    assert [*is_open.values()] == [False] * 4  # one, and those of the digest


def test_a_destination_that_takes_one_incident_a_message_gets_no_digest() -> None:
    kinds = [each.kind for each in sampled(Limits(largest=1))]

    assert kinds == [each for each in SampleKind if each is not SampleKind.DIGEST]


def test_another_test_ends_the_incident_of_the_one_before_by_other_messages() -> None:
    first, second = sampled(), sampled(later=timedelta(seconds=30))

    assert _incidents(first) == _incidents(second)
    assert {each.message.id for each in first}.isdisjoint(each.message.id for each in second)


def _incidents(sent: list[Sample]) -> set[str]:
    return {notified.incident for each in sent for notified in each.message.notifications}
