"""Who sent a message: what SQS says as its `SenderId`.

MiniStack 1.5 says the account's id of every sender. Source: SQS API Reference, ReceiveMessage: the
id of a user, or the id of a role with the name of its session. A root user has the account's id.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final

SENDER: Final = "SenderId"

type Message = Mapping[str, Any]


def set_sender_ids() -> None:
    """In what is received from a queue, and in what a function is invoked with."""
    queues, functions = (
        import_module(f"ministack.services.{name}") for name in ("sqs", "lambda_svc")
    )
    build, run = queues._build_send_sys_attrs, functions._run_sqs_batch

    def build_send_sys_attrs(*message: Any) -> dict[str, Any]:
        said: dict[str, Any] = build(*message)
        return {**said, SENDER: _caller_id() or said[SENDER]}

    def run_sqs_batch(source: Any, function: Any, event: Any, batch: Any, *queue: Any) -> Any:
        return run(source, function, with_senders(event, batch), batch, *queue)

    vars(queues).update(_build_send_sys_attrs=build_send_sys_attrs)
    vars(functions).update(_run_sqs_batch=run_sqs_batch)


def with_senders(event: Mapping[str, Any], batch: Sequence[Message]) -> dict[str, Any]:
    """The event of a function, each of its records with the sender that the queue knows."""
    senders = {each["id"]: each.get("sys", {}).get(SENDER) for each in batch}
    records = [_sent_by(senders.get(each["messageId"]), each) for each in event["Records"]]
    return {**event, "Records": records}


def _sent_by(sender: str | None, record: Mapping[str, Any]) -> dict[str, Any]:
    if sender is None:
        return {**record}
    return {**record, "attributes": {**record["attributes"], SENDER: sender}}


def _caller_id() -> str:
    """Of the user or role that signed the request that is served now; empty if none did.

    MiniStack checks no signature of its root, and what it delivers by itself nobody signs.
    """
    policies = import_module("ministack.core.iam_evaluator")
    identity = policies.resolve_caller_identity(policies._verified_key.get())
    return str(identity["userId"]) if identity else ""
