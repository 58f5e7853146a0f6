"""Whether people are reached: subscriptions, secrets of destinations, and what waits for them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from streamwarden.adapters.secret_values import how_to_create, how_to_restore, how_to_set
from streamwarden_cli.operate.destinations import read_destinations
from streamwarden_cli.operate.doctor.examined import Examined
from streamwarden_cli.operate.doctor.finding import Finding, fine, not_known, problem

_TOPIC: Final = "TopicArn"
_FOLDER: Final = "destinations"  # DESTINATION_SECRETS of template.yaml
_PENDING: Final = "PendingConfirmation"


def subscriptions(examined: Examined) -> Iterator[Finding]:
    """Of every topic that an output names. Alarms have no other way than a topic."""
    sns = examined.client("sns")
    for name, arn in examined.stack.outputs.items():
        if name.endswith(_TOPIC):
            yield from _subscriptions(sns, name, arn)


def _subscriptions(sns: Any, name: str, arn: str) -> Iterator[Finding]:
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
    found = [each for page in pages for each in page["Subscriptions"]]
    confirmed = [each for each in found if each["SubscriptionArn"].startswith("arn:")]
    for each in found:
        if each["SubscriptionArn"] == _PENDING:
            yield problem(
                f"{name}: {each['Endpoint']} has not confirmed; the link holds for two days",
                _subscribe(arn, each["Protocol"], each["Endpoint"]),
            )
    if confirmed:
        count = len(confirmed)
        yield fine(f"{name}: {count} confirmed subscription{'s' if count > 1 else ''}")
    else:
        yield problem(
            f"{name}: nobody has confirmed a subscription, so alarms reach nobody",
            _subscribe(arn, "email", "YOU@EXAMPLE.COM"),
        )


def _subscribe(arn: str, protocol: str, endpoint: str) -> str:
    return (
        f"aws sns subscribe --topic-arn {arn} --protocol {protocol} "
        f"--notification-endpoint {endpoint}"
    )


def secrets(examined: Examined) -> Iterator[Finding]:
    """Of every destination of the deployed policy that has one. No value is read."""
    named = {each.secret: each.name for each in examined.routing.destinations if each.secret}
    client = examined.client("secretsmanager")
    for secret, destination in named.items():
        full_name = f"{examined.stack.name}/{_FOLDER}/{secret}"
        trying = f"streamwarden notify test {destination} --stack {examined.stack.name}"
        yield _secret(client, f"destination {destination}", full_name, trying)
    if not named:
        yield fine("no destination of the policy has a secret")


def _secret(client: Any, whose: str, name: str, trying: str) -> Finding:
    """Whether the service takes what it holds, only a message says: `trying` sends some."""
    try:
        described: Mapping[str, Any] = client.describe_secret(SecretId=name)
    except client.exceptions.ResourceNotFoundException:
        return problem(
            f"{whose}: there is no secret {name}",
            f"{how_to_create(name)} && {trying}",
        )
    if "DeletedDate" in described:
        return problem(
            f"{whose}: its secret is to be deleted",
            f"{how_to_restore(name)} && {trying}",
        )
    stages = described.get("VersionIdsToStages") or {}
    if not any("AWSCURRENT" in each for each in stages.values()):
        return problem(
            f"{whose}: its secret has no value",
            f"{how_to_set(name)} && {trying}",
        )
    return fine(f"{whose}: its secret exists and has a value; `{trying}` says whether that works")


def destinations(examined: Examined) -> Iterator[Finding]:
    """Whether any takes nothing. What waits for its group or for quiet hours is as it should be."""
    known = read_destinations(examined.stack, examined.now)
    failing = [each for each in known if each.failing_since(examined.now)]
    for each in failing:
        yield problem(
            f"destination {each.name}: {each.waits:,} wait; {each.last_refusal(examined.now)}",
            f"streamwarden notify test {each.name} --stack {examined.stack.name}",
        )
    unread = [each for each in known if each.unknown_state or each.unreadable]
    for each in unread:
        why = each.unknown_state or each.unreadable[0].reason
        yield not_known(f"destination {each.name}: {each.waits:,} wait; {why}")
    if not failing and not unread:
        waiting = sum(each.waits for each in known)
        yield fine(f"none of {len(known)} refuses what it is sent; {waiting:,} notifications wait")
