"""Playback key pairs, restriction policies and viewer sessions through a real boto3 client."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ivs_simulator.playback import keys
from ivs_simulator.playback.countries import ASSIGNED
from ivs_simulator.state.options import Options, Quotas
from tests.unit.simulator.conftest import ACCOUNT, REGION, Sandbox
from tests.unit.simulator.playback.conftest import KeyPair, pair_of

_PREFIX = f"arn:aws:ivs:{REGION}:{ACCOUNT}"
NO_CHANNEL = f"{_PREFIX}:channel/never"
NO_POLICY = f"{_PREFIX}:playback-restriction-policy/never"
NO_KEY = f"{_PREFIX}:playback-key/never"

INVALID = ("ValidationException", 400)
NOT_FOUND = ("ResourceNotFoundException", 404)
CONFLICT = ("ConflictException", 409)
QUOTA = ("ServiceQuotaExceededException", 402)


@pytest.fixture(scope="module")
def pairs() -> list[KeyPair]:
    return [pair_of(ec.generate_private_key(ec.SECP384R1())) for _ in range(4)]


def refused(call: Any, **params: Any) -> tuple[str, int]:
    """The code and the status a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def imported(ivs: Any, pair: KeyPair, **params: Any) -> Any:
    return ivs.import_playback_key_pair(publicKeyMaterial=pair.public_pem, **params)["keyPair"]


def created(ivs: Any, **params: Any) -> Any:
    return ivs.create_playback_restriction_policy(**params)["playbackRestrictionPolicy"]


def fits(ivs: Any, operation: str, member: str, value: dict[str, Any]) -> bool:
    """Whether a response member has exactly the members of its shape."""
    shape = ivs.meta.service_model.operation_model(operation).output_shape.members[member]
    modelled = shape.member if shape.type_name == "list" else shape
    return set(value) == set(modelled.members)


def test_an_imported_key_is_shown_without_its_material(ivs: Any, pairs: list[KeyPair]) -> None:
    made = imported(ivs, pairs[0], name="spring", tags={"owner": "sports"})

    assert made == {
        "arn": made["arn"],
        "name": "spring",
        "fingerprint": keys.fingerprint(pairs[0].public_key),
        "tags": {"owner": "sports"},
    }
    assert made["arn"].startswith(f"{_PREFIX}:playback-key/")
    assert fits(ivs, "ImportPlaybackKeyPair", "keyPair", made)
    assert ivs.get_playback_key_pair(arn=made["arn"])["keyPair"] == made


def test_a_nameless_key_has_an_empty_name(ivs: Any, pairs: list[KeyPair]) -> None:
    made = imported(ivs, pairs[0])

    assert (made["name"], made["tags"]) == ("", {})


def test_keys_are_listed_in_pages_without_their_fingerprints(
    ivs: Any, pairs: list[KeyPair]
) -> None:
    made = [imported(ivs, pair) for pair in pairs[:3]]

    first = ivs.list_playback_key_pairs(maxResults=2)
    second = ivs.list_playback_key_pairs(maxResults=2, nextToken=first["nextToken"])
    listed = [*first["keyPairs"], *second["keyPairs"]]
    assert [each["arn"] for each in listed] == [each["arn"] for each in made]
    assert all(fits(ivs, "ListPlaybackKeyPairs", "keyPairs", each) for each in listed)
    assert "nextToken" not in second
    assert len(ivs.list_playback_key_pairs()["keyPairs"]) == 3


def test_a_region_has_three_keys_and_a_deleted_one_makes_room(
    ivs: Any, pairs: list[KeyPair]
) -> None:
    made = [imported(ivs, pair) for pair in pairs[:3]]
    fourth = {"publicKeyMaterial": pairs[3].public_pem}

    assert refused(ivs.import_playback_key_pair, **fourth) == QUOTA
    answer = ivs.delete_playback_key_pair(arn=made[0]["arn"])
    assert set(answer) == {"ResponseMetadata"}
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    imported(ivs, pairs[3])
    assert refused(ivs.get_playback_key_pair, arn=made[0]["arn"]) == NOT_FOUND


def test_how_many_keys_there_may_be_is_a_switch(
    sandbox: Sandbox, ivs: Any, pairs: list[KeyPair]
) -> None:
    sandbox.world.options = Options(quotas=Quotas(playback_key_pairs=1))
    imported(ivs, pairs[0])

    again = refused(ivs.import_playback_key_pair, publicKeyMaterial=pairs[1].public_pem)

    assert again == QUOTA


def test_the_same_key_twice_is_a_conflict_however_it_is_laid_out(
    ivs: Any, pairs: list[KeyPair]
) -> None:
    for pair in pairs[:3]:
        imported(ivs, pair)
    windows = pairs[0].public_pem.replace("\n", "\r\n")

    assert refused(ivs.import_playback_key_pair, publicKeyMaterial=windows) == CONFLICT


def test_a_deleted_key_can_be_imported_again(ivs: Any, pairs: list[KeyPair]) -> None:
    first = imported(ivs, pairs[0])
    ivs.delete_playback_key_pair(arn=first["arn"])

    again = imported(ivs, pairs[0])

    assert again["arn"] != first["arn"]
    assert again["fingerprint"] == first["fingerprint"]


_OTHER_CURVE = pair_of(ec.generate_private_key(ec.SECP256R1()))
_RSA = pair_of(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.mark.parametrize(
    "material",
    [
        "",
        "not a key",
        _OTHER_CURVE.public_pem,
        _OTHER_CURVE.private_pem,
        _RSA.public_pem,
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    ],
    ids=["empty", "text", "P-256", "private", "RSA", "nonsense"],
)
def test_what_is_no_p384_key_is_not_imported(ivs: Any, material: str) -> None:
    assert refused(ivs.import_playback_key_pair, publicKeyMaterial=material) == INVALID
    assert ivs.list_playback_key_pairs()["keyPairs"] == []


@pytest.mark.parametrize("params", [{"name": "no spaces"}, {"tags": {"aws:mine": "no"}}])
def test_a_key_with_a_wrong_name_or_tag_is_not_imported(
    ivs: Any, pairs: list[KeyPair], params: dict[str, Any]
) -> None:
    material = pairs[0].public_pem

    outcome = refused(ivs.import_playback_key_pair, publicKeyMaterial=material, **params)

    assert outcome == INVALID


@pytest.mark.parametrize(
    ("operation", "arn"),
    [
        ("get_playback_key_pair", NO_KEY),
        ("delete_playback_key_pair", NO_KEY),
        ("get_playback_restriction_policy", NO_POLICY),
        ("update_playback_restriction_policy", NO_POLICY),
        ("delete_playback_restriction_policy", NO_POLICY),
    ],
)
def test_what_was_never_made_is_not_found(ivs: Any, operation: str, arn: str) -> None:
    assert refused(getattr(ivs, operation), arn=arn) == NOT_FOUND


def test_a_policy_has_defaults_that_restrict_nothing(ivs: Any) -> None:
    made = created(ivs)

    assert made == {
        "arn": made["arn"],
        "allowedCountries": [],
        "allowedOrigins": [],
        "enableStrictOriginEnforcement": False,
        "name": "",
        "tags": {},
    }
    assert fits(ivs, "CreatePlaybackRestrictionPolicy", "playbackRestrictionPolicy", made)
    held = ivs.get_playback_restriction_policy(arn=made["arn"])["playbackRestrictionPolicy"]
    assert held == made


def test_an_update_changes_what_it_names_and_clears_what_it_empties(ivs: Any) -> None:
    made = created(
        ivs,
        name="dach",
        allowedCountries=["DE", "AT", "CH"],
        allowedOrigins=["https://example.com"],
        enableStrictOriginEnforcement=True,
        tags={"owner": "sports"},
    )

    answer = ivs.update_playback_restriction_policy(
        arn=made["arn"], allowedCountries=[], enableStrictOriginEnforcement=False
    )

    changed = {**made, "allowedCountries": [], "enableStrictOriginEnforcement": False}
    assert answer["playbackRestrictionPolicy"] == changed
    held = ivs.get_playback_restriction_policy(arn=made["arn"])["playbackRestrictionPolicy"]
    assert held == changed


def test_a_listing_shows_one_policy_unless_asked_for_more(ivs: Any) -> None:
    made = [created(ivs, name=name) for name in ("one", "two", "three")]

    seen, token = [], ""
    for _ in made:
        answer = ivs.list_playback_restriction_policies(nextToken=token)
        (policy,) = answer["playbackRestrictionPolicies"]
        seen.append(policy)
        token = answer.get("nextToken", "")
    assert seen == made
    assert token == ""
    at_once = ivs.list_playback_restriction_policies(maxResults=100)
    assert at_once["playbackRestrictionPolicies"] == made


def test_a_region_has_three_policies_and_a_deleted_one_makes_room(ivs: Any) -> None:
    made = [created(ivs) for _ in range(3)]

    assert refused(ivs.create_playback_restriction_policy) == QUOTA
    answer = ivs.delete_playback_restriction_policy(arn=made[0]["arn"])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    created(ivs)
    assert refused(ivs.get_playback_restriction_policy, arn=made[0]["arn"]) == NOT_FOUND


_COUNTRIES = sorted(ASSIGNED)
_ORIGINS = [f"https://{number}.example.com" for number in range(6)]


@pytest.mark.parametrize(
    "params",
    [
        {"allowedCountries": _COUNTRIES[:201]},
        {"allowedOrigins": _ORIGINS},
        {"allowedCountries": ["UK"]},
        {"allowedCountries": ["de"]},
        {"allowedCountries": ["DEU"]},
        {"allowedOrigins": ["https://" + "x" * 128]},
        {"name": "no spaces"},
    ],
    ids=["201 countries", "6 origins", "UK", "de", "DEU", "long origin", "name"],
)
def test_what_a_policy_cannot_be_is_refused_and_changes_nothing(
    ivs: Any, params: dict[str, Any]
) -> None:
    made = created(ivs, name="as-it-was")

    assert refused(ivs.create_playback_restriction_policy, **params) == INVALID
    assert refused(ivs.update_playback_restriction_policy, arn=made["arn"], **params) == INVALID
    held = ivs.list_playback_restriction_policies(maxResults=100)["playbackRestrictionPolicies"]
    assert held == [made]


def test_a_policy_may_be_as_long_as_the_quotas_say(ivs: Any) -> None:
    made = created(ivs, allowedCountries=_COUNTRIES[:200], allowedOrigins=_ORIGINS[:5])

    assert (len(made["allowedCountries"]), len(made["allowedOrigins"])) == (200, 5)


def test_a_reserved_tag_is_refused_on_a_new_policy(ivs: Any) -> None:
    outcome = refused(ivs.create_playback_restriction_policy, tags={"aws:mine": "no"})

    assert outcome == INVALID


def test_a_policy_is_deleted_only_once_no_channel_has_it(ivs: Any) -> None:
    policy = created(ivs)["arn"]
    channel = ivs.create_channel(playbackRestrictionPolicyArn=policy)["channel"]["arn"]

    assert refused(ivs.delete_playback_restriction_policy, arn=policy) == CONFLICT
    ivs.update_channel(arn=channel, playbackRestrictionPolicyArn="")
    ivs.delete_playback_restriction_policy(arn=policy)
    assert ivs.list_playback_restriction_policies()["playbackRestrictionPolicies"] == []


def test_a_policy_can_be_changed_while_its_channel_is_live(sandbox: Sandbox, ivs: Any) -> None:
    policy = created(ivs)["arn"]
    channel = ivs.create_channel(playbackRestrictionPolicyArn=policy)
    sandbox.world.go_live(channel["streamKey"]["value"])

    answer = ivs.update_playback_restriction_policy(arn=policy, allowedCountries=["DE"])

    assert answer["playbackRestrictionPolicy"]["allowedCountries"] == ["DE"]


def test_keys_and_policies_can_be_tagged(ivs: Any, pairs: list[KeyPair]) -> None:
    for arn in (imported(ivs, pairs[0])["arn"], created(ivs)["arn"]):
        ivs.tag_resource(resourceArn=arn, tags={"owner": "sports"})

        assert ivs.list_tags_for_resource(resourceArn=arn)["tags"] == {"owner": "sports"}


def test_keys_and_policies_are_of_their_region(
    sandbox: Sandbox, ivs: Any, pairs: list[KeyPair]
) -> None:
    imported(ivs, pairs[0])
    created(ivs)

    elsewhere = sandbox.client(region="us-west-2")
    assert elsewhere.list_playback_key_pairs()["keyPairs"] == []
    assert elsewhere.list_playback_restriction_policies()["playbackRestrictionPolicies"] == []


def test_a_revocation_answers_nothing(ivs: Any) -> None:
    arn = ivs.create_channel()["channel"]["arn"]

    answer = ivs.start_viewer_session_revocation(channelArn=arn, viewerId="viewer-1")

    assert set(answer) == {"ResponseMetadata"}
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_viewer_of_no_channel_cannot_be_revoked(ivs: Any) -> None:
    revoke = ivs.start_viewer_session_revocation

    assert refused(revoke, channelArn=NO_CHANNEL, viewerId="viewer-1") == NOT_FOUND


def test_a_viewer_id_is_at_most_forty_characters_long(ivs: Any) -> None:
    arn = ivs.create_channel()["channel"]["arn"]
    pair = {"channelArn": arn, "viewerId": "x" * 41}

    assert refused(ivs.start_viewer_session_revocation, **pair) == INVALID
    batch = ivs.batch_start_viewer_session_revocation
    assert refused(batch, viewerSessions=[pair]) == INVALID


def test_a_batch_tells_of_the_parts_that_failed_and_succeeds(ivs: Any) -> None:
    arn = ivs.create_channel()["channel"]["arn"]

    answer = ivs.batch_start_viewer_session_revocation(
        viewerSessions=[
            {"channelArn": NO_CHANNEL, "viewerId": "viewer-1"},
            {"channelArn": arn, "viewerId": "viewer-1"},
        ]
    )

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    (error,) = answer["errors"]
    assert error == {
        "channelArn": NO_CHANNEL,
        "viewerId": "viewer-1",
        "code": "ResourceNotFoundException",
        "message": f"Resource: {NO_CHANNEL} not found",
    }


def test_a_batch_has_twenty_parts_at_most(ivs: Any) -> None:
    arn = ivs.create_channel()["channel"]["arn"]
    parts = [{"channelArn": arn, "viewerId": f"viewer-{number}"} for number in range(21)]
    batch = ivs.batch_start_viewer_session_revocation

    assert batch(viewerSessions=parts[:20])["errors"] == []
    assert refused(batch, viewerSessions=parts) == INVALID
