"""The digest of a compiled policy changes with what it decides, and with nothing else."""

from pathlib import Path

import pytest

from streamwarden_cli.policy.compilation import compile_policy
from streamwarden_cli.policy.digest import code_digest

RULE = "version: 1\nrules:\n- {id: a, kind: max_duration, params: {limit: 1h}}\n"


def digest(text: str) -> str:
    return compile_policy(text, "policy.yaml").digest


@pytest.mark.parametrize(
    "changed",
    [
        RULE.replace("1h", "2h"),
        RULE.replace("id: a", "id: b"),
        RULE.replace("kind:", "mode: enforce, kind:").replace("}}", "}, actions: [stop]}"),
        RULE.replace("kind:", "severity: high, kind:"),
        RULE.replace("kind:", "match: {name: x}, kind:"),
        f"{RULE}- {{id: b, kind: insecure_ingest}}\n",
    ],
)
def test_every_change_of_a_rule_changes_it(changed: str) -> None:
    assert digest(changed) != digest(RULE)


def test_words_that_mean_the_same_keep_it() -> None:
    assert digest(RULE.replace("1h", "60m").replace("rules", "# a remark\nrules")) == digest(RULE)


def test_the_code_that_decides_is_part_of_it(tmp_path: Path) -> None:
    module = tmp_path / "domain" / "decide.py"
    module.parent.mkdir()
    found = set()
    for text in ("stop = True", "stop = False"):
        module.write_text(text)
        found.add(code_digest(tmp_path))
    module.rename(module.with_name("other.py"))
    found.add(code_digest(tmp_path))

    assert len(found) == 3
