"""Sends an order as the operator who gives it: SQS then says who that was."""

from typing import Any, Final, NamedTuple

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from streamwarden.adapters.aws_errors import code_of
from streamwarden.domain.commands import (
    AnyCommand,
    CommandInbox,
    Receipt,
    envelope_of_command,
    parse_command,
)
from streamwarden.domain.events import MalformedEvent
from streamwarden.domain.redaction import redacted
from streamwarden.domain.state.controls import Sender
from streamwarden.services.errors import PermanentError
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.operate.stack import DeployedStack

INBOX_OUTPUTS: Final = {
    CommandInbox.OPERATOR: "OperatorInboxUrl",
    CommandInbox.ADMINISTRATOR: "AdministratorInboxUrl",
}
# Of a command's fields, those whose options have another name.
_OPTIONS: Final = {"rule_id": "rule", "silence_id": "end", "stream_id": "stream"}
_POLICIES: Final = {
    CommandInbox.OPERATOR: "OperatorPolicy",
    CommandInbox.ADMINISTRATOR: "AdministratorPolicy",
}
_DENIED: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "AWS.SimpleQueueService.AccessDenied"}
)


class Sent(NamedTuple):
    """An order that is in its inbox."""

    command: AnyCommand
    message_id: str

    @property
    def author(self) -> str:
        """As the command claims: `user/ana`."""
        return self.command.author.claimed_arn.rpartition(":")[2]


def send(stack: DeployedStack, command: AnyCommand) -> Sent:
    """Raises InvalidInput for what the inbox would refuse, PermanentError where IAM denies it."""
    claimed = msgspec.structs.replace(command, author=Sender(id="", claimed_arn=_caller_arn(stack)))
    body = body_of(claimed)
    try:
        answer = stack.client("sqs").send_message(
            QueueUrl=stack.outputs[INBOX_OUTPUTS[command.inbox]], MessageBody=body
        )
    except ClientError as error:
        if code_of(error) in _DENIED:
            raise PermanentError(_denied(stack, command.inbox, error)) from error
        raise
    return Sent(claimed, str(answer["MessageId"]))


def body_of(command: AnyCommand) -> str:
    """As it travels. A message that an observer would refuse is refused here, by the same words."""
    try:
        body = msgspec.json.encode(redacted(envelope_of_command(command))).decode()
    except UnicodeEncodeError:
        raise InvalidInput("an option is no text: expected text in UTF-8") from None
    try:
        parse_command(msgspec.json.decode(body), command.inbox, Receipt("", command.time))
    except MalformedEvent as refusal:
        raise InvalidInput(_in_words_of_options(refusal)) from None
    return body


def _in_words_of_options(refusal: MalformedEvent) -> str:
    """An observer says `detail.until`, and who types the order `--until`."""
    name = refusal.field.removeprefix("detail.")
    return f"--{_OPTIONS.get(name, name)}: {refusal.reason}"


def _caller_arn(stack: DeployedStack) -> str:
    """What the caller calls itself; empty where even that is not known."""
    try:
        return str(stack.client("sts").get_caller_identity()["Arn"])
    except (ClientError, BotoCoreError):
        return ""


def _denied(stack: DeployedStack, inbox: CommandInbox, error: Any) -> str:
    name = _POLICIES[inbox]
    arn = stack.outputs.get(f"{name}Arn", f"its output {name}Arn")
    conditions = "".join(
        f"; {words}" for parameter, words in _CONDITIONS.items() if _is_set(stack, parameter)
    )
    return (
        f"you may not send to the {inbox} inbox. It takes the managed policy {name} of the stack "
        f"({arn}){conditions}. AWS says: {error}"
    )


_CONDITIONS: Final = {
    "RequireMfa": "the stack also asks for MFA (its parameter RequireMfa)",
    "AllowedSourceCidrs": "it also takes an allowed address (its parameter AllowedSourceCidrs)",
}


def _is_set(stack: DeployedStack, parameter: str) -> bool:
    return stack.parameters.get(parameter, "") not in ("", "false")
