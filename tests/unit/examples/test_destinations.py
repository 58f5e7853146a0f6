"""The examples of webhooks with a template give what each service documents."""

from pathlib import Path
from typing import Any, Final

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
import yaml
from msgspec import json

from streamwarden.adapters.destinations import limits_of
from streamwarden.adapters.destinations.webhook import Options, WebhookDestination, endpoint_of
from streamwarden.adapters.secret_values import Secret
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden_cli.policy.compilation import compile_policy
from tests.unit.adapters.posting import NOON, Pool, message, service
from tests.unit.cli.policy.documents import lint_of

FOLDER: Final = Path(__file__).parents[3] / "examples" / "destinations"

TEXT: Final = {"type": "string", "minLength": 1}
# docs.incident.io, Alert Events V2: what an event of an HTTP source holds.
INCIDENT_IO: Final = {
    "type": "object",
    "required": ["title", "status", "deduplication_key"],
    "properties": {
        "title": TEXT,
        "status": {"enum": ["firing", "resolved"]},
        "deduplication_key": TEXT,
        "description": TEXT,
        "metadata": {"type": "object"},
        "source_url": {"type": "string", "pattern": "^https://"},
    },
    "additionalProperties": False,
}
# developer.atlassian.com, Integration events: what creates an alert, and what acts on one.
JIRA_ALERT: Final = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "message": {**TEXT, "maxLength": 130},
        "alias": {**TEXT, "maxLength": 512},
        "description": {**TEXT, "maxLength": 15_000},
        "entity": {**TEXT, "maxLength": 512},
        "source": {**TEXT, "maxLength": 100},
        "priority": {"enum": ["P1", "P2", "P3", "P4", "P5"]},
        "tags": {"type": "array", "items": {**TEXT, "maxLength": 50}, "maxItems": 20},
        "details": {"type": "object", "additionalProperties": TEXT},
    },
    "additionalProperties": False,
}
JIRA_CHANGE: Final = {
    "type": "object",
    "properties": {"source": TEXT, "note": TEXT, "user": TEXT},
    "additionalProperties": False,
}
RULES: Final = "version: 1\nrules: [{id: a, kind: takeover, mode: notify}]\n"
S = NotificationStatus


def example(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text())


def spec_of(name: str) -> DestinationSpec:
    ((destination, given),) = example(name)["destinations"].items()
    return DestinationSpec(name=destination, **given)


def posted(name: str, **changes: Any) -> tuple[dict[str, Any], Any]:
    spec, pool = spec_of(name), Pool()
    secret = '{"url": "https://api.example.com/v2/alerts", "authorization": "Bearer x"}'
    WebhookDestination(
        endpoint=lambda: endpoint_of(Secret(spec.secret, secret)),
        service=service(pool),
        options=json.decode(json.encode(spec.options), type=Options),
        clock=lambda: NOON,
    ).deliver(message(**changes))
    (post,) = pool.posts
    return post, json.decode(post["body"])


@pytest.mark.parametrize("name", sorted(each.stem for each in FOLDER.glob("*.yaml")))
def test_an_example_gets_one_incident_at_a_time_and_none_that_nothing_ends(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text() + RULES
    (route,) = compile_policy(text, "x.yaml").routing.routes

    assert lint_of(text) == []
    assert route.to == (spec_of(name).name,)
    assert limits_of(spec_of(name)).largest == 1
    assert {each for each in S if each not in route.match.status} == {S.WARNING, S.CHANGED}


@pytest.mark.parametrize("status", [S.OPENED, S.REPEATED, S.ESCALATED, S.ACKNOWLEDGED, S.RESOLVED])
@pytest.mark.parametrize("changes", [{}, {"notes": None, "owner": "", "tags": {}, "undo": ()}])
def test_incident_io_is_sent_alert_events(status: S, changes: dict[str, Any]) -> None:
    _, body = posted("incident-io", status=status, incident="the-key", **changes)

    jsonschema.validate(body, INCIDENT_IO)
    assert body["deduplication_key"] == "the-key"
    assert body["status"] == ("resolved" if status is S.RESOLVED else "firing")


@pytest.mark.parametrize("changes", [{}, {"notes": None, "owner": "", "title": "x" * 400}])
@pytest.mark.parametrize("severity", list(Severity))
def test_jira_is_sent_an_alert(severity: Severity, changes: dict[str, Any]) -> None:
    post, body = posted("jira-service-management", severity=severity, **changes)

    jsonschema.validate(body, JIRA_ALERT)
    assert post["url"] == "https://api.example.com/v2/alerts"


@pytest.mark.parametrize(
    ("status", "action"), [(S.ACKNOWLEDGED, "acknowledge"), (S.RESOLVED, "close")]
)
def test_jira_finds_the_alert_by_its_alias(status: S, action: str) -> None:
    _, opened = posted("jira-service-management", incident="the/key")
    post, body = posted("jira-service-management", incident="the/key", status=status)

    jsonschema.validate(body, JIRA_CHANGE)
    path = f"{opened['alias']}/{action}?identifierType=alias"
    assert post["url"] == f"https://api.example.com/v2/alerts/{path}"
    assert opened["alias"].isalnum()
