"""What API calls and listings say of key pairs, recording configurations and policies."""

from typing import Any

import pytest

from streamwarden.domain.arn import ResourceType, resource_type_of
from streamwarden.domain.events.members import HIDDEN
from streamwarden.domain.inputs import Input, ResourceNotListed
from streamwarden.domain.listed_types import LISTED_TYPES
from streamwarden.domain.state.resource import Author
from testbed.builders import (
    CONFIGURATION,
    INGEST,
    KEY_PAIR,
    REAL_TIME_MADE,
    RESTRICTION,
    STAGE,
    api_call,
    at,
    configuration_created,
    facts_from,
    key_pair_deleted,
    key_pair_imported,
    listed,
    real_time_made,
    restriction_created,
    restriction_updated,
    tag_change,
    tags_removed,
    tags_set,
)

ANN = "arn:aws:iam::210987654321:user/ann"


@pytest.mark.parametrize(
    ("arn", "made", "settings"),
    [
        (KEY_PAIR, key_pair_imported(at()), {"name": "laptop", "fingerprint": "98:0d:1a:a0"}),
        (
            CONFIGURATION,
            configuration_created(at()),
            {"name": "archive", "recordingReconnectWindowSeconds": 60, "state": "CREATING"},
        ),
        (
            RESTRICTION,
            restriction_created(at(), name="dach", allowedCountries=["DE"]),
            {"name": "dach", "allowedCountries": ["DE"]},
        ),
    ],
)
def test_what_was_made_is_known_whole(arn: str, made: Input, settings: object) -> None:
    facts = facts_from(made, arn=arn)

    assert facts.settings == settings
    assert facts.tags == {}
    assert facts.are_settings_known
    assert not facts.is_gone


def test_who_made_it_is_known() -> None:
    facts = facts_from(key_pair_imported(at(), by=ANN), arn=KEY_PAIR)

    assert facts.state.creator is not None
    assert facts.state.creator.value == Author(ANN)


def test_the_material_of_a_public_key_is_not_kept() -> None:
    assert "BEGIN" not in repr(facts_from(key_pair_imported(at()), arn=KEY_PAIR).state)


def test_an_update_says_what_is_true_since() -> None:
    facts = facts_from(
        restriction_created(at(), name="dach", allowedCountries=["DE"], allowedOrigins=[]),
        restriction_updated(at(1), allowedCountries=[]),
        arn=RESTRICTION,
    )

    assert facts.settings == {"name": "dach", "allowedCountries": [], "allowedOrigins": []}


def test_an_update_without_an_answer_says_what_was_asked_for() -> None:
    request = {"arn": RESTRICTION, "allowedCountries": ["FR"]}

    update = api_call("UpdatePlaybackRestrictionPolicy", at(), request)

    assert facts_from(update, arn=RESTRICTION).settings == {"allowedCountries": ["FR"]}


@pytest.mark.parametrize(
    ("name", "arn"),
    [
        ("DeletePlaybackKeyPair", KEY_PAIR),
        ("DeleteRecordingConfiguration", CONFIGURATION),
        ("DeletePlaybackRestrictionPolicy", RESTRICTION),
    ],
)
def test_what_was_deleted_is_gone(name: str, arn: str) -> None:
    assert facts_from(api_call(name, at(), {"arn": arn}), arn=arn).is_gone


def test_what_was_refused_happened_not() -> None:
    refused = api_call(
        "DeletePlaybackKeyPair", at(1), {"arn": KEY_PAIR}, error="PendingVerification"
    )

    assert not facts_from(key_pair_imported(at()), refused, arn=KEY_PAIR).is_gone


def test_a_deletion_that_comes_before_the_import_is_not_forgotten() -> None:
    assert facts_from(key_pair_deleted(at(1)), key_pair_imported(at()), arn=KEY_PAIR).is_gone


def test_what_is_no_longer_listed_is_gone() -> None:
    missed = ResourceNotListed(resource_arn=KEY_PAIR, time=at(1))

    assert facts_from(key_pair_imported(at()), missed, arn=KEY_PAIR).is_gone


def test_tags_are_those_of_the_creation_or_listing_with_what_changed_since() -> None:
    facts = facts_from(
        listed(KEY_PAIR, at(), tags={"team": "news", "env": "test"}),
        tags_set(at(1), {"team": "sports"}, arn=KEY_PAIR, by=ANN),
        tags_removed(at(2), "env", arn=KEY_PAIR, by=ANN),
        arn=KEY_PAIR,
    )

    assert facts.tags == {"team": "sports"}
    assert facts.tags_known_at == at(2)
    assert facts.state.tag_authors["env"].value == Author(ANN)


def test_a_tag_change_event_is_a_listing_of_tags() -> None:
    facts = facts_from(tag_change(at(), {"team": "news"}, arn=CONFIGURATION), arn=CONFIGURATION)

    assert facts.tags == {"team": "news"}


@pytest.mark.parametrize("arn", REAL_TIME_MADE)
def test_what_real_time_makes_is_known_whole_until_it_is_deleted(arn: str) -> None:
    made = real_time_made(arn, at(), tags={"team": "news"}, by=ANN)
    listed_type = LISTED_TYPES[resource_type_of(arn) or ResourceType.OTHER]
    deleted = api_call(listed_type.deleted_by, at(1), {"arn": arn})

    facts = facts_from(made, arn=arn)

    assert (facts.tags, facts.are_settings_known) == ({"team": "news"}, True)
    assert facts.state.creator is not None
    assert not facts.is_gone
    assert facts_from(made, deleted, arn=arn).is_gone


@pytest.mark.parametrize("value", ["rt_210987654321_eu-west-1_abc_secret", HIDDEN])
def test_the_key_of_an_ingest_configuration_is_neither_kept_nor_missed(value: str) -> None:
    """Whether CloudTrail hides it or leaves it out, the rest is known whole."""
    keys: dict[str, Any] = {
        "streamKey": value,
        "redundantIngestCredentials": [{"streamKey": value}],
    }

    facts = facts_from(real_time_made(INGEST, at(), name="in", **keys), arn=INGEST)

    assert facts.are_settings_known
    assert facts.settings == {"name": "in"}


def test_who_may_take_part_in_a_stage_is_not_kept() -> None:
    """The call that makes one may make tokens, too, with whatever an application says of people."""
    request = {
        "name": "hall",
        "participantTokenConfigurations": [{"userId": "ann", "attributes": {"mail": "a@b.c"}}],
    }
    response = {
        "participantTokens": [{"token": "secret", "participantId": "p", "userId": "ann"}],
        "stage": {"arn": STAGE, "name": "hall", "tags": {"team": "news"}},
    }

    facts = facts_from(api_call("CreateStage", at(), request, response), arn=STAGE)

    assert facts.settings == {"name": "hall"}
    assert facts.tags == {"team": "news"}
    assert "ann" not in repr(facts.state)
