"""The AWS CLI as a program of its own: what it prints, and what it says when it is refused."""

import json
import re
import subprocess
from ast import literal_eval
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from streamwarden_cli.local.access import ROOT, administrator_environment

USUAL_RETRIES: Final = {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "10"}
_PROGRAM: Final = ROOT / ".tools" / "aws-cli" / "bin" / "aws"
_PATIENCE_SECONDS: Final = 60


@dataclass(frozen=True)
class Denied:
    """A call the CLI ended with an error; the status and the message are only in `--debug`."""

    exit_code: int
    name: str
    operation: str
    status: int
    message: str

    @classmethod
    def parse(cls, exit_code: int, stderr: str) -> Self:
        output = re.search(
            r"^An error occurred \((\w+)\) when calling the (\w+) op", stderr, re.MULTILINE
        )
        assert output, f"not refused by the API (exit code {exit_code})"
        *_, status = re.findall(r'HTTP/1\.1" (\d{3}) ', stderr)
        *_, body = re.findall(r"Response body:\n(b['\"].*['\"])$", stderr, re.MULTILINE)
        message = json.loads(literal_eval(body))["exceptionMessage"]
        return cls(exit_code, output[1], output[2], int(status), message)


@dataclass(frozen=True)
class AwsCli:
    """The CLI with an administrator's environment and nothing of the operator's own."""

    endpoint: str
    home: Path

    def __call__(self, *words: str) -> Any:
        """What the command prints, parsed; None when it prints nothing."""
        ended = self._run(*words)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout) if ended.stdout.strip() else None

    def refused(self, *words: str) -> Denied:
        ended = self._run(*words, "--debug")
        return Denied.parse(ended.returncode, ended.stderr)

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - the project's own tool and the test's own words
            [_PROGRAM, *words],
            env=administrator_environment(self.endpoint, self.home) | USUAL_RETRIES,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
