"""moto's accounts: the caller of a request, and clients of moto's other services.

moto is asked only while its `mock_aws` is active; this module never imports it first.
"""

import os
import sys
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.session import Session, get_session

from ivs_simulator.events.cloudtrail import Caller, root_of

DEFAULT_ACCOUNT: Final = "123456789012"  # moto's own
# This header names the account of a request to moto.
ACCOUNT_HEADER: Final = "x-moto-account-id"


def is_mocking() -> bool:
    """Whether moto's `mock_aws` is active in this process."""
    models = sys.modules.get("moto.core.models")
    return models is not None and bool(models.botocore_stubber.enabled)


def account_of(access_key_id: str, text: str = "") -> str:
    """Whose request it is, in moto's order: its variable, what a header said, the access key.

    AssumeRole gives out keys of the role's account; a key that moto does not know is the default's.
    """
    if not is_mocking():
        return DEFAULT_ACCOUNT
    from moto.iam.models import get_account_id_from

    text = os.environ.get("MOTO_ACCOUNT_ID") or text
    return text or get_account_id_from(access_key_id)


def caller_of(access_key_id: str, account: str, region: str) -> Caller:
    """The role's session or the user that has the access key in moto, else the account's root."""
    arn = _arn_of(access_key_id, account, region) if is_mocking() else None
    return Caller(arn or root_of(account).arn, access_key_id=access_key_id)


def _arn_of(access_key_id: str, account: str, region: str) -> str | None:
    from moto.iam.models import iam_backends
    from moto.sts.models import sts_backends
    from moto.utilities.utils import get_partition

    partition = get_partition(region)
    session = sts_backends[account][partition].get_assumed_role_from_access_key(access_key_id)
    if session is not None:
        return session.arn
    user = iam_backends[account][partition].get_user_from_access_key_id(access_key_id)
    return str(user.arn) if user is not None else None


@dataclass(slots=True)
class MotoClients:
    """Clients of the services that moto simulates. To be used only while `mock_aws` is active."""

    _session: Session | None = None
    _made: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def client(self, service: str, account: str, region: str) -> Any:
        """A client that acts in this account, without having to assume a role there."""
        if not is_mocking():
            raise RuntimeError(f"{service} is moto's, and mock_aws is not active")
        wanted = (service, account, region)
        if wanted not in self._made:
            self._made[wanted] = self._make(*wanted)
        return self._made[wanted]

    def _make(self, service: str, account: str, region: str) -> Any:
        # Not before moto was imported: the session would lack moto's handler and reach AWS.
        self._session = self._session or get_session()
        client = self._session.create_client(
            service,
            region_name=region,
            aws_access_key_id="simulated",
            aws_secret_access_key="simulated",  # noqa: S106 - fake on purpose
        )

        def in_account(params: dict[str, Any], **_: Any) -> None:
            params["headers"][ACCOUNT_HEADER] = account

        client.meta.events.register("before-call", in_account)
        return client
