"""IAM of the local AWS: put right where it differs from AWS, and observed."""

import json
import logging
from collections.abc import Mapping
from importlib import import_module
from typing import Any

_log = logging.getLogger(__name__)


def authorise_as_aws_does() -> None:
    """Two places where MiniStack 1.5 asks IAM for something else than AWS does.

    Source: Service Authorization Reference. SQS has no actions for batches, each is authorised
    as its single call; a schedule's ARN names its group, where MiniStack says `default`.
    """
    actions = import_module("ministack.core.iam_actions")
    extract_action, extract_arn = actions.extract_iam_action, actions.extract_resource_arn

    def extract_iam_action(*request: Any) -> Any:
        action = extract_action(*request)
        return action.removesuffix("Batch") if str(action).startswith("sqs:") else action

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, list[str]],
        *place: str,
    ) -> str:
        arn = str(extract_arn(service, method, path, headers, body, query, *place))
        if service != "scheduler" or ":schedule/default/" not in arn:
            return arn
        in_body = json.loads(body).get("GroupName") if body else None
        group = in_body or next(iter(query.get("groupName", [])), "default")
        return arn.replace(":schedule/default/", f":schedule/{group}/")

    vars(actions).update(
        extract_iam_action=extract_iam_action, extract_resource_arn=extract_resource_arn
    )


def tell_what_roles_use() -> None:
    """Logs each action a role is allowed, the first time: what its policy grants for a reason."""
    policies = import_module("ministack.core.iam_evaluator")
    enforce, told = policies.enforce, set[tuple[str, str]]()

    def telling_enforce(access_key_id: str, action: str, *request: Any, **context: Any) -> Any:
        denied = enforce(access_key_id, action, *request, **context)
        known = policies.resolve_caller_identity(access_key_id) if denied is None else None
        _, is_role, name = known["userArn"].partition(":assumed-role/") if known else ("", "", "")
        use = (name.partition("/")[0], action)
        if is_role and use not in told:
            told.add(use)
            _log.info("role %s used %s", *use)
        return denied

    vars(policies).update(enforce=telling_enforce)
