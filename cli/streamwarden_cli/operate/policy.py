"""The policy that a stack decides by: read from its layer, or from a file of the operator's."""

import zipfile
from collections.abc import Callable, Mapping
from copy import replace
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.request import urlopen

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from streamwarden.domain.policy import (
    CompiledPolicy,
    Policy,
    encode_policy,
    load_policy,
)
from streamwarden.domain.policy_outline import InvalidPolicy, decided_under
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.policy.compilation import compile_policy_file

# Where Lambda puts the content of layers.
_LAYERS: Final = PurePosixPath("/opt")
_PATIENCE_SECONDS: Final = 30

type Fetch = Callable[[str], bytes]


class PolicyNotRead(InvalidInput):
    """The deployed policy cannot be read; says why and what to do."""


@dataclass(frozen=True, slots=True)
class PolicyInUse:
    """A policy that verdicts are made by. `source` says where it comes from, as in "by …"."""

    compiled: CompiledPolicy
    source: str
    max_mode: Mode

    @property
    def policy(self) -> Policy:
        """As a function would load it. Raises InvalidPolicy."""
        return load_policy(encode_policy(self.compiled))

    def decided_under(self, controls: AccountControls = NO_CONTROLS) -> str:
        """As in the records that are decided by it now."""
        return decided_under(self.compiled.digest, self.max_mode, controls)

    def enforced(self) -> Policy:
        """The same rules, all of them enforced."""
        rules = tuple(replace(each, mode=Mode.ENFORCE) for each in self.compiled.rules)
        return load_policy(encode_policy(replace(self.compiled, rules=rules)))


def policy_of(stack: DeployedStack, path: Path | None) -> PolicyInUse:
    """The policy in the file, or else the deployed one. Raises InvalidInput, PolicyNotRead."""
    if path is None:
        return deployed_policy(stack)
    compiled = compile_policy_file(path)
    return PolicyInUse(compiled, f"the policy {path}", stack.max_mode)


def deployed_policy(stack: DeployedStack, fetch: Fetch | None = None) -> PolicyInUse:
    """Raises PolicyNotRead."""
    try:
        document = _document(stack, fetch or _fetch)
        compiled = msgspec.json.decode(document, type=CompiledPolicy)
        in_use = PolicyInUse(compiled, f"the deployed policy {compiled.digest}", stack.max_mode)
        _ = in_use.policy
    except (ClientError, BotoCoreError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise PolicyNotRead(_not_read(error)) from error
    except (msgspec.DecodeError, InvalidPolicy) as error:
        raise PolicyNotRead(f"{_not_read(error)}, or use the version of the command") from error
    return in_use


def _not_read(error: Exception) -> str:
    return f"the deployed policy cannot be read ({error}); give it with --policy FILE"


def _document(stack: DeployedStack, fetch: Fetch) -> bytes:
    """On AWS it lies in a layer. Only a local AWS has it in a file of this machine."""
    client = stack.client("lambda")
    name = stack.outputs["StreamEventsFunctionName"]
    function = client.get_function_configuration(FunctionName=name)
    path = PurePosixPath(function["Environment"]["Variables"]["POLICY_PATH"])
    if path.is_relative_to(_LAYERS):
        return _from_layers(client, function, str(path.relative_to(_LAYERS)), fetch)
    if not stack.is_local:
        raise FileNotFoundError(f"{path} is not in a layer")
    return Path(path).read_bytes()


def _from_layers(client: Any, function: Mapping[str, Any], name: str, fetch: Fetch) -> bytes:
    """The last layer that has it: a later one is put over an earlier one."""
    for layer in reversed(function["Layers"]):
        content = client.get_layer_version_by_arn(Arn=layer["Arn"])["Content"]
        with zipfile.ZipFile(BytesIO(fetch(content["Location"]))) as files:
            if name in files.namelist():
                return files.read(name)
    raise FileNotFoundError(f"no layer of {function['FunctionName']} has {name}")


def _fetch(location: str) -> bytes:
    """Lambda gives out an address in S3 that is good for ten minutes."""
    if not location.startswith("https://"):
        raise FileNotFoundError("the address of the layer is not one of HTTPS")
    with urlopen(location, timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310  # HTTPS alone
        content: bytes = answer.read()
    return content
