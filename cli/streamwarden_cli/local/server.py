"""Starts, finds and stops the local AWS that belongs to a state directory.

The server inherits a locked file. As long as the lock is held, the process that was started from
this directory lives and its recorded id is its own; once it is free, whatever the record says is
history. So a crash leaves nothing to clean up, and no other process is ever signalled.
"""

import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from streamwarden_cli.local.access import (
    ACCOUNT_ID,
    HOST,
    REGION,
    ROOT,
    bare_environment,
    endpoint_url,
)
from streamwarden_cli.shipped import is_checkout

_PYTHON = ROOT / ".tools" / "local-aws" / "bin" / "python"
_MODULE = "ivs_simulator.local_aws"
_READY_PATH = "/_ministack/ready"
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.05


class LocalAwsError(Exception):
    """The local AWS cannot be started or stopped; the message says why and what to look at."""


@dataclass(frozen=True)
class LocalAws:
    """A running local AWS."""

    pid: int
    port: int
    control_port: int

    @property
    def endpoint(self) -> str:
        return endpoint_url(self.port)

    @property
    def control_url(self) -> str:
        return endpoint_url(self.control_port)


def check_checkout() -> None:
    """Before anything is written. Raises LocalAwsError."""
    if not is_checkout():
        raise LocalAwsError(
            "the local AWS and the template come with a checkout of the repository, and this "
            "command is installed without one: clone it, and run `make install` there"
        )


def start(state_dir: Path) -> LocalAws:
    """Return the local AWS of this directory, ready to serve; start it if it does not run.

    Raises LocalAwsError.
    """
    check_checkout()
    state_dir.mkdir(parents=True, exist_ok=True)
    with _lock_file(state_dir) as lock:
        if not _try_lock(lock):
            return _recorded(state_dir)
        _clear(state_dir)
        server = _launch(state_dir, lock)
    try:
        _wait_until_ready(state_dir, server)
    except BaseException:
        stop(state_dir)
        raise
    return server


def running(state_dir: Path) -> LocalAws | None:
    """The local AWS of this directory, if it runs."""
    return _recorded(state_dir) if _is_alive(state_dir) else None


def stop(state_dir: Path) -> bool:
    """Stop the local AWS and the functions it runs; False if it did not run."""
    server = running(state_dir)
    if server is None:
        return False
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(server.pid, number)
        if _wait_until_dead(state_dir, server.pid):
            _clear(state_dir)
            return True
    raise LocalAwsError(f"process {server.pid} does not end")


def log_path(state_dir: Path) -> Path:
    return state_dir / "local-aws.log"


def _launch(state_dir: Path, lock: int) -> LocalAws:
    if not _PYTHON.exists():
        raise LocalAwsError("the local AWS is not installed: run `make tools`")
    port, control_port = _free_ports(2)
    with log_path(state_dir).open("wb") as log:
        # Found from where it lies, not by PYTHONPATH, which the functions would inherit.
        process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [_PYTHON, "-m", _MODULE],
            cwd=ROOT / "simulator",
            env=_environment(state_dir, port, control_port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[lock],
        )
    process.returncode = 0  # it outlives this command: the lock shows whether it runs
    server = LocalAws(process.pid, port, control_port)
    _record_path(state_dir).write_text(json.dumps(asdict(server)))
    return server


def _environment(state_dir: Path, port: int, control_port: int) -> dict[str, str]:
    home = _home(state_dir)
    scratch = home / "tmp"
    scratch.mkdir(parents=True)
    return bare_environment(home) | {
        "AUTH": "true",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "LAMBDA_EXECUTOR": "local",
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "0",
        "PYTHONUNBUFFERED": "1",
        "SIMULATOR_CONTROL_PORT": str(control_port),
        "STATE_DIR": str(home / "data"),
        "TMPDIR": str(scratch),
    }


def _wait_until_ready(state_dir: Path, server: LocalAws) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _is_ready(server.port):
        if not _is_alive(state_dir):
            raise LocalAwsError(f"the local AWS ended while starting:\n{_log_tail(state_dir)}")
        if time.monotonic() > deadline:
            raise LocalAwsError(f"not ready in {_START_SECONDS:.0f} s:\n{_log_tail(state_dir)}")
        time.sleep(_POLL_SECONDS)


def _is_ready(port: int) -> bool:
    with closing(http.client.HTTPConnection(HOST, port, timeout=2)) as connection:
        try:
            connection.request("GET", _READY_PATH)
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False


def _wait_until_dead(state_dir: Path, pid: int) -> bool:
    deadline = time.monotonic() + _STOP_SECONDS
    while _is_alive(state_dir):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)
    return True


@contextmanager
def _lock_file(state_dir: Path) -> Iterator[int]:
    descriptor = os.open(state_dir / "local.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(state_dir: Path) -> bool:
    if not _record_path(state_dir).exists():
        return False
    with _lock_file(state_dir) as lock:
        return not _try_lock(lock)


def _record_path(state_dir: Path) -> Path:
    return state_dir / "local.json"


def _recorded(state_dir: Path) -> LocalAws:
    try:
        return LocalAws(**json.loads(_record_path(state_dir).read_text()))
    except FileNotFoundError:
        raise LocalAwsError(f"another command is starting the local AWS in {state_dir}") from None


def _home(state_dir: Path) -> Path:
    return (state_dir / "local-aws").resolve()


def _clear(state_dir: Path) -> None:
    _record_path(state_dir).unlink(missing_ok=True)
    shutil.rmtree(_home(state_dir), ignore_errors=True)


def _log_tail(state_dir: Path) -> str:
    return "\n".join(log_path(state_dir).read_text(errors="replace").splitlines()[-20:])


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
