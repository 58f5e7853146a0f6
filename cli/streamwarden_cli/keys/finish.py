"""`streamwarden keys finish`: finishes a rotation that a stack has begun and may not finish.

A stack that was turned to observe has no permission to change IVS. The operator has: each call is
made with the operator's own permissions. The queues of the stack are left alone, so the operator
need not be one of its senders. What was finished stays in the log of rotations: the next run of the
stack tells people that it is done.
"""

from datetime import UTC, datetime

from streamwarden.adapters.dynamodb.controls import DynamoControls
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.adapters.dynamodb.rotations import DynamoRotationLog
from streamwarden.adapters.ivs import IvsKeyControl, IvsStreamLookup
from streamwarden.adapters.memory import MemoryInbox, MemoryOutbox
from streamwarden.adapters.secrets import SecretsManagerStore
from streamwarden.domain.arn import place_of
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.resource import Outcome
from streamwarden.domain.verdicts import Mode
from streamwarden.services.rotate import Rotator
from streamwarden_cli.aws import AwsOptions
from streamwarden_cli.keys.stack import account_of, outputs_of


def finish(channel_arn: str, *, force: bool, stack_name: str, aws: AwsOptions) -> Outcome:
    """Raises RotationNotAsked, ClientError, PermanentError, TemporaryError, InvalidInput."""
    account = account_of(channel_arn, aws)
    table_name, secret_prefix = outputs_of(account, stack_name, "TableName", "SecretPrefix")
    dynamodb, ivs = account.client("dynamodb"), account.client("ivs")
    place = place_of(channel_arn)
    rotator = Rotator(
        keys=IvsKeyControl(ivs),
        streams=IvsStreamLookup(ivs),
        secrets=SecretsManagerStore(account.client("secretsmanager"), secret_prefix),
        log=DynamoRotationLog(dynamodb, table_name, place),
        store=DynamoRecordStore(dynamodb, table_name),
        controls=DynamoControls(dynamodb, table_name),
        change_inbox=MemoryInbox(),
        outbox=MemoryOutbox(_now),
        policy=Policy({}),
        max_mode=Mode.ENFORCE,
        clock=_now,
        finish_command="streamwarden keys finish",
    )
    return rotator.finish(channel_arn, force=force).outcome


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the command reads the clock
