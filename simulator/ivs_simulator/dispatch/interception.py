"""Answers every client of IVS of this process here, however it is made.

As moto does it: a handler among botocore's own is part of every client made afterwards, and does
nothing until a world wants to answer. It is registered for `before-send.ivs` and
`before-send.ivs-realtime`, which botocore asks before moto's `before-send`: so moto keeps all other
services.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.handlers import BUILTIN_HANDLERS

from ivs_simulator.dispatch.in_process import BEFORE_SEND, IvsClient, is_answered

type Answer = Callable[[AWSPreparedRequest], AWSResponse]

_FAKE_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIASIMULATED0000000",
    "AWS_SECRET_ACCESS_KEY": "simulated",
}
_answering: list[Answer] = []


def intercept(request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
    """The answer of the world that came last; None without one, so that botocore goes on."""
    if not _answering or is_answered(request):
        return None
    return _answering[-1](request)


BUILTIN_HANDLERS.extend((event, intercept) for event in BEFORE_SEND)


def adopt(client: IvsClient) -> None:
    """Makes a client one of those answered here that was made before this module was imported."""
    for event in BEFORE_SEND:
        client.meta.events.register_first(event, intercept)


@contextmanager
def answering(answer: Answer) -> Iterator[None]:
    """Within, all requests of clients of IVS are answered so, also in other threads."""
    with ExitStack() as stack:
        stack.enter_context(_credentials())
        stack.enter_context(_new_default_session())
        _answering.append(answer)
        stack.callback(_answering.remove, answer)
        yield


@contextmanager
def _credentials() -> Iterator[None]:
    """botocore signs before it asks a handler, and would look for credentials on the network."""
    if "AWS_ACCESS_KEY_ID" in os.environ:
        yield
        return
    os.environ.update(_FAKE_CREDENTIALS)
    try:
        yield
    finally:
        for name in _FAKE_CREDENTIALS:
            os.environ.pop(name, None)


@contextmanager
def _new_default_session() -> Iterator[None]:
    """boto3's default session may be older than the handler above, and have other credentials."""
    boto3 = sys.modules.get("boto3")
    if boto3 is None:
        yield
        return
    with patch.object(boto3, "DEFAULT_SESSION", None):
        yield
