"""POSTs to services over HTTPS: one try each, and what the answer means.

The address of a service is a secret, and so are the keys that go with a request. No error holds one
of them, and a service that repeats one in its answer is not quoted with it.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from ssl import SSLCertVerificationError
from typing import Final
from urllib.parse import unquote

import urllib3
from msgspec import Struct
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from streamwarden.adapters.deadlines import within
from streamwarden.domain.brief import brief
from streamwarden.domain.redaction import without_stream_keys
from streamwarden.services.errors import (
    MessageRefused,
    PermanentError,
    TemporaryError,
    Throttled,
    Unanswered,
)
from streamwarden.services.ports import Clock

# For each address of a service; the time-out holds for each part of its answer.
_CONNECT_SECONDS: Final = 2.0
# The function has time for several posts.
_DEADLINE_SECONDS: Final = 8.0
_LONGEST_WAIT: Final = timedelta(days=3)
_JSON: Final = "application/json"
_LONGEST_WORDS: Final = 200
_WORDS_READ: Final = 2_000
# Shorter parts of an address, such as `v2`, are no secrets.
_SHORTEST_SECRET: Final = 4
_LOOPBACK: Final = re.compile(r"localhost|127(?:\.\d{1,3}){3}|\[::1\]")


class HttpService(Struct, frozen=True, kw_only=True):
    """A service that takes POSTs. `name` is what errors call it, such as `Slack`, and `secret` the
    whole name of the secret that holds its address or key.
    """

    name: str
    secret: str
    pool: urllib3.PoolManager
    clock: Clock
    timeout_seconds: float
    deadline_seconds: float = _DEADLINE_SECONDS

    def post(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
    ) -> None:
        """Send it once. `secrets` are what no error may hold beside the address.

        Raises Throttled, Unanswered, TemporaryError, MessageRefused, PermanentError.
        """
        given = {"Content-Type": _JSON, **(headers or {})}
        try:
            within(self.deadline_seconds, lambda: self._post(address, body, given, secrets))
        except TimeoutError:
            said = f"gave no whole answer within {self.deadline_seconds:g} seconds"
            raise Unanswered(f"{self.name} was sent the message and {said}") from None

    def _post(
        self, address: str, body: bytes, headers: Mapping[str, str], secrets: Iterable[str]
    ) -> None:
        answer = self._answer(address, body, headers)
        if isinstance(answer, TemporaryError):
            raise answer
        try:
            # Of `Bearer abc`, a service may quote `abc` alone.
            words = (word for secret in secrets for word in secret.split())
            self._judge(answer, [*_secrets_of(address), *words])
        finally:
            # Without this, the next message might meet a connection that died while Lambda slept.
            answer.close()

    def _answer(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> urllib3.BaseHTTPResponse | TemporaryError:
        """An error is answered and not raised: its context would hold the address."""
        try:
            return self.pool.request(
                "POST",
                address,
                body=body,
                headers=headers,
                timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, total=self.timeout_seconds),
                retries=False,
                redirect=False,
                preload_content=False,
            )
        except (HTTPError, HTTPException, OSError) as error:
            kind = type(error).__name__
            if _is_not_sent(error):
                return TemporaryError(f"{self.name} cannot be reached ({kind})")
            return Unanswered(f"{self.name} was sent the message and gave no answer ({kind})")

    def _judge(self, answer: urllib3.BaseHTTPResponse, secrets: Iterable[str]) -> None:
        status = answer.status
        if 200 <= status < 300:
            return
        words = _words_of(answer, secrets)
        said = f"{self.name} answered {status}" + (f": {words}" if words else "")
        asked = answer.headers.get("Retry-After")
        if status == 429 or (status == 503 and asked):
            raise Throttled(said, _wait(asked or "", self.clock()))
        if status >= 500 or status in (408, 425):
            raise TemporaryError(said)
        if status in (400, 413, 422):
            raise MessageRefused(said)
        if 300 <= status < 400:
            said = f"{said}; a redirect is not followed"
        raise PermanentError(f"{said}; check the secret {self.secret}")


def https_pool() -> urllib3.PoolManager:
    """For all services. It knows no proxies, whatever the environment says."""
    # At level DEBUG it writes the path of every request, which is a secret.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
    return urllib3.PoolManager()


def is_https_or_loopback(text: str) -> bool:
    """Whether it is an address that a secret may be sent to, with nothing else in it."""
    if not (text.isascii() and text.isprintable() and " " not in text):
        return False
    try:
        url = urllib3.util.parse_url(text)
    except HTTPError:
        return False
    if not url.host or url.auth is not None:
        return False
    is_loopback = _LOOPBACK.fullmatch(url.host) is not None
    return url.scheme == "https" or (url.scheme == "http" and is_loopback)


def _is_not_sent(error: Exception) -> bool:
    """Whether the service cannot have taken it. All else may have happened after it was sent."""
    match error:
        case NewConnectionError() | ConnectTimeoutError() | urllib3.exceptions.LocationValueError():
            return True
        case SSLError():
            return bool(error.args) and isinstance(error.args[0], SSLCertVerificationError)
        case _:
            return False


def _wait(asked: str, now: datetime) -> timedelta:
    """What Retry-After asks for, in seconds or as a date; nothing, if it makes no sense."""
    text = asked.strip()
    if text.isascii() and text.isdecimal():
        # More digits than this are more than three days.
        return min(timedelta(seconds=int(text[:7])), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return timedelta(0)
    wait = moment.replace(tzinfo=moment.tzinfo or UTC) - now
    return min(max(wait, timedelta(0)), _LONGEST_WAIT)


def _words_of(answer: urllib3.BaseHTTPResponse, secrets: Iterable[str]) -> str:
    """What the service says of its refusal, as far as it came with the answer."""
    if "html" in answer.headers.get("Content-Type", ""):
        return ""
    try:
        raw = answer.read1(_WORDS_READ)
    except (HTTPError, HTTPException, OSError):
        return ""
    shown = (each if each.isprintable() else " " for each in raw.decode("utf-8", "replace"))
    text = " ".join("".join(shown).split())
    for secret in sorted(secrets, key=len, reverse=True):
        text = re.sub(re.escape(secret), "…", text, flags=re.IGNORECASE)
    return brief(without_stream_keys(text), _LONGEST_WORDS)


def _secrets_of(address: str) -> set[str]:
    """The address and its parts, since a service may quote any of them."""
    parts = [address, *re.split(r"[/?&=#]", address.partition("://")[2])]
    found = {*parts, *map(unquote, parts)}
    return {each for each in found if len(each) >= _SHORTEST_SECRET}
