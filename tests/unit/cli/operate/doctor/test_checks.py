"""Each check says what is wrong, and the command that mends it."""

from collections.abc import Callable, Iterable, Mapping
from copy import replace
from types import SimpleNamespace
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from streamwarden import __version__
from streamwarden.domain.arn import ResourceType
from streamwarden.domain.needs import Needs
from streamwarden.domain.notifications.routing import DestinationSpec, Routing
from streamwarden_cli.operate.doctor import account, deployment, reach, switches, work
from streamwarden_cli.operate.doctor.checks import CHECKS, Check, Checked, examine
from streamwarden_cli.operate.doctor.examined import Examined
from streamwarden_cli.operate.doctor.finding import Finding, Health, fine, not_read, problem
from streamwarden_cli.operate.queues import QueueDepth
from testbed.builders import at
from tests.unit.cli.operate.doctor.fakes import NOW, TOPIC, NotThere, denied, examined, service
from tests.unit.cli.operate.finished_sweep import LAST
from tests.unit.project.aws_cli import OF_EVERY_COMMAND, operations

SECRET: Final = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:hook-AbCdEf"
TRAIL: Final = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/all"

AWAY: Final = EndpointConnectionError(endpoint_url="https://ivs.eu-west-1.amazonaws.com")

type Look = Callable[[Examined], Iterable[Finding]]


def says(look: Look, given: Examined, health: Health, text: str, remedy: str = "") -> None:
    """That the check finds this, and that it says nothing worse."""
    found = [each for each in look(given) if each.health is not Health.FINE] or [*look(given)]

    assert [each.health for each in found] == [health]
    assert text in found[0].text
    assert found[0].remedy.startswith(remedy)
    assert bool(found[0].remedy) is bool(remedy)
    for each in found[0].remedy.split(" && "):
        is_a_command(each)


def is_a_command(remedy: str) -> None:
    """That the AWS CLI has it. `logs tail` and a name of `sns subscribe` are of the CLI alone."""
    words = remedy.split()
    if words[:1] == ["aws"] and words[1:3] != ["logs", "tail"]:
        _, service, operation, *more = words
        options = {each.removeprefix("--") for each in more if each.startswith("--")}
        assert (
            options - OF_EVERY_COMMAND - {"notification-endpoint"} <= operations(service)[operation]
        )


def test_ivs_that_answers_is_fine_and_one_that_cannot_be_reached_is_not() -> None:
    answering = examined({"ivs": service(list_channels={"channels": []})})
    unreached = examined({"ivs": service(list_channels=AWAY)})

    says(account.ivs_answers, answering, Health.FINE, "IVS answers in eu-west-1")
    says(account.ivs_answers, unreached, Health.PROBLEM, "Could not connect", "aws ivs list-")


@pytest.mark.parametrize(
    ("resources", "answer", "health", "words"),
    [
        ({ResourceType.AD_CONFIGURATION}, None, Health.FINE, "no rule"),
        ({ResourceType.STAGE}, {"stages": []}, Health.FINE, "answers in eu-west-1"),
        ({ResourceType.PUBLIC_KEY}, AWAY, Health.PROBLEM, "Could not connect"),
    ],
)
def test_real_time_is_asked_where_a_rule_is_about_it(
    resources: set[ResourceType], answer: Any, health: Health, words: str
) -> None:
    given = examined({"ivs-realtime": service(list_stages=answer)} if answer else {})
    needs = Needs(resources=frozenset(resources))
    given.__dict__["needs"] = needs  # what is cached is not read

    remedy = "aws ivs-realtime list-" if health is Health.PROBLEM else ""
    says(account.real_time_answers, given, health, words, remedy)


@pytest.mark.parametrize(
    ("unreserved", "health", "remedy"),
    [(10, Health.FINE, ""), (9, Health.PROBLEM, "aws service-quotas request-")],
)
def test_the_stack_needs_room_for_ten_invocations(
    unreserved: int, health: Health, remedy: str
) -> None:
    limit = {"UnreservedConcurrentExecutions": unreserved, "ConcurrentExecutions": 1000}
    given = examined({"lambda": service(get_account_settings={"AccountLimit": limit})})

    says(account.concurrency, given, health, f"{unreserved} unreserved", remedy)


def quotas_of(channels: int, streams: int) -> Examined:
    values = {"Channels": 5000.0, "Concurrent streams": 100.0}
    quotas = [
        {"QuotaName": name, "Value": value, "QuotaCode": "L-1"} for name, value in values.items()
    ]
    given = examined({"service-quotas": service(list_service_quotas={"Quotas": quotas})})
    vars(given)["last_sweep"] = replace(LAST, channels=channels, streams=streams)
    return given


def test_a_quota_that_is_nearly_used_up_should_be_raised() -> None:
    assert [each.text for each in account.quotas(quotas_of(3999, 79))] == [
        "Channels: 3,999 of 5,000 are used",
        "Concurrent streams: 79 of 100 are used",
    ]
    says(
        account.quotas,
        quotas_of(2, 80),
        Health.PROBLEM,
        "Concurrent streams: 80 of 100 are used",
        "aws service-quotas request-service-quota-increase --service-code ivs --quota-code L-1 "
        "--desired-value 200",
    )


ALL: Final = {"IncludeManagementEvents": True, "ReadWriteType": "All"}
READS: Final = {"IncludeManagementEvents": True, "ReadWriteType": "ReadOnly"}
DATA: Final = {"IncludeManagementEvents": False, "ReadWriteType": "All"}


def advanced(**fields: str) -> Mapping[str, Any]:
    return {"FieldSelectors": [{"Field": name, "Equals": [is_]} for name, is_ in fields.items()]}


@pytest.mark.parametrize(
    ("trail", "is_logging", "selectors", "health"),
    [
        ({"HomeRegion": "eu-west-1"}, True, {"EventSelectors": [ALL]}, Health.FINE),
        ({"IsMultiRegionTrail": True}, True, {"EventSelectors": [DATA, ALL]}, Health.FINE),
        ({"HomeRegion": "us-east-1"}, True, {"EventSelectors": [ALL]}, Health.PROBLEM),
        ({"HomeRegion": "eu-west-1"}, False, {"EventSelectors": [ALL]}, Health.PROBLEM),
        ({"HomeRegion": "eu-west-1"}, True, {"EventSelectors": [READS]}, Health.PROBLEM),
        ({"HomeRegion": "eu-west-1"}, True, {"EventSelectors": [DATA]}, Health.PROBLEM),
        (
            {"HomeRegion": "eu-west-1"},
            True,
            {"AdvancedEventSelectors": [advanced(eventCategory="Management")]},
            Health.FINE,
        ),
        (
            {"HomeRegion": "eu-west-1"},
            True,
            {"AdvancedEventSelectors": [advanced(eventCategory="Management", readOnly="true")]},
            Health.PROBLEM,
        ),
    ],
)
def test_a_trail_has_to_log_what_changes_in_this_region(
    trail: dict[str, Any], is_logging: bool, selectors: dict[str, Any], health: Health
) -> None:
    cloudtrail = service(
        describe_trails={"trailList": [{"Name": "all", "TrailARN": TRAIL, **trail}]},
        get_trail_status={"IsLogging": is_logging},
        get_event_selectors=selectors,
    )

    remedy = "" if health is Health.FINE else "aws cloudtrail "
    says(account.trail, examined({"cloudtrail": cloudtrail}), health, "trail", remedy)


@pytest.mark.parametrize(
    ("subscribed", "health", "text"),
    [
        ([f"{TOPIC}:1"], Health.FINE, "TopicArn: 1 confirmed subscription"),
        ([], Health.PROBLEM, "alarms reach nobody"),
        ([f"{TOPIC}:1", "PendingConfirmation"], Health.PROBLEM, "ana@example.com has not confirm"),
    ],
)
def test_somebody_has_to_have_confirmed(subscribed: list[str], health: Health, text: str) -> None:
    found = [
        {"SubscriptionArn": arn, "Protocol": "email", "Endpoint": "ana@example.com"}
        for arn in subscribed
    ]
    sns = service(list_subscriptions_by_topic={"Subscriptions": found})
    given = examined({"sns": sns}, outputs={"TopicArn": TOPIC})

    remedy = "" if health is Health.FINE else f"aws sns subscribe --topic-arn {TOPIC} --protocol"
    says(reach.subscriptions, given, health, text, remedy)


HOOK: Final = "streamwarden/destinations/hook"
CURRENT: Final = {"VersionIdsToStages": {"v-1": ["AWSCURRENT"]}}


@pytest.mark.parametrize(
    ("described", "text", "remedy"),
    [
        (CURRENT, "its secret exists and has a value; `streamwarden notify test chat", ""),
        (
            {},
            "its secret has no value",
            f"aws secretsmanager put-secret-value --secret-id {HOOK} --secret-string file://",
        ),
        (
            {**CURRENT, "DeletedDate": NOW},
            "its secret is to be deleted",
            "aws secretsmanager restore-secret",
        ),
        (
            NotThere(),
            "there is no secret",
            f"aws secretsmanager create-secret --name {HOOK} --secret-string file://",
        ),
    ],
)
def test_the_secret_of_a_destination_has_to_be_there(
    described: Any, text: str, remedy: str
) -> None:
    given = examined({"secretsmanager": service(describe_secret=described)})
    spec = DestinationSpec(name="chat", kind="slack", secret="hook")
    given.__dict__["routing"] = Routing(destinations=(spec,))  # what is cached is not read

    health = Health.PROBLEM if remedy else Health.FINE
    says(reach.secrets, given, health, f"destination chat: {text}", remedy)
    (found,) = reach.secrets(given)
    assert not remedy or found.remedy.endswith(
        " && streamwarden notify test chat --stack streamwarden"
    )


@pytest.mark.parametrize(
    ("status", "health"),
    [
        ("UPDATE_COMPLETE", Health.FINE),
        ("UPDATE_IN_PROGRESS", Health.NOT_KNOWN),
        ("UPDATE_ROLLBACK_COMPLETE", Health.PROBLEM),
    ],
)
def test_a_deployment_that_failed_is_a_problem(status: str, health: Health) -> None:
    described = {"Stacks": [{"StackStatus": status}]}
    given = examined({"cloudformation": service(describe_stacks=described)})

    remedy = "aws cloudformation" if health is Health.PROBLEM else ""
    says(deployment.stack_status, given, health, status, remedy)


@pytest.mark.parametrize(
    ("found", "health", "text", "remedy"),
    [
        ({}, Health.NOT_KNOWN, "nobody has looked", "streamwarden doctor --detect-drift"),
        (
            {"LastCheckTimestamp": at(9), "StackDriftStatus": "IN_SYNC"},
            Health.NOT_KNOWN,
            "since the last deployment",
            "streamwarden doctor --detect-drift",
        ),
        (
            {"LastCheckTimestamp": at(11), "StackDriftStatus": "IN_SYNC"},
            Health.FINE,
            "no drift",
            "",
        ),
        (
            {"LastCheckTimestamp": at(11), "StackDriftStatus": "DRIFTED"},
            Health.PROBLEM,
            "changed by hand since it was deployed: R0, R1, R2, R3, R4 and 2 more",
            "aws cloudformation describe-stack-resource-drifts",
        ),
    ],
)
def test_drift_is_what_was_found_since_the_last_deployment(
    found: dict[str, Any], health: Health, text: str, remedy: str
) -> None:
    drifts = [{"LogicalResourceId": f"R{number}"} for number in range(7)]
    cloudformation = service(
        describe_stacks={"Stacks": [{"LastUpdatedTime": at(10), "DriftInformation": found}]},
        describe_stack_resource_drifts={"StackResourceDrifts": drifts},
    )

    says(deployment.drift, examined({"cloudformation": cloudformation}), health, text, remedy)


def test_drift_is_detected_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        deployment, "time", SimpleNamespace(sleep=lambda _: None, monotonic=lambda: 0.0)
    )
    states = iter(["DETECTION_IN_PROGRESS", "DETECTION_COMPLETE"])
    drift = {"LastCheckTimestamp": NOW, "StackDriftStatus": "IN_SYNC"}
    cloudformation = service(
        detect_stack_drift={"StackDriftDetectionId": "d-1"},
        describe_stack_drift_detection_status=lambda **_: {"DetectionStatus": next(states)},
        describe_stacks={"Stacks": [{"DriftInformation": drift}]},
    )
    given = examined({"cloudformation": cloudformation}, is_detecting_drift=True)

    assert [each.health for each in deployment.drift(given)] == [Health.FINE]
    assert next(states, None) is None


@pytest.mark.parametrize(
    ("outputs", "health", "text"),
    [
        ({"Version": __version__}, Health.FINE, f"stack and command are {__version__}"),
        ({"Version": "0.0.1"}, Health.PROBLEM, f"0.0.1, and this command {__version__}"),
        ({}, Health.NOT_KNOWN, "does not say its version"),
    ],
)
def test_stack_and_command_are_of_one_version(
    outputs: dict[str, str], health: Health, text: str
) -> None:
    remedy = "" if health is Health.FINE else "make build"
    says(deployment.version, examined({}, outputs=outputs), health, text, remedy)


@pytest.mark.parametrize(
    ("meant", "health"), [("", Health.FINE), ("4f", Health.FINE), ("5a", Health.PROBLEM)]
)
def test_the_policy_that_is_meant_has_to_be_deployed(
    meant: str, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_use = SimpleNamespace(compiled=SimpleNamespace(digest="4f"))
    monkeypatch.setattr(deployment, "deployed_policy", lambda _: in_use)
    given = examined({}, policy_digest=meant, policy_file="mine.yaml")

    remedy = "STREAMWARDEN_POLICY=mine.yaml make build" if health is Health.PROBLEM else ""
    says(deployment.policy, given, health, "the policy 4f is deployed", remedy)


RULE: Final = ("AWS::Events::Rule", "rule-1")
SOURCE: Final = ("AWS::Lambda::EventSourceMapping", "uuid-1")
SCHEDULE: Final = ("AWS::Scheduler::Schedule", "schedule-1")
FUNCTION: Final = ("AWS::Lambda::Function", "function-1")


@pytest.mark.parametrize(
    ("look", "services", "resources", "remedy"),
    [
        (
            switches.event_rules,
            {"events": service(describe_rule={"State": "DISABLED"})},
            {"StreamRule": RULE},
            "aws events enable-rule --event-bus-name default --name rule-1",
        ),
        (
            switches.event_rules,
            {"events": service(describe_rule={"State": "DISABLED"})},
            {"VerdictRule": ("AWS::Events::Rule", "verdicts|rule-2")},
            "aws events enable-rule --event-bus-name verdicts --name rule-2",
        ),
        (
            switches.event_sources,
            {"lambda": service(get_event_source_mapping={"State": "Disabled"})},
            {"EnforceFunctionActions": SOURCE},
            "aws lambda update-event-source-mapping --uuid uuid-1 --enabled",
        ),
        (
            switches.schedules,
            {"scheduler": service(get_schedule={"State": "DISABLED"})},
            {"SweepFunctionInterval": SCHEDULE},
            "streamwarden doctor --detect-drift, then enable schedule-1",
        ),
        (
            switches.functions,
            {"lambda": service(get_function_concurrency={"ReservedConcurrentExecutions": 0})},
            {"EnforceFunction": FUNCTION},
            "aws lambda delete-function-concurrency --function-name function-1",
        ),
    ],
)
def test_what_is_switched_off_is_a_problem(
    look: Look,
    services: dict[str, Any],
    resources: dict[str, tuple[str, str]],
    remedy: str,
) -> None:
    (name,) = resources

    says(look, examined(services, resources=resources), Health.PROBLEM, name, remedy)


@pytest.mark.parametrize(
    ("parameters", "health"),
    [({"RealTimeEvents": "ignore"}, Health.FINE), ({"RealTimeEvents": "forward"}, Health.PROBLEM)],
)
def test_what_a_parameter_switches_off_is_meant(parameters: dict[str, str], health: Health) -> None:
    events = service(describe_rule={"State": "DISABLED"})
    given = examined({"events": events}, parameters=parameters, resources={"RealTimeRule": RULE})

    remedy = "aws events enable-rule" if health is Health.PROBLEM else ""
    says(switches.event_rules, given, health, "event rule", remedy)


def test_a_rule_is_found_on_the_bus_that_has_it() -> None:
    def describe_rule(Name: str, EventBusName: str) -> dict[str, str]:  # noqa: N803
        if EventBusName == "default":
            raise NotThere(Name)
        return {"State": "ENABLED"}

    resources = {"VerdictRule": RULE, "VerdictBus": ("AWS::Events::EventBus", "verdicts")}
    given = examined({"events": service(describe_rule=describe_rule)}, resources=resources)

    says(switches.event_rules, given, Health.FINE, "of 1 event rules")


@pytest.mark.parametrize(
    ("finished_at", "health"), [(at(11, 50), Health.FINE), (at(11, 44), Health.PROBLEM)]
)
def test_sweeps_have_to_end(finished_at: Any, health: Health) -> None:
    given = examined({}, parameters={"SweepIntervalMinutes": "5"})
    vars(given)["last_sweep"] = replace(LAST, finished_at=finished_at)

    remedy = "" if health is Health.FINE else "aws logs tail /aws/lambda/streamwarden/sweep"
    says(work.sweeps, given, health, "the last sweep ended", remedy)


@pytest.mark.parametrize(("waiting", "health"), [(0, Health.FINE), (3, Health.PROBLEM)])
def test_a_dead_letter_is_a_problem(
    waiting: int, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    queues = [QueueDepth("StreamInbox", 9, 0), QueueDepth("SweepDeadLetters", waiting, 0)]
    monkeypatch.setattr(work, "read_queues", lambda *_: queues)

    remedy = "streamwarden dead-letters list --queue SweepDeadLetters" if waiting else ""
    says(work.dead_letters, examined({}), health, "3" if waiting else "none in 1", remedy)


@pytest.mark.parametrize(
    ("message", "permission"),
    [
        ("User: u is not authorized to perform: lambda:GetAccountSettings", "lambda:GetAccountSe"),
        ("", "DescribeTrails"),
    ],
)
def test_what_may_not_be_read_is_not_known_and_says_the_permission(
    message: str, permission: str
) -> None:
    found = not_read(denied("DescribeTrails", message), is_local=False)

    assert found.health is Health.NOT_KNOWN
    assert found.permission.startswith(permission)
    assert f"{found.permission} is missing" in found.text


def test_where_aws_says_nothing_there_is_no_colon() -> None:
    error = ClientError({"Error": {"Code": "400", "Message": ""}}, "ListServiceQuotas")

    assert not_read(error, is_local=True).text.endswith("calling the ListServiceQuotas operation")


def test_a_check_that_cannot_read_stops_no_other_and_keeps_what_it_found() -> None:
    def half(_: Examined) -> Iterable[Finding]:
        yield problem("this", "do that")
        raise denied("DescribeTrails")

    checks = [Check("first", half), Check("second", lambda _: [fine("well")])]

    first, unread, second = examine(examined({}), checks)

    assert first == Checked("first", problem("this", "do that"))
    assert (unread.check, unread.finding.permission) == ("first", "DescribeTrails")
    assert second == Checked("second", fine("well"))


def test_beside_a_problem_what_is_fine_is_left_out() -> None:
    checks = [Check("one", lambda _: [fine("a"), problem("b", "c")])]

    assert [*examine(examined({}), checks)] == [Checked("one", problem("b", "c"))]


LOCAL: Final = """eval "$(streamwarden local status | grep -E '^(unset|export) ')\""""


@pytest.mark.parametrize(
    ("remedy", "local"),
    [
        ("aws events enable-rule --name r", f"{LOCAL} && aws events enable-rule --name r"),
        ("streamwarden dead-letters list", "streamwarden dead-letters list"),
        ("", ""),
    ],
)
def test_no_remedy_for_the_local_stack_acts_on_the_account_of_the_shell(
    remedy: str, local: str
) -> None:
    checks = [Check("one", lambda _: [problem("it is off", remedy)])]

    (there,) = examine(examined({}), checks)
    (here,) = examine(examined({}, is_local=True), checks)

    assert (there.finding.remedy, here.finding.remedy) == (remedy, local)


def test_the_local_stack_is_deployed_again_by_local_up(monkeypatch: pytest.MonkeyPatch) -> None:
    in_use = SimpleNamespace(compiled=SimpleNamespace(digest="4f"))
    monkeypatch.setattr(deployment, "deployed_policy", lambda _: in_use)
    given = examined({}, is_local=True, policy_digest="5a", policy_file="mine.yaml")

    (version,) = deployment.version(given)
    (policy,) = deployment.policy(given)

    assert version.remedy == "streamwarden local up"
    assert policy.remedy == "streamwarden local up --policy mine.yaml"


def test_the_local_stack_needs_neither_a_trail_nor_subscriptions() -> None:
    every = [replace(each, look=lambda _: [fine("well")]) for each in CHECKS]

    there = {each.check for each in examine(examined({}), every)}
    here = {each.check for each in examine(examined({}, is_local=True), every)}

    assert there - here == {"trail", "subscriptions"}
