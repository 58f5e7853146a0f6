"""IAM of the local AWS: put right where it differs from AWS, and observed."""

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from itertools import chain
from typing import Any, Final
from urllib.parse import unquote

from ivs_simulator.local_aws.leading_keys import know_leading_keys
from ivs_simulator.wire import model as api_model

_log = logging.getLogger(__name__)

# `${key}`, or `${key, 'value where the request has no such key'}`.
_VARIABLE: Final = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}")
# Source: IAM User Guide, policy elements: in documents of an older version `${` is just text.
_VERSION_WITH_VARIABLES: Final = "2012-10-17"
_LAMBDA_READS: Final = (
    (re.compile("/account-settings/?$"), "lambda:GetAccountSettings"),
    (re.compile("/event-source-mappings/[^/]+$"), "lambda:GetEventSourceMapping"),
    (re.compile("/functions/[^/]+/concurrency$"), "lambda:GetFunctionConcurrency"),
)
_LOG_GROUPS: Final = ".DescribeLogGroups"
_TAGS: Final = "/tags/arn:aws:ivs:"


def authorise_as_aws_does() -> None:
    """Puts right what MiniStack 1.5 does otherwise than AWS, where IVS or the stack needs it."""
    _ask_for_what_aws_asks()
    _fill_in_variables()
    _recognise_unsigned_requests()
    _know_who_asks_and_how()
    know_leading_keys()


def one_spelling(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context by its keys' lower case: condition keys are not case-sensitive, values are.

    Tags are: `Owner` and `owner` can be on one resource. Both values are kept then, and MiniStack
    finds no StringEquals true of two. (IAM User Guide, aws:ResourceTag: a condition on `TagKey1`
    matches a tag named TagKey1 or tagkey1, but not both.)
    """
    merged: dict[str, Any] = {}
    for key, value in context.items():
        name = key.lower()
        merged[name] = value if name not in merged else list(_values(merged[name], value))
    return merged


def _values(*given: Any) -> chain[Any]:
    return chain.from_iterable(each if isinstance(each, list) else [each] for each in given)


def _ask_for_what_aws_asks() -> None:
    """Source: Service Authorization Reference.

    SQS has no actions for batches, each is authorised as its single call; a schedule's ARN names
    its group, where MiniStack says `default`; DescribeLogGroups is about log groups, GetUser
    without a name about the caller, and a service-linked role has an ARN before it exists, where
    MiniStack says `*`. Some reads of Lambda MiniStack takes for another call, or asks nothing for.
    """
    actions = import_module("ministack.core.iam_actions")
    extract_action, extract_arn = actions.extract_iam_action, actions.extract_resource_arn

    def extract_iam_action(service: str, method: str, path: str, *request: Any) -> Any:
        if service == "lambda" and method == "GET":
            for asked, read in _LAMBDA_READS:
                if asked.search(path):
                    return read
        action = extract_action(service, method, path, *request)
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
        match service, arn, next(iter(query.get("Action", [])), ""):
            case "scheduler", _, _:
                return _in_its_group(arn, body, query)
            case "logs", "*", _ if headers.get("x-amz-target", "").endswith(_LOG_GROUPS):
                region, account = place
                return f"arn:aws:logs:{region}:{account}:log-group::log-stream:"
            case "iam", "*", "GetUser":
                return _user_arn(headers) or arn
            case "iam", "*", "CreateServiceLinkedRole":
                _, account = place
                principal = next(iter(query.get("AWSServiceName", [])), "*")
                return f"arn:aws:iam::{account}:role/aws-service-role/{principal}/*"
            case _:
                return arn

    vars(actions).update(
        extract_iam_action=extract_iam_action, extract_resource_arn=extract_resource_arn
    )


def _in_its_group(arn: str, body: bytes, query: Mapping[str, list[str]]) -> str:
    in_body = json.loads(body).get("GroupName") if body else None
    group = in_body or next(iter(query.get("groupName", [])), "default")
    return arn.replace(":schedule/default/", f":schedule/{group}/")


def _user_arn(headers: Mapping[str, str]) -> str | None:
    """The ARN of the user who signed the request, if it was a user."""
    access_key_id = import_module("ministack.core.router").extract_access_key_id(headers)
    identity = import_module("ministack.core.iam_evaluator").resolve_caller_identity(access_key_id)
    arn = str(identity["userArn"]) if identity else ""
    return arn if ":user/" in arn else None


def _fill_in_variables() -> None:
    """MiniStack 1.5 takes `${aws:username}` and its like by the letter, so that it never matches.

    Variables stand in Resource, NotResource and the values of conditions. One that the request
    has no single value for stays as it is written, and so matches nothing. So do `${*}`, `${?}`
    and `${$}`, which stand for the character: MiniStack has no way to say a literal `*`.
    """
    policies = import_module("ministack.core.iam_evaluator")
    parse, evaluate = policies.parse_policy_document, policies.evaluate

    def read(document: Any) -> list[Any]:
        statements: list[Any] = parse(document)
        if statements and _may_have_variables(document):
            for statement in statements:
                statement.has_variables = True
        return statements

    # MiniStack parses every policy of a role for each of its calls, and twice.
    read_once = lru_cache(maxsize=1_000)(read)

    def parse_policy_document(document: Any) -> list[Any]:
        return read_once(document) if isinstance(document, str) else read(document)

    def evaluate_filled(context: Any, *layers: Any) -> Any:
        def value(key: str) -> Any:
            return policies._resolve_condition_key(key, context)

        filled = [
            [[_filled(each, value) for each in statements] for statements in layer]
            for layer in layers
        ]
        return evaluate(context, *filled)

    vars(policies).update(parse_policy_document=parse_policy_document, evaluate=evaluate_filled)


def _filled(statement: Any, value: Callable[[str], Any]) -> Any:
    if not getattr(statement, "has_variables", False):
        return statement
    return replace(
        statement,
        resources=_fill(statement.resources, value),
        not_resources=_fill(statement.not_resources, value),
        conditions=_fill(statement.conditions, value),
    )


def _fill(given: Any, value: Callable[[str], Any]) -> Any:
    def filling(variable: re.Match[str]) -> str:
        found, default = value(variable[1]), variable[2]
        if isinstance(found, str):
            return found
        return str(variable[0]) if default is None else str(default)

    match given:
        case str():
            return _VARIABLE.sub(filling, given)
        case list():
            return [_fill(each, value) for each in given]
        case dict():
            return {key: _fill(each, value) for key, each in given.items()}
        case _:
            return given


def _may_have_variables(document: Any) -> bool:
    parsed = json.loads(document) if isinstance(document, str) else document
    return parsed.get("Version") == _VERSION_WITH_VARIABLES and "${" in json.dumps(parsed)


def _recognise_unsigned_requests() -> None:
    """MiniStack knows a service by the signature, and takes a request without a key for the root's.

    So unsigned IVS requests went to S3, and where they reached IVS, they could do everything.
    """
    app = import_module("ministack.app")
    policies = import_module("ministack.core.iam_evaluator")
    detect, check = app.detect_service, policies.check_credentials

    def detect_service(method: str, path: str, headers: Mapping[str, str], query: Any) -> Any:
        is_signed = bool(app.extract_access_key_id(headers, query))
        return "ivs" if not is_signed and _is_of_ivs(path) else detect(method, path, headers, query)

    def check_credentials(access_key_id: str, service: str | None = None) -> Any:
        if service == "ivs" and not access_key_id:
            return policies.AuthError("MissingAuthenticationToken", "Missing Authentication Token")
        return check(access_key_id, service)

    vars(app).update(detect_service=detect_service)
    vars(policies).update(check_credentials=check_credentials)


def _know_who_asks_and_how() -> None:
    """Puts right three global condition keys.

    Source: IAM User Guide, global condition keys. `aws:PrincipalArn` names the role behind a
    session, where MiniStack names the session. `aws:PrincipalIsAWSService` is known of a caller,
    where MiniStack knows it of none. And MiniStack has no TLS. What never leaves this machine
    counts as sent over TLS, so that a policy that demands it can be deployed.
    """
    policies = import_module("ministack.core.iam_evaluator")
    resolve = policies._resolve_condition_key

    def resolve_condition_key(key: str, context: Any) -> Any:
        match key.lower():
            case "aws:principalarn":
                return _role_arn(context.principal_arn) or context.principal_arn
            case "aws:principalisawsservice":
                return str(context.principal_type == "Service").lower()
            case "aws:securetransport":
                return "true"
            case _:
                return resolve(key, context)

    vars(policies).update(_resolve_condition_key=resolve_condition_key)


def _role_arn(arn: str) -> str | None:
    """The ARN of the role behind a session of it, as long as there is one."""
    _, is_session, names = arn.partition(":assumed-role/")
    roles = import_module("ministack.services.iam")._roles
    role = roles.get(names.partition("/")[0]) if is_session else None
    return str(role["Arn"]) if role else None


def _is_of_ivs(path: str) -> bool:
    """Whether it is a path of the API; buckets, which share the root, have no capitals in it."""
    return api_model.is_operation(path.removeprefix("/")) or unquote(path).startswith(_TAGS)


def log_what_roles_use() -> None:
    """Logs each action a role is allowed, the first time: what its policy grants for a reason."""
    policies = import_module("ministack.core.iam_evaluator")
    enforce, logged = policies.enforce, set[tuple[str, str]]()

    def logging_enforce(access_key_id: str, action: str, *request: Any, **context: Any) -> Any:
        denied = enforce(access_key_id, action, *request, **context)
        identity = policies.resolve_caller_identity(access_key_id) if denied is None else None
        _, is_role, name = (
            identity["userArn"].partition(":assumed-role/") if identity else ("", "", "")
        )
        use = (name.partition("/")[0], action)
        if is_role and use not in logged:
            logged.add(use)
            _log.info("role %s used %s", *use)
        return denied

    vars(policies).update(enforce=logging_enforce)
