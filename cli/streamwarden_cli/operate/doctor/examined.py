"""The stack that is looked at, with what several checks read of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from streamwarden.adapters.dynamodb.sweeps import DynamoSweepLog
from streamwarden.domain.needs import Needs
from streamwarden.domain.notifications.routing import Routing
from streamwarden.services.unfinished_sweep import FinishedSweep
from streamwarden_cli.operate.policy import PolicyInUse, deployed_policy
from streamwarden_cli.operate.stack import DeployedStack


class Resource(NamedTuple):
    """A resource of the stack, by its name in the template and in the account."""

    logical_id: str
    physical_id: str
    type: str


@dataclass(frozen=True)
class Examined:
    """`policy_digest` is that of the policy that should be deployed; empty where none is given."""

    stack: DeployedStack
    now: datetime
    policy_digest: str = ""
    policy_file: str = ""
    is_detecting_drift: bool = False

    def client(self, service: str) -> Any:
        return self.stack.client(service)

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Raises ClientError."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return tuple(
            Resource(each["LogicalResourceId"], each["PhysicalResourceId"], each["ResourceType"])
            for page in pages.paginate(StackName=self.stack.name)
            for each in page["StackResourceSummaries"]
        )

    def of_type(self, kind: str) -> list[Resource]:
        return [each for each in self.resources if each.type == kind]

    @cached_property
    def routing(self) -> Routing:
        """Who is told by the deployed policy. Raises PolicyNotRead, ClientError."""
        return self._deployed.compiled.routing

    @cached_property
    def needs(self) -> Needs:
        """What the deployed policy has sweeps read. Raises PolicyNotRead, ClientError."""
        return self._deployed.compiled.needs

    @cached_property
    def _deployed(self) -> PolicyInUse:
        return deployed_policy(self.stack)

    @cached_property
    def last_sweep(self) -> FinishedSweep | None:
        """Raises PermanentError, TemporaryError."""
        table = self.client("dynamodb")
        return DynamoSweepLog(table, self.stack.table_name, self.stack.place).last()
