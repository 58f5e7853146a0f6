"""Tags of what the API for real-time has: found by sweeps and events, set through that API."""

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ivs_simulator.wire.errors import IvsError
from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.bootstrap import runtime
from streamwarden.domain.arn import Place
from streamwarden.domain.state.facts import Facts
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.policy.compilation import compile_policy
from tests.integration.conftest import Deploy
from tests.integration.driver import ACCOUNT, REGION, Stack

TYPES = (
    "stage",
    "composition",
    "encoder_configuration",
    "ingest_configuration",
    "public_key",
    "storage_configuration",
)
POLICY = f"""
version: 1
defaults: {{mode: enforce, severity: low}}
rules:
  - id: tagged
    kind: required_tags
    params: {{tags: {{team: {{}}}}, on: [{", ".join(TYPES)}]}}
    actions: [tag: {{set: {{team: unassigned}}}}]
  - id: clean
    kind: forbidden_tags
    params: {{tags: [email], on: [{", ".join(TYPES)}]}}
    actions: [remove_tags]
  - id: owned
    kind: owner_from_creator
    params: {{tag: owner, on: [stage]}}
    actions: [set_owner]
  - id: kept
    kind: protected_tags
    params: {{tags: [cost-center], by: ["*:role/billing"], on: [stage]}}
    actions: [restore_tags]
"""
ONE_TYPE = """
version: 1
defaults: {mode: enforce, severity: low}
rules:
  - id: tagged
    kind: required_tags
    params: {tags: {team: {}}, on: [%s]}
    actions: [tag: {set: {team: unassigned}}]
"""
ALERT = """
version: 1
rules:
  - id: made
    kind: event_alert
    mode: notify
    params:
      detail_type: AWS API Call via CloudTrail
      name: [CreateStage, StartComposition, StopComposition, CreateEncoderConfiguration]
      within: 1h
"""


@pytest.fixture(scope="module")
def public_key() -> str:
    key = ec.generate_private_key(ec.SECP384R1()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture
def stack(deploy: Deploy) -> Stack:
    return deploy(policy=POLICY)


def facts(stack: Stack, arn: str) -> Facts:
    return Facts(record(stack, arn).state)


def record(stack: Stack, arn: str) -> Any:
    return DynamoRecordStore(stack.client("dynamodb"), "Table").load(arn)


def indexed(stack: Stack) -> set[str]:
    index = DynamoFleetIndex(stack.client("dynamodb"), "Table", Place(ACCOUNT, REGION))
    return {each.resource_arn for each in index.entries()}


def item_of(stack: Stack, arn: str) -> dict[str, Any]:
    (item,) = [
        each for each in stack.items() if each["pk"]["S"] == arn and each["sk"]["S"] == "record"
    ]
    return dict(item)


def open_rules(stack: Stack, arn: str) -> set[str]:
    return {each.rule_id for each in record(stack, arn).breaches.values()}


def act(stack: Stack) -> list[str]:
    """Carry out what was decided and tell the observers; the kinds of what was done."""
    taken = stack.take("ActionQueue")
    stack.deliver_grouped("Enforce", [(each.text, each.group) for each in taken])
    assert stack.pump("StreamEvents") == []
    return sorted(each.body["kind"] for each in taken)


def outcomes(stack: Stack) -> list[dict[str, Any]]:
    return [each for each in stack.logs() if each.get("outcome")]


def tags_of(stack: Stack, arn: str) -> dict[str, str]:
    answer = stack.client("ivs-realtime").list_tags_for_resource(resourceArn=arn)
    return dict(answer["tags"])


def made(stack: Stack, tags: dict[str, str], public_key: str) -> list[str]:
    """One of each type."""
    ivs = stack.client("ivs-realtime")
    stage = ivs.create_stage(name="hall", tags=tags)["stage"]["arn"]
    storage = ivs.create_storage_configuration(s3={"bucketName": "vod"}, tags=tags)
    encoder = ivs.create_encoder_configuration(tags=tags)["encoderConfiguration"]["arn"]
    ingest = ivs.create_ingest_configuration(ingestProtocol="RTMPS", tags=tags)
    key = ivs.import_public_key(publicKeyMaterial=public_key, tags=tags)
    place = {"storageConfigurationArn": storage["storageConfiguration"]["arn"]}
    composition = ivs.start_composition(
        stageArn=stage,
        destinations=[{"s3": {**place, "encoderConfigurationArns": [encoder]}}],
        tags=tags,
    )
    return [
        stage,
        composition["composition"]["arn"],
        encoder,
        ingest["ingestConfiguration"]["arn"],
        key["publicKey"]["arn"],
        storage["storageConfiguration"]["arn"],
    ]


class TestSweeps:
    def test_what_has_no_tag_is_found_and_gets_it_and_then_costs_its_listing(
        self, deploy: Deploy
    ) -> None:
        stack = deploy(policy=ONE_TYPE % "stage")
        stage = stack.client("ivs-realtime").create_stage(name="hall")["stage"]["arn"]
        stack.events.clear()
        stack.calls.clear()

        stack.sweep()
        assert open_rules(stack, stage) == {"tagged"}
        assert act(stack) == ["tag"]

        assert tags_of(stack, stage) == {"team": "unassigned"}
        assert open_rules(stack, stage) == set()
        stack.calls.clear()
        assert stack.run("Sweep", {})["differences"] == 0
        assert Counter(call.operation for call in stack.asked()) == {
            "ListStreams": 1,
            "ListChannels": 1,
            "ListStages": 1,
        }
        assert stack.take("ActionQueue") == []

    def test_the_tag_is_set_at_the_endpoint_of_the_other_api(self, deploy: Deploy) -> None:
        stack = deploy(policy=ONE_TYPE % "stage")
        stack.client("ivs-realtime").create_stage()
        stack.events.clear()
        stack.sweep()
        stack.requests.clear()

        act(stack)

        services = {
            service for service, operation, _ in stack.requests if operation == "TagResource"
        }
        assert services == {"ivs-realtime"}

    @pytest.mark.parametrize("are_events_lost", [False, True])
    def test_every_type_is_tagged_and_untagged(
        self, stack: Stack, are_events_lost: bool, public_key: str
    ) -> None:
        arns = made(stack, {"email": "a", "kept": "yes", "owner": "ann"}, public_key)
        if are_events_lost:
            stack.events.clear()
            stack.sweep()
        else:
            stack.observe_events()

        assert act(stack) == ["remove_tags"] * len(arns) + ["tag"] * len(arns)

        for arn in arns:
            assert tags_of(stack, arn) == {"kept": "yes", "owner": "ann", "team": "unassigned"}
            assert open_rules(stack, arn) == set()
        stack.observe_events()
        assert stack.run("Sweep", {})["differences"] == 0
        assert stack.take("ActionQueue") == []

    def test_tags_of_ingest_configurations_are_read_one_by_one(self, deploy: Deploy) -> None:
        """Their listing has none, and GetIngestConfiguration would answer with their keys."""
        stack = deploy(policy=ONE_TYPE % "ingest_configuration")
        for _ in range(2):
            stack.client("ivs-realtime").create_ingest_configuration(ingestProtocol="RTMPS")
        stack.events.clear()
        stack.calls.clear()

        stack.run("Sweep", {})

        assert Counter(call.operation for call in stack.asked()) == {
            "ListStreams": 1,
            "ListChannels": 1,
            "ListIngestConfigurations": 1,
            "ListTagsForResource": 2,
        }

    def test_a_composition_that_has_ended_is_gone(self, stack: Stack, public_key: str) -> None:
        _, composition, *_ = made(stack, {}, public_key)
        stack.observe_events()
        assert open_rules(stack, composition) == {"tagged"}
        stack.client("ivs-realtime").stop_composition(arn=composition)
        stack.events.clear()
        stack.later(minutes=5)

        stack.sweep()

        assert open_rules(stack, composition) == set()
        assert facts(stack, composition).is_gone

    @pytest.mark.parametrize(
        ("on", "made"), [("channel", {"ivs"}), ("stage", {"ivs", "ivs-realtime"})]
    )
    def test_the_client_is_made_where_a_rule_is_about_it(
        self, deploy: Deploy, monkeypatch: pytest.MonkeyPatch, on: str, made: set[str]
    ) -> None:
        """And then when it is first needed: reading what botocore knows of an API takes long."""
        make, services = runtime.client, list[str]()

        def noting(service: str, *given: Any, **more: Any) -> Any:
            services.append(service)
            return make(service, *given, **more)

        monkeypatch.setattr(runtime, "client", noting)
        stack = deploy(policy=ONE_TYPE % on)
        stack.channel("studio", is_known=False)
        stack.client("ivs-realtime").create_stage()
        stack.events.clear()

        stack.sweep()
        assert act(stack) == ["tag"]

        assert {each for each in services if each.startswith("ivs")} == made
        assert services.count("ivs-realtime") == 2 * (on == "stage")


class TestEvents:
    def test_tags_that_somebody_takes_are_set_again(self, stack: Stack) -> None:
        ivs = stack.client("ivs-realtime")
        stage = ivs.create_stage(tags={"team": "news", "owner": "ann"})["stage"]["arn"]
        stack.observe_events()
        assert open_rules(stack, stage) == set()
        stack.later(minutes=1)

        ivs.untag_resource(resourceArn=stage, tagKeys=["team"])
        stack.observe_events()

        assert open_rules(stack, stage) == {"tagged"}
        stack.later(seconds=1)
        assert act(stack) == ["tag"]
        assert tags_of(stack, stage)["team"] == "unassigned"

    def test_a_tag_that_is_set_by_hand_ends_the_breach(self, stack: Stack) -> None:
        ivs = stack.client("ivs-realtime")
        stage = ivs.create_stage(tags={"owner": "ann"})["stage"]["arn"]
        stack.observe_events()
        assert open_rules(stack, stage) == {"tagged"}
        stack.later(seconds=1)

        ivs.tag_resource(resourceArn=stage, tags={"team": "news"})
        stack.observe_events()

        assert open_rules(stack, stage) == set()

    def test_an_event_that_keeps_all_rules_asks_ivs_for_nothing(self, stack: Stack) -> None:
        ivs = stack.client("ivs-realtime")
        stage = ivs.create_stage(tags={"team": "news", "owner": "ann"})["stage"]["arn"]
        stack.observe_events()
        stack.later(seconds=1)
        ivs.tag_resource(resourceArn=stage, tags={"show": "late"})
        stack.calls.clear()
        stack.requests.clear()

        stack.observe_events()

        assert stack.asked() == []
        assert {service for service, *_ in stack.requests} == {"dynamodb"}
        assert stack.take("ActionQueue") == []

    def test_the_owner_is_the_creator_and_a_protected_tag_comes_back(self, stack: Stack) -> None:
        ivs = stack.client("ivs-realtime")
        stage = ivs.create_stage(tags={"team": "news", "cost-center": "1"})["stage"]["arn"]
        stack.observe_events()
        assert act(stack) == ["set_owner"]
        assert tags_of(stack, stage)["owner"] == "streamwarden"
        stack.observe_events()
        stack.later(minutes=1)

        ivs.tag_resource(resourceArn=stage, tags={"cost-center": "2"})
        stack.observe_events()
        stack.later(seconds=1)

        assert act(stack) == ["restore_tags"]
        assert tags_of(stack, stage)["cost-center"] == "1"

    def test_what_is_deleted_is_forgotten(self, stack: Stack, public_key: str) -> None:
        stage, composition, encoder, ingest, key, storage = made(stack, {}, public_key)
        stack.observe_events()
        stack.later(seconds=1)
        ivs = stack.client("ivs-realtime")
        ivs.stop_composition(arn=composition)
        ivs.delete_ingest_configuration(arn=ingest)
        ivs.delete_encoder_configuration(arn=encoder)
        ivs.delete_storage_configuration(arn=storage)
        ivs.delete_public_key(arn=key)
        ivs.delete_stage(arn=stage)
        stack.observe_events()

        for arn in (stage, composition, encoder, ingest, key, storage):
            assert facts(stack, arn).is_gone
            assert open_rules(stack, arn) == set()

    def test_what_is_over_costs_sweeps_nothing(self, stack: Stack, public_key: str) -> None:
        """Its record stays three days, and compositions may end every minute."""
        stage, composition, *_ = made(stack, {"team": "news"}, public_key)
        stack.observe_events()
        assert {stage, composition} <= indexed(stack)

        stack.client("ivs-realtime").stop_composition(arn=composition)
        stack.observe_events()

        assert stage in indexed(stack)
        assert composition not in indexed(stack)
        stack.sweep()
        assert facts(stack, composition).is_gone

    def test_what_is_over_is_looked_at_while_its_incident_is_open(
        self, stack: Stack, public_key: str
    ) -> None:
        composition = made(stack, {}, public_key)[1]
        stack.observe_events()
        stack.client("ivs-realtime").stop_composition(arn=composition)
        stack.observe_events()

        assert record(stack, composition).standing.incidents.keys() == {"tagged"}
        assert composition in indexed(stack)
        stack.later(minutes=20)
        stack.sweep()
        assert record(stack, composition).standing.incidents == {}
        assert composition not in indexed(stack)


class TestAgainstIt:
    @pytest.mark.parametrize("kind", ["stage", "composition"])
    def test_a_record_stays_for_as_long_as_sweeps_list_it(
        self, stack: Stack, public_key: str, kind: str
    ) -> None:
        """An open breach that expired would be told of again, every few days."""
        arn = made(stack, {}, public_key)[kind == "composition"]
        stack.observe_events()

        assert "expires_at" not in item_of(stack, arn)

    @pytest.mark.parametrize("kind", ["stage", "composition", "encoder_configuration"])
    def test_a_record_that_no_sweep_lists_goes_some_days_after_its_last_event(
        self, deploy: Deploy, public_key: str, kind: str
    ) -> None:
        """A rule may ask for the call that makes one: it says all that a listing does."""
        stack = deploy(policy=ALERT)
        arn = made(stack, {}, public_key)[
            ("stage", "composition", "encoder_configuration").index(kind)
        ]
        stack.observe_events()

        assert facts(stack, arn).are_settings_known
        assert "expires_at" in item_of(stack, arn)

    def test_what_is_told_again_of_what_is_over_is_no_write(
        self, deploy: Deploy, public_key: str
    ) -> None:
        stack = deploy(policy=ALERT)
        composition = made(stack, {}, public_key)[1]
        stack.observe_events()
        stack.later(minutes=1)
        stack.client("ivs-realtime").stop_composition(arn=composition)
        (stopped,) = stack.events
        stack.observe_events()
        version = record(stack, composition).version

        assert stack.deliver("ResourceChanges", stopped) == []

        assert facts(stack, composition).is_gone
        assert record(stack, composition).version == version

    def test_a_record_may_go_once_no_rule_is_about_its_tags(
        self, stack: Stack, public_key: str
    ) -> None:
        stage = made(stack, {"team": "news"}, public_key)[0]
        stack.observe_events()
        assert "expires_at" not in item_of(stack, stage)

        stack.deploy_policy(ALERT)
        stack.sweep()

        assert "expires_at" in item_of(stack, stage)

    def test_where_the_listing_is_refused_all_else_is_found(self, stack: Stack) -> None:
        ivs = stack.client("ivs-realtime")
        stage = ivs.create_stage()["stage"]["arn"]
        encoder = ivs.create_encoder_configuration()["encoderConfiguration"]["arn"]
        stack.events.clear()
        stack.world.fail_next("ListStages", IvsError("AccessDeniedException", "no"), times=9)
        studio = stack.channel("studio", is_known=False)

        with pytest.raises(PermanentError, match="ivs:ListStages: AccessDeniedException"):
            stack.run("Sweep", {})
        assert stack.pump("ResourceChanges") == []

        assert facts(stack, studio).are_settings_known
        assert open_rules(stack, encoder) == {"tagged"}
        assert open_rules(stack, stage) == set()

    def test_where_the_region_has_no_such_endpoint_all_else_is_found(self, stack: Stack) -> None:
        def away(**_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://ivsrealtime.eu-south-2")

        runtime.session().register("before-send.ivs-realtime", away)
        studio = stack.channel("studio", is_known=False)

        with pytest.raises(TemporaryError, match=r"ivs:List\w+: EndpointConnectionError"):
            stack.run("Sweep", {})
        assert stack.pump("ResourceChanges") == []

        assert facts(stack, studio).are_settings_known

    def test_what_is_deleted_before_it_is_tagged_is_left(self, deploy: Deploy) -> None:
        stack = deploy(policy=ONE_TYPE % "stage")
        ivs = stack.client("ivs-realtime")
        stage = ivs.create_stage()["stage"]["arn"]
        stack.observe_events()
        ivs.delete_stage(arn=stage)
        stack.events.clear()

        assert act(stack) == ["tag"]

        (outcome,) = outcomes(stack)
        assert outcome["outcome"] == "failed"
        assert "ResourceNotFoundException" in outcome["outcome_reason"]
        stack.later(minutes=5)
        stack.sweep()
        assert facts(stack, stage).is_gone
        assert stack.take("ActionQueue") == []

    def test_what_is_deleted_before_its_tags_are_read_is_left_out(self, deploy: Deploy) -> None:
        stack = deploy(policy=ONE_TYPE % "ingest_configuration")
        ivs = stack.client("ivs-realtime")
        arns = [
            ivs.create_ingest_configuration(ingestProtocol="RTMPS")["ingestConfiguration"]["arn"]
            for _ in range(2)
        ]
        stack.events.clear()
        gone = IvsError("ResourceNotFoundException", "gone")
        stack.world.fail_next("ListTagsForResource", gone)

        stack.sweep()

        assert [open_rules(stack, each) for each in arns] == [set(), {"tagged"}]

    def test_a_fifty_first_tag_is_refused_and_told(self, deploy: Deploy) -> None:
        stack = deploy(policy=ONE_TYPE % "stage")
        full = {f"k{number}": "" for number in range(50)}
        stage = stack.client("ivs-realtime").create_stage(tags=full)["stage"]["arn"]
        stack.observe_events()

        assert act(stack) == ["tag"]

        (outcome,) = outcomes(stack)
        assert outcome["outcome"] == "failed"
        assert "at most 50 tags" in outcome["outcome_reason"]
        assert tags_of(stack, stage) == full

    def test_tags_of_aws_are_no_business_of_anybody(self, deploy: Deploy) -> None:
        """Stages of CloudFormation have some. Nobody but AWS may remove them."""
        stack = deploy(
            policy="""
version: 1
defaults: {mode: enforce, severity: low}
rules:
  - id: clean
    kind: forbidden_tags
    params: {tags: ["*"], on: [stage]}
    actions: [remove_tags]
"""
        )
        stage = stack.client("ivs-realtime").create_stage(tags={"a": "b"})["stage"]["arn"]
        region = stage.split(":")[3]
        account = stage.split(":")[4]
        stack.world.account_region(account, region).tags(stage)["aws:cloudformation:x"] = "y"
        stack.events.clear()

        stack.sweep()
        assert act(stack) == ["remove_tags"]

        assert tags_of(stack, stage) == {"aws:cloudformation:x": "y"}
        assert open_rules(stack, stage) == set()

    def test_two_rules_that_fight_are_refused(self) -> None:
        fighting = (
            ONE_TYPE % "stage"
            + """
  - {id: clean, kind: forbidden_tags, params: {tags: [team], on: [stage]}, actions: [remove_tags]}
"""
        )
        with pytest.raises(DocumentErrors, match="sets a value that clean refuses"):
            compile_policy(fighting, "policy.yaml")

    def test_who_takes_the_tag_again_and_again_is_left_to_it(self, deploy: Deploy) -> None:
        stack = deploy(policy=ONE_TYPE % "stage")
        ivs = stack.client("ivs-realtime")
        stage = ivs.create_stage()["stage"]["arn"]
        done: list[str] = []
        for _ in range(10):
            stack.observe_events()
            done += act(stack)
            stack.later(minutes=5)
            ivs.untag_resource(resourceArn=stage, tagKeys=["team"])

        assert len(done) == 3
        assert open_rules(stack, stage) == {"tagged"}

    def test_a_type_that_nobody_knows_yet_costs_nothing(self, stack: Stack) -> None:
        stack.client("ivs-realtime").create_stage(tags={"team": "news", "owner": "ann"})
        (event,) = stack.events
        event["detail"]["eventName"] = "TagResource"
        arn = event["detail"]["responseElements"]["stage"]["arn"].replace(":stage/", ":studio/")
        event["detail"] |= {
            "requestParameters": {"resourceArn": arn, "tags": {"a": "b"}},
            "responseElements": None,
        }
        stack.requests.clear()

        assert stack.observe_events() == []

        assert stack.requests == []
        assert stack.asked("TagResource") == []
