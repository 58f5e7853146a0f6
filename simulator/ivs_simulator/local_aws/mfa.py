"""Whether a request was made under MFA: the condition key `aws:MultiFactorAuthPresent`.

MiniStack 1.5 says `false` of every session. Source: IAM User Guide, global condition keys. The key
is in requests with temporary credentials alone. It is true if they were made with a device's code.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from importlib import import_module
from typing import Any, Final
from urllib.parse import parse_qs

MFA: Final = "aws:multifactorauthpresent"
_HAS_CODE: Final[ContextVar[bool]] = ContextVar("has_code", default=False)
_CODE_LENGTH: Final = 6


def know_mfa() -> None:
    """Marks sessions that are asked for with a code, and says so of their requests."""
    sessions, policies = (
        import_module("ministack.services.sts"),
        import_module("ministack.core.iam_evaluator"),
    )
    handlers = import_module("ministack.app").SERVICE_HANDLERS
    answer, register = handlers["sts"], sessions.register_session
    resolve = policies._resolve_condition_key

    async def answer_noting_code(
        method: str, path: str, headers: Any, body: bytes, query: Mapping[str, list[str]]
    ) -> Any:
        _HAS_CODE.set(has_code({**query, **parse_qs(body.decode(errors="replace"))}))
        return await answer(method, path, headers, body, query)

    def register_session(access_key: str, session: dict[str, Any]) -> None:
        register(access_key, {**session, MFA: _HAS_CODE.get()})

    def resolve_condition_key(key: str, context: Any) -> Any:
        if key.lower() != MFA:
            return resolve(key, context)
        # A queue's own policy is asked without the caller's keys, so the request says who calls.
        session = sessions._sessions.get(policies._verified_key.get())
        return None if session is None else str(session.get(MFA, False)).lower()

    handlers["sts"] = answer_noting_code
    vars(sessions).update(register_session=register_session)
    vars(policies).update(_resolve_condition_key=resolve_condition_key)


def has_code(request: Mapping[str, list[str]]) -> bool:
    """Whether the device and its code are given. Which code it is, is not checked: nobody has the
    device of a user here."""
    serial, code = (next(iter(request.get(name, [])), "") for name in ("SerialNumber", "TokenCode"))
    return ":mfa/" in serial and len(code) == _CODE_LENGTH and code.isdigit()
