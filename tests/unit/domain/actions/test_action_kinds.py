"""Every action kind says all that others read of it, and none is loaded before it is needed."""

import subprocess
import sys
from datetime import timedelta

import botocore.session
import pytest

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.calls import (
    Call,
    ListedKey,
    LiveStream,
    Seen,
    SeenChannel,
    Sight,
)
from streamwarden.domain.actions.base.kind import Form, Performer
from streamwarden.domain.events.viewers import Viewer
from streamwarden.domain.inputs import Health
from streamwarden.domain.rules import RULE_KINDS
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Action, PlannedAction, SettingsChange
from testbed.builders import CHANNEL, KEY, STREAM, at

ENFORCED = [w for w, kind in ACTION_KINDS.items() if kind.performer is Performer.ENFORCE]
ACTION_LOADED = """
import sys
from streamwarden.domain.actions import ACTION_KINDS, _load
from streamwarden.domain.policy import CompiledPolicy, encode_policy, load_policy
from testbed.builders import max_duration
kinds = {f"streamwarden.domain.actions.{word}" for word in ACTION_KINDS}
for name in kinds & sys.modules.keys():
    del sys.modules[name]
_load.cache_clear()
load_policy(encode_policy(CompiledPolicy(format=1, rules=(max_duration(),))))
print(*(kinds & sys.modules.keys()))
"""


@pytest.mark.parametrize("word", ACTION_KINDS)
def test_every_kind_is_named_described_and_can_be_written(word: str) -> None:
    kind = ACTION_KINDS[word]

    assert kind.word == word
    assert kind.meaning.endswith(".")
    assert kind.describe(PlannedAction(kind=word, tags={"a": "b"}))
    assert kind.forms
    assert len(set(kind.forms) - {Form.WORD}) <= 1
    assert not kind.own_text_for or Form.TEXT in kind.forms


@pytest.mark.parametrize("word", ACTION_KINDS)
def test_every_kind_is_for_some_rules_and_says_why_not_for_others(word: str) -> None:
    kind = ACTION_KINDS[word]

    refusals = [kind.why_refused(check.traits, check.lacks) for check in RULE_KINDS.values()]

    assert "" in refusals
    assert kind.needs
    assert kind.refusal in refusals


@pytest.mark.parametrize("word", ENFORCED)
def test_the_call_that_a_kind_makes_exists_and_is_permitted(word: str) -> None:
    kind = ACTION_KINDS[word]
    live = LiveStream(channel_arn=CHANNEL, stream_id=STREAM, health=Health.HEALTHY, start_time=at())
    seen = Seen(stream=live, key=ListedKey(KEY, {"old": ""}), channel=SeenChannel({}, {}))
    operations = botocore.session.get_session().get_service_model("ivs").operation_names

    made = {"ListTagsForResource"} if kind.is_destructive else set()
    for part in kind.parts or (kind,):
        call = part.plan(action(word), seen)
        assert isinstance(call, Call)
        looks = set() if part.looks_at is Sight.NOTHING else {str(part.looks_at)}
        made |= {call.operation, *looks}

    assert made <= set(operations)
    assert kind.permissions == {f"ivs:{each}" for each in made}


@pytest.mark.parametrize("word", ENFORCED)
def test_what_stops_streams_says_so(word: str) -> None:
    kind = ACTION_KINDS[word]

    assert kind.ends_stream == ("ivs:StopStream" in kind.permissions)


def action(word: str) -> Action:
    return Action(
        id="an/action",
        attempt=1,
        kind=word,
        rule_id="a-rule",
        resource_arn=CHANNEL,
        stream_id=STREAM,
        reason="because",
        decided_at=at(),
        tags={"a": "b"},
        tag_keys=("old",),
        settings=SettingsChange(set={"authorized": True}),
        viewers=(Viewer("ann"),),
    )


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("stop", f"stop/{STREAM}"),
        ("warn", f"warn/{STREAM}/600s"),
        ("tag", "tag/600s"),
        ("inherit_tags", "inherit_tags"),
        ("remove_key_tags", "remove_key_tags"),
        ("rotate_key", "rotate_key"),
        ("quarantine", "quarantine"),
        ("repair", "repair"),
        ("revoke_viewers", "revoke_viewers"),
    ],
)
def test_requests_of_one_breach_are_told_apart(word: str, key: str) -> None:
    assert ACTION_KINDS[word].request_key(STREAM, timedelta(minutes=10)) == key


def test_a_word_that_is_no_module_is_no_kind() -> None:
    assert ACTION_KINDS.get("dance") is None
    assert "dance" not in ACTION_KINDS
    assert len(ACTION_KINDS) == len(list(ACTION_KINDS))


def test_what_a_rule_kind_says_better_is_said() -> None:
    stop = ACTION_KINDS["stop"]

    assert stop.why_refused({Trait.TAGS}, {Trait.ON_AIR: "it is over"}) == "it is over"
    assert stop.why_refused({Trait.TAGS}, {}) == stop.refusal


def test_a_policy_loads_the_kinds_that_it_uses() -> None:
    program = [sys.executable, "-c", ACTION_LOADED]

    output = subprocess.run(program, check=True, capture_output=True, text=True)  # noqa: S603  # ours

    assert output.stdout.split() == ["streamwarden.domain.actions.stop"]
