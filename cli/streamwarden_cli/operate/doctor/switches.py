"""Whether anything of the stack is switched off that should be on."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from streamwarden_cli.operate.doctor.examined import Examined, Resource
from streamwarden_cli.operate.doctor.finding import Finding, fine, problem

# What a parameter of the template switches off. Its test compares this with the conditions there.
OFF_BY_PARAMETER: Final[Mapping[str, tuple[str, str]]] = {
    "RealTimeApiCallRule": ("RealTimeEvents", "ignore"),
    "RealTimeRule": ("RealTimeEvents", "ignore"),
    "RotateKeysFunctionBegun": ("Mode", "enforce"),
}


def event_rules(examined: Examined) -> Iterator[Finding]:
    events = examined.client("events")
    buses = [each.physical_id for each in examined.of_type("AWS::Events::EventBus")]
    rules = examined.of_type("AWS::Events::Rule")
    for rule in rules:
        bus, name, state = _rule(events, rule, buses)
        if state == "DISABLED" and not _is_off_by_parameter(examined, rule):
            yield problem(
                f"the event rule {rule.logical_id} is disabled",
                f"aws events enable-rule --event-bus-name {bus} --name {name}",
            )
    yield fine(f"of {len(rules)} event rules, none is off that should be on")


def event_sources(examined: Examined) -> Iterator[Finding]:
    client = examined.client("lambda")
    mappings = examined.of_type("AWS::Lambda::EventSourceMapping")
    for mapping in mappings:
        state = client.get_event_source_mapping(UUID=mapping.physical_id)["State"]
        if state not in ("Enabled", "Enabling", "Updating", "Creating"):
            yield problem(
                f"the event source {mapping.logical_id} is {state}",
                f"aws lambda update-event-source-mapping --uuid {mapping.physical_id} --enabled",
            )
    yield fine(f"{len(mappings)} event sources are enabled")


def schedules(examined: Examined) -> Iterator[Finding]:
    """A schedule is enabled by an update that names all of it, so the remedy is a deployment."""
    scheduler = examined.client("scheduler")
    found = examined.of_type("AWS::Scheduler::Schedule")
    for schedule in found:
        state = scheduler.get_schedule(Name=schedule.physical_id)["State"]
        if state == "DISABLED" and not _is_off_by_parameter(examined, schedule):
            yield problem(
                f"the schedule {schedule.logical_id} is disabled",
                "streamwarden doctor --detect-drift, then enable "
                f"{schedule.physical_id} in the console of EventBridge Scheduler",
            )
    yield fine(f"of {len(found)} schedules, none is off that should be on")


def functions(examined: Examined) -> Iterator[Finding]:
    """Who throttles a function in the console sets its reserved concurrency to 0."""
    client = examined.client("lambda")
    found = examined.of_type("AWS::Lambda::Function")
    for function in found:
        answer = client.get_function_concurrency(FunctionName=function.physical_id)
        if answer.get("ReservedConcurrentExecutions") == 0:
            yield problem(
                f"{function.logical_id} is throttled: it may not run at all",
                f"aws lambda delete-function-concurrency --function-name {function.physical_id}",
            )
    yield fine(f"{len(found)} functions may run")


def _rule(events: Any, rule: Resource, buses: list[str]) -> tuple[str, str, str]:
    """Its bus, name and state. CloudFormation names the rule of an own bus `bus|rule`; where it
    does not, the rule is looked for on each bus."""
    bus, _, name = rule.physical_id.rpartition("|")
    *others, last = [bus] if bus else ["default", *buses]
    for each in others:
        try:
            return each, name, events.describe_rule(Name=name, EventBusName=each)["State"]
        except events.exceptions.ResourceNotFoundException:
            continue
    return last, name, events.describe_rule(Name=name, EventBusName=last)["State"]


def _is_off_by_parameter(examined: Examined, resource: Resource) -> bool:
    parameter, value = OFF_BY_PARAMETER.get(resource.logical_id, ("", ""))
    return bool(parameter) and examined.stack.parameters.get(parameter) == value
