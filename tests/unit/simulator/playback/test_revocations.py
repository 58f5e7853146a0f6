"""Which viewer sessions are dead once revocations have been asked for."""

import pytest

from ivs_simulator.playback.revocations import Revocations

CHANNEL = "arn:aws:ivs:eu-central-1:444455556666:channel/Zqumpm08hsE8"
OTHER_CHANNEL = "arn:aws:ivs:eu-central-1:444455556666:channel/uhfJXqIEnome"


@pytest.mark.parametrize(
    ("revoked", "version", "expected"),
    [
        ([], 0, False),
        ([], -1, False),
        ([0], 0, True),
        ([0], 1, False),
        ([0], -1, True),
        ([5], 4, True),
        ([5], 5, True),
        ([5], 6, False),
        ([5, 3], 5, True),
        ([5, 3], 6, False),
        ([3, 5], 5, True),
        ([5, 0], 1, True),
    ],
)
def test_versions_up_to_the_highest_number_are_dead(
    revoked: list[int], version: int, expected: bool
) -> None:
    revocations = Revocations()
    for number in revoked:
        revocations = revocations.with_revocation(CHANNEL, "viewer", number)

    assert revocations.is_revoked(CHANNEL, "viewer", version) is expected


def test_without_a_version_tokens_without_one_are_revoked() -> None:
    revocations = Revocations().with_revocation(CHANNEL, "viewer")

    assert revocations.is_revoked(CHANNEL, "viewer", 0)
    assert not revocations.is_revoked(CHANNEL, "viewer", 1)


def test_neither_other_viewers_nor_other_channels_are_touched() -> None:
    revocations = Revocations().with_revocation(CHANNEL, "viewer", 9)

    assert not revocations.is_revoked(CHANNEL, "neighbour", 0)
    assert not revocations.is_revoked(OTHER_CHANNEL, "viewer", 0)


def test_two_viewers_are_kept_apart() -> None:
    revocations = Revocations().with_revocation(CHANNEL, "a", 1).with_revocation(CHANNEL, "b", 2)

    assert not revocations.is_revoked(CHANNEL, "a", 2)
    assert revocations.is_revoked(CHANNEL, "b", 2)


def test_a_token_without_a_viewer_id_cannot_be_revoked() -> None:
    assert not Revocations().with_revocation(CHANNEL, "viewer", 9).is_revoked(CHANNEL, None, 0)


def test_a_revocation_leaves_the_value_it_came_from() -> None:
    before = Revocations()

    before.with_revocation(CHANNEL, "viewer", 9)

    assert before == Revocations()
    assert not before.is_revoked(CHANNEL, "viewer", 0)
