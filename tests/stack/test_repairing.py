"""What is wrong with a channel itself is put right: its settings off the air, its tags at once."""

from datetime import timedelta

from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.account import IN_ORDER, Account, eventually, now
from tests.stack.roles import role_of


def test_a_setting_that_is_wrong_on_the_air_is_repaired_after_the_stream(account: Account) -> None:
    channel = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/RepairedShow"
    live = {
        "streamId": "st-RepairedShow00000000000",
        "startTime": (now() - timedelta(hours=1)).isoformat(),
    }
    account.control.add_channel(
        channel, live=live, tags={**IN_ORDER, "show": "repaired"}, insecureIngest=True
    )
    account.sweep()
    (opened,) = eventually(lambda: account.notifications(channel, "tls-repaired"))
    account.settle()
    assert "Streamwarden waits for the end of the stream and then sets insecureI" in opened.text
    assert "GetChannel" not in account.calls_on(channel)

    account.client("ivs").stop_stream(channelArn=channel)

    eventually(lambda: not _is_insecure(account, channel))
    eventually(lambda: account.statuses(channel, "tls-repaired") == ["opened", "resolved"])
    assert account.calls_on(channel)[-2:] == ["GetChannel", "UpdateChannel"]
    updates = (call for call in account.calls() if call["operation"] == "UpdateChannel")
    (update,) = (call for call in updates if call["params"]["arn"] == channel)
    assert role_of(update["caller_arn"]) == account.outputs.enforce_role_arn.rpartition("/")[2]


def test_a_forbidden_tag_is_removed_and_the_others_stay(account: Account) -> None:
    channel = account.channel("with-an-address", tags={**IN_ORDER, "contact-email": "a@b.example"})

    eventually(lambda: _tags(account, channel) == IN_ORDER)

    eventually(lambda: account.statuses(channel, "no-addresses") == ["opened", "resolved"])


def _is_insecure(account: Account, channel_arn: str) -> bool:
    channel = account.client("ivs").get_channel(arn=channel_arn)["channel"]
    return bool(channel["insecureIngest"])


def _tags(account: Account, channel_arn: str) -> dict[str, str]:
    answer = account.client("ivs").list_tags_for_resource(resourceArn=channel_arn)
    found: dict[str, str] = answer["tags"]
    return found
