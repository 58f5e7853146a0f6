"""Whether the account and the region fit: IVS answers, there is room, API calls are reported."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import EndpointConnectionError

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.ivs import Api
from streamwarden.domain.listed_types import LISTED_TYPES
from streamwarden_cli.operate.doctor.examined import Examined
from streamwarden_cli.operate.doctor.finding import Finding, fine, not_known, problem

# With this much the stack has room for stops, whatever else it does (template.yaml, observers).
LEAST_CONCURRENCY: Final = 10
_CONCURRENCY_QUOTA: Final = "L-B99A9384"
_WORTH_ASKING: Final = 100
# From this share of a quota on, an increase should be asked for: AWS takes days to grant it.
_NEARLY_USED: Final = 0.8


def ivs_answers(examined: Examined) -> Iterator[Finding]:
    region = examined.stack.place.region
    try:
        examined.client("ivs").list_channels(maxResults=1)
    except EndpointConnectionError as error:
        yield problem(str(error), f"aws ivs list-channels --region {region} --max-results 1")
    else:
        yield fine(f"IVS answers in {region}")


def real_time_answers(examined: Examined) -> Iterator[Finding]:
    """A region may not have it: then each sweep fails at its end, where a rule is about it."""
    region = examined.stack.place.region
    if not any(map(_is_of_real_time, examined.needs.resources)):
        yield fine("no rule of the deployed policy is about it")
        return
    try:
        examined.client(Api.REAL_TIME).list_stages(maxResults=1)
    except EndpointConnectionError as error:
        yield problem(
            f"{error}; rules of the deployed policy are about it",
            f"aws ivs-realtime list-stages --region {region} --max-results 1",
        )
    else:
        yield fine(f"the API for real-time answers in {region}")


def _is_of_real_time(resource: ResourceType) -> bool:
    listed = LISTED_TYPES.get(resource)
    return listed is not None and listed.api is Api.REAL_TIME


def concurrency(examined: Examined) -> Iterator[Finding]:
    limit = examined.client("lambda").get_account_settings()["AccountLimit"]
    unreserved = limit["UnreservedConcurrentExecutions"]
    if unreserved < LEAST_CONCURRENCY:
        yield problem(
            f"{unreserved} unreserved concurrent executions, of {limit['ConcurrentExecutions']}; "
            f"the stack needs {LEAST_CONCURRENCY}",
            "aws service-quotas request-service-quota-increase --service-code lambda "
            f"--quota-code {_CONCURRENCY_QUOTA} --desired-value {_WORTH_ASKING}",
        )
    else:
        yield fine(f"{unreserved:,} unreserved concurrent executions")


def quotas(examined: Examined) -> Iterator[Finding]:
    """Of what the last sweep has counted."""
    allowed = _ivs_quotas(examined.client("service-quotas"))
    last = examined.last_sweep
    if last is None:
        yield not_known("no sweep has counted yet")
        return
    for name, used in (("Channels", last.channels), ("Concurrent streams", last.streams)):
        quota = allowed.get(name.lower())
        if quota is None:
            yield not_known(f"Service Quotas does not name {name!r}")
        elif used >= quota["Value"] * _NEARLY_USED:
            yield problem(
                f"{name}: {used:,} of {quota['Value']:,.0f} are used",
                "aws service-quotas request-service-quota-increase --service-code ivs "
                f"--quota-code {quota['QuotaCode']} --desired-value {quota['Value'] * 2:.0f}",
            )
        else:
            yield fine(f"{name}: {used:,} of {quota['Value']:,.0f} are used")


def _ivs_quotas(client: Any) -> Mapping[str, Any]:
    pages = client.get_paginator("list_service_quotas").paginate(ServiceCode="ivs")
    return {each["QuotaName"].lower(): each for page in pages for each in page["Quotas"]}


def trail(examined: Examined) -> Iterator[Finding]:
    """EventBridge hears of API calls only where a trail logs management events."""
    cloudtrail = examined.client("cloudtrail")
    region = examined.stack.place.region
    trails = [
        each
        for each in cloudtrail.describe_trails(includeShadowTrails=True)["trailList"]
        if each.get("IsMultiRegionTrail") or each.get("HomeRegion") == region
    ]
    for each in trails:
        if _reports(cloudtrail, each["TrailARN"]):
            yield fine(f"the trail {each['Name']} logs management events in {region}")
            return
    found = ", ".join(each["Name"] for each in trails)
    if trails:
        yield problem(
            f"no trail logs management events that write in {region}; looked at {found}",
            f"aws cloudtrail start-logging --name {trails[0]['TrailARN']}",
        )
    else:
        yield problem(
            f"no trail in {region}: changes of tags and settings are seen by sweeps alone",
            "aws cloudtrail create-trail --name management-events --s3-bucket-name BUCKET "
            "--is-multi-region-trail && aws cloudtrail start-logging --name management-events",
        )


def _reports(cloudtrail: Any, arn: str) -> bool:
    if not cloudtrail.get_trail_status(Name=arn)["IsLogging"]:
        return False
    selectors = cloudtrail.get_event_selectors(TrailName=arn)
    return any(map(_selects, selectors.get("EventSelectors") or ())) or any(
        map(_selects_advanced, selectors.get("AdvancedEventSelectors") or ())
    )


def _selects(selector: Mapping[str, Any]) -> bool:
    return bool(selector.get("IncludeManagementEvents", True)) and (
        selector.get("ReadWriteType", "All") != "ReadOnly"
    )


def _selects_advanced(selector: Mapping[str, Any]) -> bool:
    """Management events, unless only those that read."""
    wanted = {each["Field"]: each.get("Equals", []) for each in selector["FieldSelectors"]}
    is_of_management = "Management" in wanted.get("eventCategory", [])
    return is_of_management and wanted.get("readOnly") != ["true"]
