"""Cloud Custodian's half of `benchmarks.decisions`: a program for the environment `custodian`.

Custodian has no resource type for IVS. The one here is declared as its own are, so that its
loader, its schema and its filters treat channels like any resource. Reads
`{"channels": […], "policies": […]}` from the file it is given; prints `{"selected": {policy:
[arn, …]}, "seconds": …}`. Only filtering is timed: no loading, no validation, no call to AWS.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

# mypy runs in the project's environment, which does not have Custodian.
from c7n.config import Config  # type: ignore[import-not-found]
from c7n.loader import PolicyLoader  # type: ignore[import-not-found]
from c7n.manager import resources  # type: ignore[import-not-found]
from c7n.query import QueryResourceManager, TypeInfo  # type: ignore[import-not-found]
from c7n.resources.resource_map import ResourceMap  # type: ignore[import-not-found]

PASSES: Final = 3


@resources.register("ivs-channel")
class IvsChannel(QueryResourceManager):  # type: ignore[misc]  # Custodian has no types
    class resource_type(TypeInfo):  # type: ignore[misc]  # noqa: N801  # the name it looks for
        service = "ivs"
        enum_spec = ("list_channels", "channels", None)
        arn = id = "arn"
        name = "name"


def main(path: Path) -> None:
    given = json.loads(path.read_bytes())
    channels = [_resource(each) for each in given["channels"]]
    policies = _load(given["policies"])
    passes = [_filter(policies, channels) for _ in range(PASSES)]
    selected, _ = passes[0]
    print(json.dumps({"selected": selected, "seconds": min(seconds for _, seconds in passes)}))


def _resource(channel: Mapping[str, Any]) -> dict[str, Any]:
    """As a describe source would hand the channel on: tags as a list, times as boto3 has them."""
    tags = [{"Key": key, "Value": value} for key, value in channel["tags"].items()]
    resource = {**channel, "Tags": tags, "streamKey": _timed(channel["streamKey"], "mintedAt")}
    if channel["stream"] is not None:
        resource["stream"] = _timed(channel["stream"], "startTime")
    return resource


def _timed(members: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**members, name: datetime.fromisoformat(members[name])}


def _load(policies: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
    ResourceMap["aws.ivs-channel"] = f"{__name__}.IvsChannel"
    options = Config.empty(region="eu-west-1", account_id="210987654321")
    loaded = list(PolicyLoader(options).load_data({"policies": policies}, "benchmark"))
    for policy in loaded:
        policy.validate()
    return loaded


def _filter(
    policies: Sequence[Any], channels: Sequence[dict[str, Any]]
) -> tuple[dict[str, list[str]], float]:
    """Which channels each policy selects, and the CPU seconds that took."""
    selected: dict[str, list[str]] = {}
    seconds = 0.0
    for policy in policies:
        # Filters annotate what they match, and each policy of a real run has its own resources.
        fresh = [dict(each) for each in channels]
        before = time.process_time()
        found = policy.resource_manager.filter_resources(fresh)
        seconds += time.process_time() - before
        selected[policy.name] = [each["arn"] for each in found]
    return selected, seconds


if __name__ == "__main__":
    main(Path(sys.argv[1]))
