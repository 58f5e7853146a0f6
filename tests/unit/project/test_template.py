"""The rules every resource of template.yaml keeps, whatever else changes in it."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pkgutil import iter_modules

import pytest
from botocore.session import get_session
from msgspec.structs import fields

from ivs_simulator.runtime.rate_limits import CALLS_PER_SECOND
from streamwarden import __version__
from streamwarden.adapters import destinations
from streamwarden.bootstrap.enforcer import CALLS_A_SECOND, CALLS_AT_ONCE
from streamwarden.domain import inputs
from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.kind import Performer
from streamwarden.domain.events import VERDICT_SOURCE, ApiCallName, ExternalVerdictName
from streamwarden.domain.ivs import Api
from streamwarden.domain.listed_types import LISTED_TYPES
from streamwarden.settings import BY_FUNCTION
from streamwarden_cli.local.deployment import StackOutputs
from streamwarden_cli.operate.doctor.account import LEAST_CONCURRENCY
from streamwarden_cli.operate.doctor.switches import OFF_BY_PARAMETER
from streamwarden_cli.operate.queues import holds_dead_letters, queue_urls
from streamwarden_cli.policy.lint.event_contents import NEVER_FORWARDED
from testbed.template import ROOT, Node, template
from tests.unit.project.cloudformation import (
    READING_VERBS,
    SECRET_READS,
    actions,
    changes_ivs,
    dead_letter_queues,
    every_statement,
    function,
    of_type,
    policies_of,
    statements_of,
)
from tests.unit.project.message_loops import in_a_loop

POWERTOOLS = {
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_LOG_LEVEL",
    "POWERTOOLS_TRACE_DISABLED",
}
FUNCTIONS = sorted(BY_FUNCTION)
OBSERVERS = {"StreamEvents", "RecordingEvents", "ResourceChanges"}
COMMAND_INBOXES = {"OperatorInbox", "AdministratorInbox"}
COMMANDS = {"OperatorCommands", "AdministratorCommands"}
INBOXES = OBSERVERS | COMMANDS | {"Enforce", "Notify"}
# What people may do: each policy is attached by itself (docs/identities.md).
IDENTITIES = (
    "ViewerPolicy",
    "DoctorPolicy",
    "OperatorPolicy",
    "AdministratorPolicy",
    "DeadLettersPolicy",
    "ServiceUserPolicy",
)
# Actions without a resource type: only "*" allows them (Service Authorization Reference).
WITHOUT_RESOURCE = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "cloudtrail:DescribeTrails",
    "cloudwatch:GetMetricData",
    "lambda:GetAccountSettings",
    "servicequotas:ListServiceQuotas",
    "ivs:ListPlaybackRestrictionPolicies",
    "ivs:ListAdConfigurations",
    "ivs:ListFailoverSlateConfigurations",
    "ivs:ListStages",
    "ivs:ListCompositions",
    "ivs:ListEncoderConfigurations",
    "ivs:ListIngestConfigurations",
    "ivs:ListPublicKeys",
    "ivs:ListStorageConfigurations",
}
STACK_NAME = "${AWS::StackName}"
LONGEST_STACK_NAME = 128  # CloudFormation, CreateStack
# How long a text that contains the name of the stack may be, by property.
LONGEST_TEXTS = {
    "LogGroupName": 512,
    "Name": 255,  # of a saved query; the event bus has 256
    "AlarmName": 255,
    "DashboardName": 255 - len("ap-northeast-1"),
    "DashboardBody": 1_000_000,
    "Description": 8192,
    "Resource": 2048,
    "SECRET_PREFIX": 512 - len("Zqumpm08hsE8"),  # the id of a channel follows
    "DESTINATION_SECRETS": 512 - 64,  # the name of a destination's secret follows
}


def environment(name: str) -> Node:
    shared: Node = template()["Globals"]["Function"]["Environment"]["Variables"]
    own: Node = function(name)["Environment"]["Variables"]
    return shared | own


def timeout(name: str) -> int:
    shared: int = template()["Globals"]["Function"]["Timeout"]
    own: int = function(name).get("Timeout", shared)
    return own


def queue_events(name: str) -> list[Node]:
    return [
        each["Properties"] for each in function(name)["Events"].values() if each["Type"] == "SQS"
    ]


def role_statements(function_name: str) -> Iterator[tuple[Node, str | None]]:
    """Statements of the function's role, with the template condition each is under."""
    role = of_type("AWS::IAM::Role")[function(function_name)["Role"]["Fn::GetAtt"][0]]
    for policy in policies_of(role):
        for statement in policy["PolicyDocument"]["Statement"]:
            if "Fn::If" in statement:
                condition, granted, otherwise = statement["Fn::If"]
                assert otherwise == {"Ref": "AWS::NoValue"}
                yield granted, condition
            else:
                yield statement, None


def test_every_function_of_the_template_has_settings_and_the_other_way_round() -> None:
    of_template = {name.removesuffix("Function") for name in of_type("AWS::Serverless::Function")}

    assert of_template == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_gets_exactly_the_variables_its_settings_read(name: str) -> None:
    read = {field.name.upper() for field in fields(BY_FUNCTION[name])}

    assert set(environment(name)) - POWERTOOLS == read


@pytest.mark.parametrize("name", FUNCTIONS)
def test_handler_exists(name: str) -> None:
    module = template()["Globals"]["Function"]["Handler"].removesuffix(".handler")

    assert (ROOT / function(name)["CodeUri"] / f"{module}.py").is_file()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_logs_are_kept_for_the_chosen_time(name: str) -> None:
    group = of_type("AWS::Logs::LogGroup")[function(name)["LoggingConfig"]["LogGroup"]["Ref"]]

    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_lambda_lets_the_loops_be_that_are_meant_and_no_others() -> None:
    allowed = {
        name
        for name, properties in of_type("AWS::Serverless::Function").items()
        if properties.get("RecursiveLoop") == "Allow"
    }

    assert "RecursiveLoop" not in template()["Globals"]["Function"]
    assert allowed == in_a_loop()


@pytest.mark.parametrize("name", sorted(INBOXES))
def test_function_behind_a_queue_reports_failures_one_by_one(name: str) -> None:
    (source,) = queue_events(name)

    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert concurrency(name) >= 2  # the least that Lambda takes


def concurrency(name: str) -> int:
    """How many invocations of a function there are at once."""
    sources = queue_events(name)
    if not sources:
        return 1  # a schedule
    wanted: int = sources[0]["ScalingConfig"]["MaximumConcurrency"]
    return wanted


def test_stops_are_made_nearly_as_fast_as_ivs_lets_them_be_and_no_faster() -> None:
    limit, invocations = CALLS_PER_SECOND["StopStream"], concurrency("Enforce")

    assert limit / 1.2 <= CALLS_A_SECOND * invocations <= limit
    assert CALLS_AT_ONCE * invocations <= limit


def test_an_account_with_ten_concurrent_executions_has_room_for_stops() -> None:
    """Commands are not counted: people give one at a time, and it takes less than a second."""
    stopping, others = {"StreamEvents", "Enforce"}, set(FUNCTIONS) - COMMANDS

    assert sum(map(concurrency, INBOXES - COMMANDS)) <= 10
    assert sum(map(concurrency, others - stopping)) <= 10 - len(stopping)


@pytest.mark.parametrize("name", sorted(INBOXES))
def test_message_stays_invisible_while_it_may_still_be_in_work(name: str) -> None:
    (source,) = queue_events(name)
    queue = of_type("AWS::SQS::Queue")[source["Queue"]["Fn::GetAtt"][0]]

    window = source.get("MaximumBatchingWindowInSeconds", 0)
    assert queue["VisibilityTimeout"] >= 6 * timeout(name) + window


@pytest.mark.parametrize("name", sorted(INBOXES))
def test_function_knows_its_own_queue_and_its_own_dead_letter_queue(name: str) -> None:
    (source,) = queue_events(name)
    queue = source["Queue"]["Fn::GetAtt"][0]
    redrive = of_type("AWS::SQS::Queue")[queue]["RedrivePolicy"]

    variables = environment(name)
    assert variables["SOURCE_QUEUE_URL"] == {"Ref": queue}
    dead_letters = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert variables["DEAD_LETTER_QUEUE_URL"] == {"Ref": dead_letters}


@pytest.mark.parametrize("name", sorted(INBOXES))
def test_sqs_neither_dead_letters_nor_deletes_a_message_that_has_tries_left(name: str) -> None:
    (source,) = queue_events(name)
    queue = of_type("AWS::SQS::Queue")[source["Queue"]["Fn::GetAtt"][0]]

    assert queue["RedrivePolicy"]["maxReceiveCount"] == 1000  # the most that SQS takes
    assert queue["MessageRetentionPeriod"] == timedelta(days=14).total_seconds()


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - INBOXES))
def test_scheduled_function_and_its_schedule_have_a_dead_letter_queue(name: str) -> None:
    on_failure = function(name)["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
    schedules = function(name)["Events"].values()

    assert on_failure["Type"] == "SQS"
    assert schedules
    for schedule in schedules:
        assert schedule["Properties"]["DeadLetterConfig"]["Arn"] == on_failure["Destination"]


def test_a_stack_that_observes_looks_every_few_minutes_for_rotations_it_may_not_finish() -> None:
    begun = function("RotateKeys")["Events"]["Begun"]["Properties"]

    assert begun["State"] == {"Fn::If": ["Enforcing", "DISABLED", "ENABLED"]}
    assert begun["ScheduleExpression"] == {"Fn::Sub": "rate(${SweepIntervalMinutes} minutes)"}
    assert json.loads(begun["Input"]) == {"only": "begun"}


def test_every_queue_is_encrypted_and_dead_letters_of_fifo_queues_are_fifo() -> None:
    queues = of_type("AWS::SQS::Queue")

    for queue in queues.values():
        assert queue["SqsManagedSseEnabled"] is True
        if "RedrivePolicy" in queue:
            dead_letters = queues[queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]]
            assert queue.get("FifoQueue") == dead_letters.get("FifoQueue")


def test_every_queue_has_dead_letters_or_is_one_of_them() -> None:
    queues = of_type("AWS::SQS::Queue")

    plain = {name for name, queue in queues.items() if "RedrivePolicy" not in queue}
    assert plain == dead_letter_queues()


def test_every_event_rule_lists_its_detail_types_and_keeps_what_it_cannot_deliver() -> None:
    for name, rule in of_type("AWS::Events::Rule").items():
        assert rule["EventPattern"]["source"], name
        assert rule["EventPattern"]["detail-type"], name
        for target in rule["Targets"]:
            assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] in dead_letter_queues()


def test_every_event_pattern_says_what_it_catches() -> None:
    lines = (ROOT / "template.yaml").read_text().splitlines()
    patterns = [number for number, line in enumerate(lines) if line.strip() == "EventPattern:"]

    assert len(patterns) == len(of_type("AWS::Events::Rule"))
    assert all(lines[number - 1].strip().startswith("# ") for number in patterns)


def test_no_statement_allows_a_wildcard_action() -> None:
    wild = {
        statement["Sid"]
        for statement in every_statement()
        if statement["Effect"] == "Allow" and any("*" in action for action in actions(statement))
    }

    assert wild == set()


def queue_access() -> dict[str, Node]:
    """The statements of the policy that all queues have but those of commands, by their names."""
    policy = of_type("AWS::SQS::QueuePolicy")["QueueAccess"]
    queues = set(of_type("AWS::SQS::Queue")) - COMMAND_INBOXES
    assert {each["Ref"] for each in policy["Queues"]} == queues
    return {each["Sid"]: each for each in policy["PolicyDocument"]["Statement"]}


def arns_of(names: Iterable[str]) -> list[Node]:
    return [{"Fn::GetAtt": [name, "Arn"]} for name in sorted(names)]


def test_only_event_rules_of_the_stack_are_allowed_to_send_by_the_queues() -> None:
    allowed = [each for each in queue_access().values() if each["Effect"] == "Allow"]

    (rules,) = allowed
    assert rules["Principal"] == {"Service": "events.amazonaws.com"}
    assert rules["Condition"] == {
        "ArnEquals": {"aws:SourceArn": arns_of(of_type("AWS::Events::Rule"))}
    }


def test_only_roles_of_the_stack_that_send_and_named_senders_may_send() -> None:
    sending = {
        name
        for name, role in of_type("AWS::IAM::Role").items()
        if any("sqs:SendMessage" in actions(each) for each in statements_of(role))
    }
    denied = queue_access()["NoStrangerSends"]

    assert (denied["Effect"], denied["Principal"]) == ("Deny", "*")
    assert denied["Action"] == "sqs:SendMessage"
    assert denied["Condition"] == {
        "Bool": {"aws:PrincipalIsAWSService": "false"},
        "ArnNotEquals": {"aws:PrincipalArn": arns_of(sending)},
        "ArnNotLike": {
            "Fn::If": [
                "HasSenders",
                {"aws:PrincipalArn": {"Ref": "SenderArns"}},
                {"Ref": "AWS::NoValue"},
            ]
        },
    }


def test_who_may_give_commands_is_for_iam_to_say() -> None:
    """The account's own policies grant each inbox; the queue lets nobody else in."""
    policy = of_type("AWS::SQS::QueuePolicy")["CommandAccess"]

    assert {each["Ref"] for each in policy["Queues"]} == COMMAND_INBOXES
    assert {each["Effect"] for each in every_statement(policy)} == {"Deny"}


@pytest.mark.parametrize(
    ("condition", "parameter", "denied"),
    [
        ("RequiresMfa", "RequireMfa", {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
        (
            "HasAllowedSources",
            "AllowedSourceCidrs",
            {"NotIpAddress": {"aws:SourceIp": {"Ref": "AllowedSourceCidrs"}}},
        ),
    ],
)
def test_commands_are_refused_where_a_parameter_asks_for_more(
    condition: str, parameter: str, denied: Node
) -> None:
    statements = of_type("AWS::SQS::QueuePolicy")["CommandAccess"]["PolicyDocument"]["Statement"]
    (statement,) = (
        each["Fn::If"][1] for each in statements if each.get("Fn::If", [""])[0] == condition
    )

    assert (statement["Action"], statement["Condition"]) == ("sqs:SendMessage", denied)
    assert template()["Parameters"][parameter]["Default"] in ("", "false")
    assert parameter in str(template()["Conditions"][condition])


def test_each_inbox_of_commands_is_granted_by_a_policy_of_its_own() -> None:
    policies = of_type("AWS::IAM::ManagedPolicy")
    granted = {
        name: [(each["Action"], each["Resource"]) for each in every_statement(policies[name])]
        for name in ("OperatorPolicy", "AdministratorPolicy")
    }

    to_inbox = {
        name: ("sqs:SendMessage", {"Fn::GetAtt": [name.replace("Policy", "Inbox"), "Arn"]})
        for name in granted
    }
    tries = ("lambda:InvokeFunction", {"Fn::GetAtt": ["NotifyFunction", "Arn"]})
    judges = ("events:PutEvents", {"Fn::GetAtt": ["VerdictBus", "Arn"]})
    assert granted == {
        "OperatorPolicy": [to_inbox["OperatorPolicy"], tries, judges],
        "AdministratorPolicy": [to_inbox["AdministratorPolicy"]],
    }


def test_a_sweep_sends_to_the_inboxes_of_differences_and_wakes_destinations() -> None:
    granted = {
        each["Sid"]: each["Resource"]
        for each, _ in role_statements("Sweep")
        if "sqs:SendMessage" in actions(each)
    }

    assert granted == {
        "Enqueue": [{"Fn::GetAtt": [name, "Arn"]} for name in ("StreamInbox", "ChangeInbox")],
        "WakeDestinations": {"Fn::GetAtt": ["NotificationQueue", "Arn"]},
        "GiveUp": {"Fn::GetAtt": ["SweepDeadLetters", "Arn"]},
    }


def test_the_command_finds_every_queue_and_tells_dead_letters_by_the_name_of_the_output() -> None:
    outputs = {name: each["Value"] for name, each in template()["Outputs"].items()}
    named = {f"{name}Url": {"Ref": name} for name in of_type("AWS::SQS::Queue")}

    assert {name: outputs.get(name) for name in named} == named
    assert {*queue_urls(outputs)} == set(of_type("AWS::SQS::Queue"))
    assert {each for each in queue_urls(outputs) if holds_dead_letters(each)} == (
        dead_letter_queues()
    )


def test_who_mends_takes_every_dead_letter_and_puts_back_all_but_orders() -> None:
    policy = of_type("AWS::IAM::ManagedPolicy")["DeadLettersPolicy"]
    granted = {
        each["Sid"]: {resource["Fn::GetAtt"][0] for resource in each["Resource"]}
        for each in every_statement(policy)
    }

    working = set(of_type("AWS::SQS::Queue")) - dead_letter_queues()
    assert granted["TakeDeadLetters"] == dead_letter_queues()
    assert granted["PutBack"] == working - COMMAND_INBOXES
    assert granted["InvokeAgain"] == {
        name
        for name, properties in of_type("AWS::Serverless::Function").items()
        if "EventInvokeConfig" in properties
    }


@pytest.mark.parametrize("name", IDENTITIES)
def test_an_identity_names_the_resources_it_may_touch(name: str) -> None:
    unnamed = {
        action
        for statement in every_statement(of_type("AWS::IAM::ManagedPolicy")[name])
        if statement["Resource"] == "*"
        for action in actions(statement)
    }

    assert unnamed <= WITHOUT_RESOURCE


@pytest.mark.parametrize("name", ["ViewerPolicy", "DoctorPolicy"])
def test_who_looks_changes_nothing_and_reads_no_key(name: str) -> None:
    verbs = {
        action.partition(":")[2]
        for statement in every_statement(of_type("AWS::IAM::ManagedPolicy")[name])
        for action in actions(statement)
        if action not in SECRET_READS
    }

    reading = (*READING_VERBS, "Query", "Scan", "Filter")
    assert [verb for verb in verbs if not verb.startswith(reading)] == []
    granted = [*every_statement(of_type("AWS::IAM::ManagedPolicy")[name])]
    assert not SECRET_READS & {action for each in granted for action in actions(each)}


def test_a_service_user_acts_on_channels_of_his_own_alone() -> None:
    policy = of_type("AWS::IAM::ManagedPolicy")["ServiceUserPolicy"]

    for statement in every_statement(policy):
        assert "aws:ResourceTag/Owner" in statement["Condition"]["StringEquals"], statement["Sid"]


def test_every_role_has_the_boundary_that_a_parameter_names() -> None:
    bounded = {
        "Fn::If": ["HasBoundary", {"Ref": "PermissionsBoundaryArn"}, {"Ref": "AWS::NoValue"}]
    }
    roles = of_type("AWS::IAM::Role")

    assert [
        name for name, role in roles.items() if role.get("PermissionsBoundary") != bounded
    ] == []


def test_only_named_senders_are_let_in_to_the_event_bus_and_with_verdicts_only() -> None:
    # The local AWS keeps the policy of a bus and does not judge by it: it is compared as it stands.
    (bus,) = of_type("AWS::Events::EventBus").values()
    condition, policy, otherwise = bus["Policy"]["Fn::If"]
    (statement,) = policy["Statement"]
    (rule,) = [each for each in of_type("AWS::Events::Rule").values() if "EventBusName" in each]

    assert (condition, otherwise) == ("HasVerdictSenders", {"Ref": "AWS::NoValue"})
    assert template()["Conditions"]["HasVerdictSenders"] == {
        "Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", {"Ref": "VerdictSenderArns"}]}, ""]}]
    }
    assert template()["Parameters"]["VerdictSenderArns"]["Default"] == ""
    assert statement == {
        "Sid": "NamedSendersGiveVerdicts",
        "Effect": "Allow",
        "Principal": {"AWS": {"Ref": "VerdictSenderArns"}},
        "Action": "events:PutEvents",
        "Resource": {
            "Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/"
            + bus["Name"]["Fn::Sub"]
        },
        "Condition": {
            "StringEquals": {
                "events:source": VERDICT_SOURCE,
                "events:detail-type": str(ExternalVerdictName.EXTERNAL_VERDICT),
            }
        },
    }
    assert rule["EventPattern"] == {
        "source": [VERDICT_SOURCE],
        "detail-type": [str(ExternalVerdictName.EXTERNAL_VERDICT)],
    }


def test_no_rule_lets_through_what_calls_itself_an_own_input() -> None:
    sources = [each["EventPattern"]["source"] for each in of_type("AWS::Events::Rule").values()]

    assert inputs.SOURCE not in {source for named in sources for source in named}


@pytest.mark.parametrize("name", ["QueueAccess", "CommandAccess"])
def test_no_queue_is_used_without_tls(name: str) -> None:
    policy = of_type("AWS::SQS::QueuePolicy")[name]["PolicyDocument"]
    (denied,) = (each for each in every_statement(policy) if each["Sid"] == "OnlyOverTls")

    assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "sqs:*")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_role_names_the_resources_it_may_touch(name: str) -> None:
    unnamed = {
        action
        for statement, _ in role_statements(name)
        if statement["Resource"] == "*"
        for action in actions(statement)
    }

    assert unnamed <= WITHOUT_RESOURCE


def test_only_enforce_and_rotate_keys_may_change_ivs_and_only_when_enforcing() -> None:
    granted = {
        (name, condition)
        for name in FUNCTIONS
        for statement, condition in role_statements(name)
        if any(changes_ivs(action) for action in actions(statement))
    }

    assert granted == {("Enforce", "Enforcing"), ("RotateKeys", "Enforcing")}
    assert template()["Conditions"]["Enforcing"] == {"Fn::Equals": [{"Ref": "Mode"}, "enforce"]}


@pytest.mark.parametrize("performer", Performer)
def test_who_acts_may_do_what_the_action_kinds_need_and_nothing_else(performer: Performer) -> None:
    needed = {
        permission
        for kind in ACTION_KINDS.values()
        if kind.performer is performer
        for permission in kind.permissions
    }
    held = {
        action
        for statement, _ in role_statements(performer)
        for action in actions(statement)
        if action.startswith("ivs:")
    }

    assert held == needed


def test_every_statement_that_changes_ivs_is_of_a_function_role_or_a_service_user() -> None:
    service_user = of_type("AWS::IAM::ManagedPolicy")["ServiceUserPolicy"]
    known = [
        statement["Sid"]
        for statement in every_statement(service_user)
        if any(changes_ivs(action) for action in actions(statement))
    ]
    in_roles = [
        statement["Sid"]
        for name in FUNCTIONS
        for statement, _ in role_statements(name)
        if any(changes_ivs(action) for action in actions(statement))
    ]
    anywhere = [
        statement["Sid"]
        for statement in every_statement()
        if any(changes_ivs(action) for action in actions(statement))
    ]

    assert sorted(in_roles + known) == sorted(anywhere)


@pytest.mark.parametrize("name", sorted(OBSERVERS))
def test_observers_hold_no_ivs_permission(name: str) -> None:
    held = [action for statement, _ in role_statements(name) for action in actions(statement)]

    assert not [action for action in held if action.startswith("ivs:")]


def test_notify_may_make_the_calls_of_every_kind_of_destination() -> None:
    wanted = {
        permission
        for module in iter_modules(destinations.__path__)
        for permission in destinations.kind_of(module.name).permissions
    }

    granted = {action for each, _ in role_statements("Notify") for action in actions(each)}
    assert wanted <= granted


def test_the_default_mode_only_observes() -> None:
    assert template()["Parameters"]["Mode"]["Default"] == "observe"


def test_every_parameter_is_described_and_grouped() -> None:
    parameters = template()["Parameters"]
    groups = template()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]

    assert all(parameter["Description"] for parameter in parameters.values())
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(parameters)


def test_the_table_outlives_a_deleted_stack_and_is_not_deleted_by_accident() -> None:
    tables = [
        each for each in template()["Resources"].values() if each["Type"] == "AWS::DynamoDB::Table"
    ]

    for table in tables:
        assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
        assert table["Properties"]["DeletionProtectionEnabled"] is True
        assert table["Properties"]["PointInTimeRecoverySpecification"] == {
            "PointInTimeRecoveryEnabled": True
        }


def writing_to_the_table() -> set[str]:
    """The roles that may write to the table or delete from it."""
    writing = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
    return {
        name
        for name, role in of_type("AWS::IAM::Role").items()
        for statement in statements_of(role)
        if statement["Effect"] == "Allow" and writing.intersection(actions(statement))
    }


def test_no_role_changes_or_deletes_an_entry_of_the_ledger() -> None:
    """A put that replaces one fails by its own condition, which IAM cannot see."""
    (denial,) = every_statement(of_type("AWS::IAM::ManagedPolicy")["LedgerPolicy"])
    denied = {
        name for name, role in of_type("AWS::IAM::Role").items() if denial in statements_of(role)
    }

    assert denied == writing_to_the_table()
    assert (denial["Effect"], denial["Resource"]) == ("Deny", {"Fn::GetAtt": ["Table", "Arn"]})
    assert denial["Condition"] == {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": "ledger/*"}}
    assert {"dynamodb:UpdateItem", "dynamodb:DeleteItem"} <= set(actions(denial))


def test_observers_alone_add_to_the_ledger() -> None:
    """Everybody else who writes to the table has partitions of their own, which are no ledgers."""
    anywhere = {
        name.removesuffix("Role")
        for name in writing_to_the_table()
        for statement in statements_of(of_type("AWS::IAM::Role")[name])
        if statement["Effect"] == "Allow" and "dynamodb:PutItem" in actions(statement)
        if "dynamodb:LeadingKeys"
        not in statement.get("Condition", {}).get("ForAllValues:StringLike", {})
    }

    assert anywhere == OBSERVERS | COMMANDS


def test_tracing_is_off_unless_asked_for_and_grants_nothing_then() -> None:
    shared = template()["Globals"]["Function"]
    tracing = template()["Parameters"]["Tracing"]

    assert (tracing["Default"], tracing["AllowedValues"]) == (
        "PassThrough",
        ["PassThrough", "Active"],
    )
    assert shared["Tracing"] == {"Ref": "Tracing"}
    assert shared["Environment"]["Variables"]["POWERTOOLS_TRACE_DISABLED"] == {
        "Fn::If": ["Traces", "false", "true"]
    }
    assert template()["Conditions"]["Traces"] == {"Fn::Equals": [{"Ref": "Tracing"}, "Active"]}
    assert template()["Resources"]["TracingPolicy"]["Condition"] == "Traces"


def named_after_the_stack(node: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text that contains the name of the stack, with the property that it is for."""
    match node:
        case {"Fn::Sub": str(text)} if STACK_NAME in text:
            yield key, text
        case dict():
            for name, value in node.items():
                yield from named_after_the_stack(value, name)
        case list():
            for value in node:
                yield from named_after_the_stack(value, key)
        case _:
            pass


def test_every_name_fits_for_the_longest_stack_name() -> None:
    found = list(named_after_the_stack(template()["Resources"]))

    assert found
    for name, text in found:
        longest = len(text) - len(STACK_NAME) + LONGEST_STACK_NAME
        assert longest <= LONGEST_TEXTS[name], text


def test_schedules_are_named_by_cloudformation() -> None:
    # SAM names a schedule after its function otherwise: two stacks would share one.
    schedules = [
        event["Properties"]
        for properties in of_type("AWS::Serverless::Function").values()
        for event in properties["Events"].values()
        if event["Type"] == "ScheduleV2"
    ]

    assert schedules
    assert all(each["OmitName"] is True for each in schedules)


def test_it_is_only_deployed_where_there_is_ivs() -> None:
    (assertion,) = template()["Rules"]["RegionHasIvs"]["Assertions"]
    regions, deployed_to = assertion["Assert"]["Fn::Contains"]

    assert sorted(regions) == sorted(get_session().get_available_regions("ivs"))
    assert deployed_to == {"Ref": "AWS::Region"}
    assert assertion["AssertDescription"]


def test_the_stack_says_its_version() -> None:
    assert template()["Outputs"]["Version"]["Value"] == __version__


def test_the_doctor_knows_what_is_meant_to_be_switched_off() -> None:
    """By the state of a resource, and the condition and the parameter that it follows."""
    resources = {name: each.get("State") for name, each in of_type("AWS::Events::Rule").items()} | {
        f"{name}{event}": each["Properties"].get("State")
        for name, function in of_type("AWS::Serverless::Function").items()
        for event, each in function["Events"].items()
    }

    found = {}
    for name, state in resources.items():
        if state is not None:
            condition, held, otherwise = state["Fn::If"]
            ((parameter, value),) = (
                (left["Ref"], right)
                for left, right in [template()["Conditions"][condition]["Fn::Equals"]]
            )
            assert {held, otherwise} == {"ENABLED", "DISABLED"}
            others = [
                each
                for each in template()["Parameters"][parameter]["AllowedValues"]
                if each != value
            ]
            found[name] = (parameter, value if held == "DISABLED" else others[0])
    assert found == OFF_BY_PARAMETER


def test_concurrency_that_the_doctor_asks_for_is_what_the_stack_needs() -> None:
    assert sum(map(concurrency, INBOXES - COMMANDS)) <= LEAST_CONCURRENCY


def test_the_command_knows_every_output() -> None:
    assert set(StackOutputs.output_names().values()) == set(template()["Outputs"])


def test_the_fleet_index_projects_what_is_read_from_it() -> None:
    # DynamoDB refuses a name that stands twice; the local AWS and cfn-lint do not.
    (table,) = of_type("AWS::DynamoDB::Table").values()
    (index,) = table["GlobalSecondaryIndexes"]

    assert index["Projection"]["NonKeyAttributes"] == ["entry"]


def test_the_calls_that_are_forwarded_are_those_with_a_model_and_an_effect() -> None:
    assert {*_calls("ApiCallRule"), *_calls("RealTimeApiCallRule")} == {
        *ApiCallName
    } - NEVER_FORWARDED


def test_the_parameter_for_real_time_switches_off_all_calls_that_only_its_api_has() -> None:
    of_real_time = [each for each in LISTED_TYPES.values() if each.api is Api.REAL_TIME]
    calls = {
        name for each in of_real_time for name in (each.made_by, each.changed_by, each.deleted_by)
    }

    assert _calls("RealTimeApiCallRule") == calls - {""}
    assert not _calls("ApiCallRule") & calls


def _calls(rule: str) -> set[str]:
    pattern = of_type("AWS::Events::Rule")[rule]["EventPattern"]
    assert pattern["detail"]["errorCode"] == [{"exists": False}]
    return {*pattern["detail"]["eventName"]}
