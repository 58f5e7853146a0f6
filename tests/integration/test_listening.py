"""What is no channel, from its event to the words about it: stages, and the account itself."""

import json
from datetime import timedelta
from typing import Any

from streamwarden.domain.inputs import Recheck
from streamwarden.domain.state.retention import RECORD_KEPT
from tests.integration.driver import ACCOUNT, REGION, Stack
from tests.integration.messages import own

STAGE = f"arn:aws:ivs:{REGION}:{ACCOUNT}:stage/AtUlF8oNuvW2"
WHOLE_ACCOUNT = f"arn:aws:ivs:{REGION}:{ACCOUNT}:account/{ACCOUNT}"
SECRET = "only-for-the-guest"
ALERTS = """
version: 1
defaults: {mode: notify, severity: high}
rules:
  - id: speakers
    kind: event_alert
    params:
      detail_type: IVS Stage Update
      name: Participant Publish Error
      where: detail.error_code == 'BITRATE_EXCEEDED'
"""
REPEATED = """
version: 1
defaults: {mode: notify, severity: high}
rules:
  - id: quota
    kind: account_limit
    on_repeat: {times: 2, within: 1d, do: [notify]}
"""
ACCOUNTS = """
version: 1
defaults: {mode: notify, severity: critical}
rules:
  - {id: quota, kind: account_limit}
  - id: headroom
    kind: quota_headroom
    params: {quotas: {concurrent_streams: 2}, only: [concurrent_streams, playback_key_pairs]}
"""


def event(stack: Stack, detail_type: str, detail: dict[str, Any], *resources: str) -> Any:
    return {
        "version": "0",
        "id": f"e-{stack.now.isoformat()}",
        "detail-type": detail_type,
        "source": "aws.ivs",
        "account": ACCOUNT,
        "time": stack.now.isoformat(),
        "region": REGION,
        "resources": resources,
        "detail": detail,
    }


def publish_error(stack: Stack, code: str = "BITRATE_EXCEEDED") -> Any:
    detail = {
        "event_name": "Participant Publish Error",
        "event_time": stack.now.isoformat(),
        "session_id": "st-BwB3tBdp0Dejs",
        "user_id": SECRET,
        "participant_id": "nem4DvEgheTe",
        "error_code": code,
    }
    return event(stack, "IVS Stage Update", detail, STAGE)


def test_an_event_of_a_stage_is_notified_once_while_it_lasts(deploy: Any) -> None:
    stack: Stack = deploy(ALERTS)
    for _ in range(2):
        assert stack.deliver("ResourceChanges", publish_error(stack)) == []
        stack.later(minutes=30)

    (notification,) = stack.take_notifications()
    assert notification.body["title"] == "stage AtUlF8oNuvW2: speakers breach"
    stack.later(minutes=30)
    recheck = own(Recheck(resource_arn=STAGE, time=stack.now))
    assert stack.deliver("StreamEvents", recheck) == []
    (over,) = stack.take_notifications()
    assert over.body["text"] == "no such event in the last 1h."


def test_the_second_breach_of_an_account_within_a_day_is_told_as_such(deploy: Any) -> None:
    stack: Stack = deploy(REPEATED)
    news = []
    for _ in range(3):
        hit = too_many_streams(stack)
        assert stack.deliver("StreamEvents", hit) == []
        assert stack.deliver("StreamEvents", hit) == []
        stack.later(hours=2)
        recheck = own(Recheck(resource_arn=WHOLE_ACCOUNT, time=stack.now))
        assert stack.deliver("StreamEvents", recheck) == []
        titles = [each.body["title"] for each in stack.take_notifications()]
        news.append({each.rpartition("quota ")[2] for each in titles})

    again = {"breach", "broken 2 times within 1d", "resolved"}
    assert news == [{"breach", "resolved"}, again, again]


def test_what_is_not_listened_for_costs_no_request(deploy: Any) -> None:
    stack: Stack = deploy(ALERTS)
    stack.requests.clear()

    assert stack.deliver("ResourceChanges", publish_error(stack, "QUOTA_EXCEEDED")) == []

    assert stack.requests == []
    assert stack.items() == []


def test_the_rest_of_an_event_goes_nowhere(deploy: Any) -> None:
    stack: Stack = deploy(ALERTS)

    stack.deliver("ResourceChanges", publish_error(stack))

    kept = json.dumps([stack.items(), stack.logs(), stack.schedules()], default=str)
    notified = [each.text for each in stack.take_notifications()]
    assert "BITRATE_EXCEEDED" in kept
    assert SECRET not in kept
    assert SECRET not in "".join(notified)


def test_a_stage_is_forgotten_some_days_after_its_last_word(deploy: Any) -> None:
    """No sweep lists stages, and there are new ones all the time. An account stays."""
    stack: Stack = deploy(f"{ALERTS}  - {{id: quota, kind: account_limit}}\n")

    stack.deliver("ResourceChanges", publish_error(stack))
    stack.deliver("StreamEvents", too_many_streams(stack))

    records = [item for item in stack.items() if item["sk"]["S"] == "record"]
    expiries = {item["pk"]["S"]: item.get("expires_at") for item in records}
    over = stack.now + timedelta(hours=1)
    assert expiries.pop(WHOLE_ACCOUNT) is None
    assert expiries == {STAGE: {"N": str(int((over + RECORD_KEPT).timestamp()))}}


def test_timers_of_all_there_is_have_names_of_their_own(deploy: Any) -> None:
    stack: Stack = deploy(f"{ALERTS}  - {{id: quota, kind: account_limit}}\n")

    stack.deliver("ResourceChanges", publish_error(stack))
    stack.deliver("StreamEvents", too_many_streams(stack))

    names = list(stack.schedules())
    assert len(names) == 2
    # No channel's timer has a dot in its name.
    assert all(len(name) <= 64 and name.startswith(f"{REGION}-{ACCOUNT}.") for name in names)


def too_many_streams(stack: Stack) -> Any:
    detail = {
        "limit_name": "Concurrent Broadcasts",
        "limit_value": 100,
        "exceeded_by": 4,
        "limit_unit": "active streams",
    }
    return event(stack, "IVS Limit Breach", detail)


def test_an_account_over_its_quota_is_told_of_by_its_number(deploy: Any) -> None:
    stack: Stack = deploy(ACCOUNTS)
    published = _listen(stack)

    assert stack.deliver("StreamEvents", too_many_streams(stack)) == []

    stack.notify()
    (message,) = published()
    assert message["Subject"] == f"[critical] account {ACCOUNT} in {REGION}: quota breach"
    lines = message["Message"].splitlines()
    assert lines[0] == f"account: {ACCOUNT} in Europe (Ireland) {REGION}"
    assert "Concurrent Broadcasts was 104 active streams; 100 is allowed." in lines


def test_a_stage_is_told_of_by_its_arn(deploy: Any) -> None:
    stack: Stack = deploy(ALERTS)
    published = _listen(stack)
    stack.deliver("ResourceChanges", publish_error(stack))

    stack.notify()

    (message,) = published()
    assert f"stage: AtUlF8oNuvW2 ({STAGE})" in message["Message"].splitlines()
    assert "stream:" not in message["Message"]


def test_a_sweep_finds_that_a_quota_is_nearly_used_up(deploy: Any) -> None:
    stack: Stack = deploy(ACCOUNTS)
    for name in ("studio", "harbour"):
        stack.go_live(stack.channel(name))
    stack.take_notifications()

    stack.sweep()

    (notification,) = stack.take_notifications()
    assert notification.body["resource_arn"] == WHOLE_ACCOUNT
    assert notification.body["text"] == "2 of 2 concurrent streams (100%) in use."
    stack.sweep()
    assert stack.take_notifications() == []


def _listen(stack: Stack) -> Any:
    """Subscribe a queue to the topic; what it holds."""
    sqs, sns = stack.client("sqs"), stack.client("sns")
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    endpoint = answer["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=stack.refs["AlertTopic"], Protocol="sqs", Endpoint=endpoint)

    def published() -> list[dict[str, Any]]:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(each["Body"]) for each in found]

    return published
