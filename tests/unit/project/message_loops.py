"""Which functions send what comes back to them, as template.yaml connects them."""

from tests.unit.project.cloudformation import (
    actions,
    changes_ivs,
    dead_letter_queues,
    every_statement,
    of_type,
    statements_of,
)


def sends_to() -> dict[str, set[str]]:
    """To which queues each function leads: directly, by timers, or by events of what it changes."""
    queues = set(of_type("AWS::SQS::Queue")) - dead_letter_queues()
    by_events = {
        target["Arn"]["Fn::GetAtt"][0]
        for rule in of_type("AWS::Events::Rule").values()
        for target in rule["Targets"]
    }
    found = {}
    for name, properties in of_type("AWS::Serverless::Function").items():
        variables = properties["Environment"]["Variables"]
        named = [each for name, each in variables.items() if name != "SOURCE_QUEUE_URL"]
        own = {
            value.get("Ref") or value.get("Fn::GetAtt", [""])[0]
            for value in named
            if isinstance(value, dict)
        }
        role = of_type("AWS::IAM::Role")[properties["Role"]["Fn::GetAtt"][0]]
        acts = any(changes_ivs(each) for one in statements_of(role) for each in actions(one))
        found[name] = (own & queues) | (by_events if acts else set())
    return found


def source_queues() -> dict[str, str]:
    """The queue that each function is fed by, where it is fed by one."""
    return {
        name: event["Properties"]["Queue"]["Fn::GetAtt"][0]
        for name, properties in of_type("AWS::Serverless::Function").items()
        for event in properties["Events"].values()
        if event["Type"] == "SQS"
    }


def in_a_loop() -> set[str]:
    """The functions that are fed by a queue which what they send can reach."""
    sent, fed_by = sends_to(), source_queues()
    reached = dict(sent)
    for _ in sent:
        reached = {
            name: queues.union(*(sent[each] for each, queue in fed_by.items() if queue in queues))
            for name, queues in reached.items()
        }
    by_queues = {name for name, queue in fed_by.items() if queue in reached[name]}
    return by_queues | invoking_themselves()


def invoking_themselves() -> set[str]:
    """The functions whose role has a policy to invoke them: it stands beside the role."""
    roles = {
        properties["Role"]["Fn::GetAtt"][0]: name
        for name, properties in of_type("AWS::Serverless::Function").items()
    }
    return {
        roles[policy["Roles"][0]["Ref"]]
        for policy in of_type("AWS::IAM::Policy").values()
        for statement in every_statement(policy)
        if statement["Resource"] == {"Fn::GetAtt": [roles[policy["Roles"][0]["Ref"]], "Arn"]}
        and "lambda:InvokeFunction" in actions(statement)
    }
