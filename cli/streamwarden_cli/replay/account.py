"""What acts in one account and region: the real services over a real client of the simulated IVS.

The client is botocore's own, so that requests are built and answers read as in production; a
world in the same process answers them.
"""

from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config

from ivs_simulator.dispatch.in_process import attach
from ivs_simulator.events.cloudtrail import Caller
from ivs_simulator.world import World
from streamwarden.adapters.ivs import (
    IvsChannelLookup,
    IvsClients,
    IvsKeyControl,
    IvsOperations,
    IvsStreamLookup,
    IvsTags,
)
from streamwarden.adapters.memory import (
    MemoryActionLookup,
    MemoryBreakers,
    MemoryControls,
    MemoryFleetIndex,
    MemoryInbox,
    MemoryOutbox,
    MemoryRecordStore,
    MemoryRotationLog,
    MemorySecretStore,
)
from streamwarden.domain.ivs import Api
from streamwarden.domain.policy import Policy
from streamwarden.domain.verdicts import Mode
from streamwarden.services.enforce import Enforcer
from streamwarden.services.ports import Clock
from streamwarden.services.rotate import Rotator
from streamwarden.services.rotation_runs import RotationRuns
from streamwarden_cli.local.access import NO_OPERATOR_CONFIGURATION

# Unsigned, since a signature needs credentials and the time of day.
_CONFIG: Final = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})


@dataclass(frozen=True, slots=True)
class Memory:
    """What all accounts and regions of a replay share."""

    store: MemoryRecordStore
    outbox: MemoryOutbox
    inbox: MemoryInbox
    breakers: MemoryBreakers


@dataclass(frozen=True, slots=True)
class Account:
    """One account in one region."""

    enforcer: Enforcer
    rotations: RotationRuns


@dataclass(frozen=True, slots=True)
class AtOnce:
    """RotationRequests that are carried out before the next action."""

    rotator: Rotator

    def make_key(self, channel_arn: str) -> None:
        self.rotator.make_missing_key(channel_arn)


def open_account(
    account: str, region: str, world: World, memory: Memory, policy: Policy, clock: Clock
) -> Account:
    client = client_of(account, region, world)
    real_time = partial(client_of, account, region, world, Api.REAL_TIME)
    streams, keys = IvsStreamLookup(client), IvsKeyControl(client)
    controls = MemoryControls(memory.store)
    rotator = Rotator(
        keys=keys,
        streams=streams,
        secrets=MemorySecretStore(),
        log=MemoryRotationLog(),
        store=memory.store,
        controls=controls,
        change_inbox=memory.inbox,
        outbox=memory.outbox,
        policy=policy,
        max_mode=Mode.ENFORCE,
        clock=clock,
        finish_command="streamwarden keys finish",
    )
    enforcer = Enforcer(
        lookup=MemoryActionLookup(memory.store, memory.breakers),
        breakers=memory.breakers,
        tags=IvsTags(client),
        streams=streams,
        keys=keys,
        channels=IvsChannelLookup(client),
        operations=IvsOperations(IvsClients(client, cache(real_time))),
        rotations=AtOnce(rotator),
        outcomes=memory.inbox,
        max_mode=Mode.ENFORCE,
        clock=clock,
        back_off=never_needed,
        in_background=lambda work: work,
    )
    index = MemoryFleetIndex(memory.store, account, region)
    return Account(enforcer, RotationRuns(rotator=rotator, index=index))


def never_needed(attempt: int) -> None:
    """Never called: replay has one observer and one enforcer, so no other one writes before it."""


def client_of(account: str, region: str, world: World, api: Api = Api.LOW_LATENCY) -> Any:
    """A client of the simulated IVS, as one role of the account."""
    client = _session().create_client(api, region_name=region, config=_CONFIG)
    attach(client, world, account=account, caller=Caller.role(account, "Streamwarden", "replay"))
    return client


@cache
def _session() -> botocore.session.Session:
    """One for all clients: a session looks for the API models and reads them, which takes longer
    than most replays. It holds nothing of an account.

    A replay is the same everywhere, so it must not see anybody's AWS profile.
    """
    return botocore.session.Session(session_vars=NO_OPERATOR_CONFIGURATION)
