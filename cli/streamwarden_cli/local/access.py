"""How the command reaches the local AWS: as its administrator.

An operator's profile, configuration, proxy or endpoint must neither leak into a local deployment
nor be reached from one, so nothing here reads them.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from streamwarden_cli.shipped import CHECKOUT

if TYPE_CHECKING:
    import boto3

ROOT = CHECKOUT
STATE: Final = ROOT / ".streamwarden" / "local"
HOST = "127.0.0.1"
REGION = "eu-west-1"
ACCOUNT_ID = "210987654321"  # the account of the sample events
ADMINISTRATOR_KEY_ID = (
    "test"  # the local AWS lets this key do everything, also where IAM is enforced
)
ADMINISTRATOR_SECRET = "test"  # noqa: S105 (not a secret: the local AWS knows no other)

_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ")
_RETRIES: Final[Any] = {"mode": "standard", "total_max_attempts": 10}
NO_OPERATOR_CONFIGURATION: Final[Any] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def endpoint_url(port: int) -> str:
    return f"http://{HOST}:{port}"


def session() -> "boto3.Session":
    """For clients made with `endpoint_url=`; they wait out the rate limits of IVS."""
    import boto3  # a third of a second, which `policy check` does not wait for
    from botocore.config import Config
    from botocore.session import Session as BotocoreSession

    core = BotocoreSession(session_vars=NO_OPERATOR_CONFIGURATION)
    core.set_default_client_config(Config(proxies={}, retries=_RETRIES))
    return boto3.Session(
        botocore_session=core,
        aws_access_key_id=ADMINISTRATOR_KEY_ID,
        aws_secret_access_key=ADMINISTRATOR_SECRET,
        region_name=REGION,
    )


def bare_environment(home: Path) -> dict[str, str]:
    """For the local AWS itself: its functions inherit what it is given, so it is given little."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return kept | {"HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}


def administrator_environment(endpoint: str, home: Path) -> dict[str, str]:
    """For programs that deploy to the local AWS."""
    return bare_environment(home) | {
        "AWS_ACCESS_KEY_ID": ADMINISTRATOR_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": ADMINISTRATOR_SECRET,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
