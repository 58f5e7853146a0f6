"""From the document that people write to the policy that functions load."""

from functools import reduce
from operator import or_
from pathlib import Path

import msgspec

from cli.policy.document import RuleDocument
from cli.policy.problems import PolicyErrors, Problem
from cli.policy.validation import read_document
from streamwarden.domain.policy import (
    FORMAT,
    CompiledPolicy,
    CompiledRule,
    Policy,
    encode_policy,
    load_policy,
)


def compile_policy(text: str, filename: str) -> CompiledPolicy:
    """The policy with every default filled in. Raises PolicyErrors."""
    document = read_document(text, filename)
    return CompiledPolicy(
        format=FORMAT,
        rules=tuple(_compile(each) for each in document.rules),
        needs=reduce(or_, (each.params.needs for each in document.rules)),
    )


def compile_policy_file(path: Path) -> CompiledPolicy:
    """Raises PolicyErrors, also when the file cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problem = Problem(str(path), 1, 1, "", f"the file cannot be read: {reason}")
        raise PolicyErrors([problem]) from error
    return compile_policy(text, str(path))


def load_policy_file(path: Path) -> Policy:
    """The policy exactly as a function would load it. Raises PolicyErrors."""
    return load_policy(encode_policy(compile_policy_file(path)))


def _compile(rule: RuleDocument) -> CompiledRule:
    return CompiledRule(
        id=rule.id,
        kind=rule.kind,
        mode=rule.mode,
        severity=rule.severity,
        match=rule.match,
        when=rule.when,
        unless=rule.unless,
        params=msgspec.to_builtins(rule.params),
        actions=tuple(action for action in rule.actions if action is not None),
    )
