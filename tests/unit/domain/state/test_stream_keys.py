"""What is known of a channel's stream keys, of which events name the key alone."""

import pytest

from streamwarden.domain.state.stream_keys import MINTED_AT_TAG, minted_at_of
from testbed.builders import (
    CHANNEL,
    KEY,
    NEW_KEY,
    api_call,
    at,
    channel_created,
    channel_listed,
    facts_from,
    key_created,
    key_deleted,
    key_observed,
    tag_change,
    tags_removed,
    tags_set,
)


class TestTags:
    def test_nothing_is_known_of_the_tags_of_a_key_that_nobody_listed(self) -> None:
        assert facts_from(channel_listed(at())).stream_key_tags is None

    def test_a_key_that_was_observed_without_its_tags_has_unknown_ones(self) -> None:
        assert facts_from(key_observed(at())).stream_key_tags is None

    def test_a_change_of_one_tag_says_nothing_of_the_others(self) -> None:
        facts = facts_from(key_observed(at()), tags_set(at(1), {"team": "news"}, arn=KEY))

        assert facts.stream_key_tags is None

    def test_the_key_that_comes_with_a_channel_has_no_tags(self) -> None:
        assert facts_from(channel_created(at(), tags={"team": "news"})).stream_key_tags == {}

    def test_a_key_is_made_with_the_tags_that_were_asked_for(self) -> None:
        asked = {"channelArn": CHANNEL, "tags": {"team": "news"}}
        answer = {"streamKey": {"arn": KEY, "channelArn": CHANNEL}}

        facts = facts_from(api_call("CreateStreamKey", at(), asked, answer))

        assert facts.stream_key_tags == {"team": "news"}

    def test_what_was_set_and_removed_since_counts(self) -> None:
        facts = facts_from(
            key_observed(at(), tags={"team": "news", "env": "test"}),
            tags_set(at(1), {"team": "sports", "tier": "pro"}, arn=KEY),
            tags_removed(at(2), "env", arn=KEY),
        )

        assert facts.stream_key_tags == {"team": "sports", "tier": "pro"}

    def test_what_was_set_before_the_listing_does_not(self) -> None:
        facts = facts_from(
            tags_set(at(-1), {"tier": "pro"}, arn=KEY), key_observed(at(), tags={"team": "news"})
        )

        assert facts.stream_key_tags == {"team": "news"}

    def test_a_tag_change_event_about_the_key_is_a_listing(self) -> None:
        facts = facts_from(key_created(at()), tag_change(at(1), {"team": "news"}, arn=KEY))

        assert facts.stream_key_tags == {"team": "news"}

    def test_when_they_became_known_is_the_last_listing_or_change(self) -> None:
        observed = key_observed(at(1), tags={})

        assert facts_from(observed).stream_key_tags_known_at == at(1)
        changed = facts_from(observed, tags_set(at(2), {"a": "b"}, arn=KEY))
        assert changed.stream_key_tags_known_at == at(2)
        assert facts_from().stream_key_tags_known_at is None

    @pytest.mark.parametrize(
        "about_the_key",
        [
            tags_set(at(1), {"team": "sports"}, arn=KEY, by="arn:aws:iam::1:user/ann"),
            tags_removed(at(1), "team", arn=KEY, by="arn:aws:iam::1:user/ann"),
            tag_change(at(1), {"team": "sports"}, arn=KEY),
        ],
    )
    def test_tags_of_a_key_are_not_tags_of_its_channel(self, about_the_key: object) -> None:
        channel = (channel_created(at(), tags={"team": "news"}),)

        facts = facts_from(*channel, about_the_key)  # type: ignore[arg-type]  # parametrized

        assert facts.tags == {"team": "news"}
        assert facts.tags_known_at == at()
        assert facts.state.tag_authors == {}


class TestReplacement:
    def test_the_tags_of_an_older_key_are_not_those_of_the_new_one(self) -> None:
        facts = facts_from(
            key_created(at(), tags={"team": "news"}),
            key_deleted(at(1)),
            key_created(at(2), key_arn=NEW_KEY),
            tags_set(at(3), {"team": "sports"}, arn=KEY),
        )

        assert facts.stream_key is not None
        assert facts.stream_key.arn == NEW_KEY
        assert facts.stream_key_tags == {}

    def test_a_deleted_key_leaves_no_tags(self) -> None:
        facts = facts_from(key_created(at(), tags={"team": "news"}), key_deleted(at(1)))

        assert facts.has_no_key
        assert facts.stream_key_tags is None

    def test_a_deletion_that_comes_late_leaves_the_new_key_alone(self) -> None:
        facts = facts_from(
            key_created(at()), key_created(at(2), key_arn=NEW_KEY), key_deleted(at(1))
        )

        assert facts.stream_key is not None
        assert facts.stream_key.arn == NEW_KEY


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "lately", "2026-03-14T12:00:00", ""],
)
def test_a_senseless_minted_at_tag_says_nothing_and_stops_nothing(moment: str) -> None:
    """Anybody who may tag a key can write it, and a sweep reads it."""
    facts = facts_from(key_observed(at()), key_created(at(1), tags={MINTED_AT_TAG: moment}))

    assert facts.key_minted_at == at(1)
    assert minted_at_of({MINTED_AT_TAG: moment}) is None
