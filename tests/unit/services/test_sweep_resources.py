"""What a sweep reads beyond channels and streams: only what the policy needs, and only once."""

from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass, field
from typing import Any

import pytest

from streamwarden.adapters.memory import MemoryFleetIndex, MemoryInbox
from streamwarden.domain.actions.base.calls import ListedKey, LiveStream
from streamwarden.domain.arn import Place, ResourceType, account_arn
from streamwarden.domain.inputs import (
    Health,
    KeyObserved,
    OwnInput,
    ResourceListed,
    ResourceNotListed,
    StreamListed,
)
from streamwarden.domain.ivs import Api
from streamwarden.domain.listed_types import LISTED_TYPES
from streamwarden.domain.needs import Needs
from streamwarden.domain.policy_outline import decided_under
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.ingest import Ingest
from streamwarden.domain.verdicts import Mode
from streamwarden.services.errors import NotFound, OutOfTime, PermanentError, TemporaryError
from streamwarden.services.ports import HasTime
from streamwarden.services.records import ListedResource, Page
from streamwarden.services.sweep import Sweeper, SweepReport
from streamwarden.services.unfinished_sweep import UnfinishedSweep
from testbed import builders
from testbed.builders import (
    ACCOUNT,
    CHANNEL,
    CONFIGURATION,
    KEY,
    KEY_PAIR,
    OTHER_CHANNEL,
    REGION,
    RESTRICTION,
    STREAM,
    at,
)
from tests.unit.services.fakes import NO_BRAKES, Harness, swept

OTHERS = frozenset(LISTED_TYPES)
EVERYTHING = Needs(resources=OTHERS | {ResourceType.ACCOUNT})
STREAM_KEYS = Needs(stream_keys=True)
LIVE = LiveStream(
    channel_arn=CHANNEL, stream_id=STREAM, health=Health.UNKNOWN, start_time=at(), viewer_count=0
)
THIS_ACCOUNT = account_arn(ACCOUNT, REGION)


def resource(arn: str, tags: Mapping[str, str] | None = None, **settings: Any) -> ListedResource:
    return ListedResource(arn=arn, settings=settings, tags=tags or {})


@dataclass
class Listings:
    """An IVS that only lists, and counts what it is asked."""

    channels: list[ListedResource] = field(default_factory=list)
    key_pairs: list[ListedResource] = field(default_factory=list)
    configurations: list[ListedResource] = field(default_factory=list)
    policies: list[ListedResource] = field(default_factory=list)
    ads: list[ListedResource] = field(default_factory=list)
    slates: list[ListedResource] = field(default_factory=list)
    others: dict[ResourceType, list[ListedResource]] = field(default_factory=dict)
    live: list[LiveStream] = field(default_factory=list)
    keys: dict[str, ListedKey] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answers: int = 1000
    is_allowed: bool = True
    busy: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    refused: dict[ResourceType, Exception] = field(default_factory=dict)
    pages: dict[ResourceType, int] = field(default_factory=dict)

    def resources(self, resource: ResourceType, token: str = "") -> Page[ListedResource]:
        self.asked.append(resource)
        if resource in self.busy:
            raise TemporaryError(f"{resource}: ThrottlingException")
        if resource in self.refused:
            raise self.refused[resource]
        match resource:
            case ResourceType.CHANNEL:
                return Page(tuple(self.channels))
            case ResourceType.PLAYBACK_KEY_PAIR:
                return Page(tuple(self.key_pairs))
            case ResourceType.RECORDING_CONFIGURATION:
                return Page(tuple(self.configurations))
            case ResourceType.PLAYBACK_RESTRICTION_POLICY:
                return Page(tuple(self.policies))
            case ResourceType.AD_CONFIGURATION:
                return Page(tuple(self.ads))
            case ResourceType.FAILOVER_SLATE_CONFIGURATION:
                return Page(tuple(self.slates))
            case _ if resource in LISTED_TYPES:
                more = (
                    str(int(token or 0) + 1)
                    if int(token or 0) < self.pages.get(resource, 0)
                    else ""
                )
                return Page(tuple(self.others.get(resource, ())), more)
            case _:
                raise AssertionError(resource)

    def streams(self, token: str = "") -> Page[LiveStream]:
        self.asked.append("streams")
        return Page(tuple(self.live))

    def ingest(self, channel_arn: str, stream_id: str) -> Ingest | None:
        raise AssertionError("no rule needs it")

    def find(self, channel_arn: str) -> ListedKey | None:
        self.asked.append(channel_arn)
        if channel_arn in self.deleted:
            raise NotFound("ivs:ListStreamKeys: ResourceNotFoundException")
        if not self.is_allowed:
            raise PermanentError("ivs:ListStreamKeys: AccessDeniedException")
        self.answers -= 1
        if self.answers < 0:
            raise TemporaryError("ivs:ListStreamKeys: ThrottlingException")
        return self.keys.get(channel_arn)


@dataclass
class Account:
    """An account with its sweeper, and observers that take in what it finds."""

    needs: Needs
    ivs: Listings = field(default_factory=Listings)
    harness: Harness = field(default_factory=lambda: Harness(builders.policy_of()))
    inbox: MemoryInbox = field(default_factory=MemoryInbox)

    def sweep(self) -> SweepReport:
        """One sweep; what it found waits in the inbox."""
        self.harness.time.later(minutes=5)
        return swept(self.sweeper())

    def sweeper(self) -> Sweeper:
        return Sweeper(
            listing=self.ivs,
            sessions=self.ivs,
            keys=self.ivs,
            index=MemoryFleetIndex(self.harness.store, ACCOUNT, REGION),
            stream_inbox=self.inbox,
            change_inbox=self.inbox,
            controls=NO_BRAKES,
            place=Place(ACCOUNT, REGION),
            needs=self.needs,
            decided_under=decided_under("", Mode.ENFORCE),
            figures=lambda figures: None,
            restarted=lambda listing: None,
            clock=self.harness.time,
        )

    def settle(self) -> list[OwnInput]:
        """One sweep, and the observers on what it found."""
        report, found = self.sweep(), list(self.inbox.inputs)
        assert report.differences == len(found)
        self.inbox.inputs.clear()
        for each in found:
            self.harness.observer().observe(each.resource_arn, [each])
        return found

    def facts(self, arn: str) -> Facts:
        return Facts(self.harness.store.load(arn).state)


@pytest.fixture
def account() -> Account:
    """Two channels that record, of which one is restricted; a spare key pair and configuration."""
    used = f"{CONFIGURATION}-used"
    return Account(
        EVERYTHING,
        Listings(
            channels=[
                resource(
                    CHANNEL,
                    name="studio",
                    recordingConfigurationArn=used,
                    playbackRestrictionPolicyArn=RESTRICTION,
                ),
                resource(
                    OTHER_CHANNEL,
                    name="harbour",
                    recordingConfigurationArn=used,
                    playbackRestrictionPolicyArn="",
                ),
            ],
            key_pairs=[resource(KEY_PAIR, {"team": "news"}, name="laptop", fingerprint="98:0d")],
            configurations=[
                resource(used, name="archive", state="ACTIVE"),
                resource(CONFIGURATION, name="spare", state="ACTIVE"),
            ],
            policies=[
                resource(
                    RESTRICTION,
                    {"team": "rights"},
                    name="dach",
                    allowedCountries=["DE"],
                    allowedOrigins=[],
                    enableStrictOriginEnforcement=False,
                )
            ],
        ),
    )


def test_only_what_the_policy_needs_is_read(account: Account) -> None:
    account.needs = Needs()

    found = account.settle()

    assert account.ivs.asked == ["streams", ResourceType.CHANNEL]
    assert {each.resource_arn for each in found} == {CHANNEL, OTHER_CHANNEL}


@pytest.mark.parametrize("kind", sorted(OTHERS))
def test_one_type_costs_one_listing_more(account: Account, kind: ResourceType) -> None:
    account.needs = Needs(resources=frozenset({kind}))

    account.settle()

    assert account.ivs.asked == ["streams", ResourceType.CHANNEL, kind]


def test_what_cannot_be_listed_is_not_asked_for(account: Account) -> None:
    account.needs = Needs(resources=frozenset({ResourceType.OTHER, ResourceType.CHANNEL}))

    account.settle()

    assert account.ivs.asked == ["streams", ResourceType.CHANNEL]


def test_everything_listed_has_a_record(account: Account) -> None:
    account.settle()

    key_pair = account.facts(KEY_PAIR)
    assert key_pair.settings == {"name": "laptop", "fingerprint": "98:0d", "channels": 0}
    assert key_pair.tags == {"team": "news"}
    assert account.facts(RESTRICTION).settings["allowedCountries"] == ["DE"]


def test_a_second_look_at_an_unchanged_account_finds_nothing(account: Account) -> None:
    assert len(account.settle()) == 7

    assert account.settle() == []


def test_a_channel_carries_what_its_restriction_policy_says(account: Account) -> None:
    account.settle()

    assert account.facts(CHANNEL).settings["playbackRestrictionPolicy"] == {
        "arn": RESTRICTION,
        "name": "dach",
        "allowedCountries": ["DE"],
        "allowedOrigins": [],
        "enableStrictOriginEnforcement": False,
    }
    assert account.facts(OTHER_CHANNEL).settings["playbackRestrictionPolicy"] is None


def test_what_a_policy_says_now_reaches_the_channels_that_use_it(account: Account) -> None:
    account.settle()
    account.ivs.policies[0] = resource(RESTRICTION, name="dach", allowedCountries=[])

    found = account.settle()

    assert {each.resource_arn for each in found} == {CHANNEL, RESTRICTION}
    assert account.facts(CHANNEL).settings["playbackRestrictionPolicy"]["allowedCountries"] == []


def test_where_policies_are_no_longer_listed_what_they_said_is_forgotten(account: Account) -> None:
    account.settle()
    account.needs = Needs()

    account.settle()

    assert account.facts(CHANNEL).settings["playbackRestrictionPolicy"] is None


def test_what_channels_use_is_counted(account: Account) -> None:
    account.settle()

    assert account.facts(f"{CONFIGURATION}-used").settings["channels"] == 2
    assert account.facts(CONFIGURATION).settings["channels"] == 0
    assert account.facts(RESTRICTION).settings["channels"] == 1
    assert account.facts(KEY_PAIR).settings["channels"] == 0


def test_private_channels_use_every_key_pair(account: Account) -> None:
    account.ivs.channels[0] = resource(CHANNEL, name="studio", authorized=True)

    account.settle()

    assert account.facts(KEY_PAIR).settings["channels"] == 1


def test_that_nobody_uses_it_is_told_also_of_what_cloudtrail_told(account: Account) -> None:
    del account.ivs.configurations[0]
    created = builders.configuration_created(at(), name="spare")
    account.harness.observer().observe(CONFIGURATION, [created])

    account.settle()

    assert account.facts(CONFIGURATION).settings["channels"] == 0
    assert account.settle() == []


def test_the_last_user_that_leaves_makes_a_difference(account: Account) -> None:
    account.settle()
    account.ivs.channels[0] = resource(CHANNEL, name="studio", playbackRestrictionPolicyArn="")

    account.settle()

    assert account.facts(RESTRICTION).settings["channels"] == 0
    assert account.facts(f"{CONFIGURATION}-used").settings["channels"] == 1


def test_the_account_is_counted(account: Account) -> None:
    account.ivs.live = [
        replace(LIVE, viewer_count=12),
        replace(LIVE, channel_arn=OTHER_CHANNEL, viewer_count=None),
    ]

    account.settle()

    assert account.facts(THIS_ACCOUNT).settings == {
        "channels": 2,
        "concurrentStreams": 2,
        "concurrentViews": 12,
        "playbackKeyPairs": 1,
        "playbackRestrictionPolicies": 1,
        "recordingConfigurations": 2,
    }
    assert account.settle() == []


@pytest.mark.parametrize(
    ("viewers", "expected"),
    [((12, 400, 0, 99_999), []), ((12, 400, 500, 900), [500]), ((700, 500, 499, 0), [700, 499])],
)
def test_a_count_is_reported_when_a_rule_would_judge_otherwise(
    account: Account, viewers: tuple[int, ...], expected: list[int]
) -> None:
    limits = {("concurrentViews", 500)} if expected else set()
    account.needs = Needs(resources=frozenset({ResourceType.ACCOUNT}), counts=frozenset(limits))
    account.ivs.live = [LIVE]
    account.settle()
    reported = []

    for count in viewers:
        account.ivs.live = [replace(LIVE, viewer_count=count)]
        found = [each for each in account.settle() if isinstance(each, ResourceListed)]
        reported += [each.settings["concurrentViews"] for each in found]

    assert reported == expected


def test_an_account_counts_only_what_is_listed_anyway(account: Account) -> None:
    account.needs = Needs(resources=frozenset({ResourceType.ACCOUNT}))

    account.settle()

    assert account.ivs.asked == ["streams", ResourceType.CHANNEL]
    counts = account.facts(THIS_ACCOUNT).settings
    assert {name for name, count in counts.items() if count is not None} == {
        "channels",
        "concurrentStreams",
        "concurrentViews",
    }


def test_a_count_that_no_rule_asks_for_any_more_is_forgotten_once(account: Account) -> None:
    account.settle()
    account.needs = Needs(resources=frozenset({ResourceType.ACCOUNT}))

    (found,) = [each for each in account.settle() if each.resource_arn == THIS_ACCOUNT]

    assert isinstance(found, ResourceListed)
    assert account.facts(THIS_ACCOUNT).settings["playbackKeyPairs"] is None
    assert account.settle() == []


@pytest.mark.parametrize(
    "member", ["name", "playbackRestrictionPolicyArn", "preset", "recordingConfigurationArn"]
)
def test_what_a_listing_leaves_out_is_forgotten_once(account: Account, member: str) -> None:
    account.ivs.channels = [resource(CHANNEL, None, **{member: "something"})]
    account.settle()
    account.ivs.channels = [resource(CHANNEL)]

    assert account.settle() != []

    assert account.facts(CHANNEL).settings[member] == ""
    assert account.settle() == []


def test_a_key_pair_that_is_gone_is_reported_once(account: Account) -> None:
    account.settle()
    account.ivs.key_pairs.clear()

    (found,) = account.settle()

    assert (type(found), found.resource_arn) == (ResourceNotListed, KEY_PAIR)
    assert account.facts(KEY_PAIR).is_gone
    assert account.settle() == []


def test_what_is_not_listed_any_more_is_not_thought_gone(account: Account) -> None:
    account.settle()
    account.needs = Needs()

    account.settle()

    assert not account.facts(KEY_PAIR).is_gone


@pytest.mark.parametrize("kind", [ResourceType.CHANNEL, ResourceType.RECORDING_CONFIGURATION])
def test_a_listing_that_ivs_has_no_time_for_holds_up_no_stop(
    account: Account, kind: ResourceType
) -> None:
    account.settle()
    account.ivs.busy.add(kind)
    account.ivs.live = [
        LiveStream(channel_arn=CHANNEL, stream_id=STREAM, health=Health.HEALTHY, start_time=at())
    ]

    with pytest.raises(TemporaryError):
        account.sweep()

    assert [type(each) for each in account.inbox.inputs] == [StreamListed]


def test_the_api_that_every_region_has_is_asked_first(account: Account) -> None:
    """An endpoint that is away takes time with every attempt, and a sweep has an end."""
    account.settle()

    apis = [LISTED_TYPES[ResourceType(each)].api for each in account.ivs.asked if each in OTHERS]

    assert apis == sorted(apis)
    assert {*apis} == {*Api}


@pytest.mark.parametrize("refusal", [TemporaryError, PermanentError])
def test_a_type_that_is_refused_holds_up_nothing_else(
    account: Account, refusal: type[Exception]
) -> None:
    """Its region may not have it, or its role not the permission."""
    account.settle()
    account.ivs.refused[ResourceType.AD_CONFIGURATION] = refusal("AccessDeniedException")
    account.ivs.slates.append(resource(builders.SLATE))
    account.ivs.channels.pop()
    account.ivs.key_pairs.clear()

    with pytest.raises(refusal, match="AccessDenied"):
        account.sweep()

    found = {each.resource_arn: type(each) for each in account.inbox.inputs}
    assert found[OTHER_CHANNEL] is found[KEY_PAIR] is ResourceNotListed
    assert found[builders.SLATE] is ResourceListed


STAGE = f"arn:aws:ivs:{REGION}:{ACCOUNT}:stage/Hall"


def asked_until(account: Account, resource: ResourceType, pages: int) -> HasTime:
    """There is time until so many pages of the type were read."""
    return lambda: account.ivs.asked.count(resource) < pages


@pytest.mark.parametrize("endless", [ResourceType.COMPOSITION, ResourceType.INGEST_CONFIGURATION])
def test_a_listing_without_an_end_does_not_hold_up_the_short_ones(
    account: Account, endless: ResourceType
) -> None:
    """Nobody says how long IVS lists compositions that have ended, and each ingest configuration
    takes a call more."""
    account.ivs.pages[endless] = 1_000_000
    account.ivs.others[ResourceType.STAGE] = [resource(STAGE)]
    sweeper = account.sweeper()
    handed_on = sweeper.go_on(sweeper.begin(), asked_until(account, endless, 10))
    assert isinstance(handed_on, UnfinishedSweep)

    with pytest.raises(OutOfTime, match=LISTED_TYPES[endless].listing):
        sweeper.go_on(handed_on, asked_until(account, endless, 100))

    assert account.ivs.asked.count(endless) == 100
    assert STAGE in {each.resource_arn for each in account.inbox.inputs}


def test_an_endpoint_that_is_away_does_not_take_more_time_than_there_is(account: Account) -> None:
    """Each listing may take half a minute of attempts."""
    stages, storage = ResourceType.STAGE, ResourceType.STORAGE_CONFIGURATION
    account.ivs.refused[stages] = TemporaryError("ivs:ListStages: EndpointConnectionError")
    sweeper = account.sweeper()
    handed_on = sweeper.go_on(sweeper.begin(), asked_until(account, stages, 1))
    assert isinstance(handed_on, UnfinishedSweep)

    with pytest.raises(OutOfTime, match="ivs:ListStages: EndpointConnectionError"):
        sweeper.go_on(handed_on, asked_until(account, stages, 2))

    assert account.ivs.asked.count(storage) == 0


def test_a_listing_that_there_is_no_time_for_any_more_is_read_by_the_next_invocation(
    account: Account,
) -> None:
    account.ivs.pages[ResourceType.STAGE] = 99
    account.ivs.others[ResourceType.STAGE] = [resource(STAGE)]
    sweeper = account.sweeper()
    handed_on = sweeper.go_on(sweeper.begin(), asked_until(account, ResourceType.STAGE, 10))
    assert isinstance(handed_on, UnfinishedSweep)
    assert STAGE not in {each.resource_arn for each in account.inbox.inputs}

    report = sweeper.go_on(handed_on)

    assert isinstance(report, SweepReport)
    assert report.channels == len(account.ivs.channels)
    assert STAGE in {each.resource_arn for each in account.inbox.inputs}


class TestStreamKeys:
    @pytest.fixture
    def account(self, account: Account) -> Account:
        account.ivs.keys[CHANNEL] = ListedKey(KEY, {"team": "news"})
        account.needs = Needs()
        account.settle()
        account.ivs.asked.clear()
        account.needs = STREAM_KEYS
        return account

    def test_tags_are_asked_for_once(self, account: Account) -> None:
        account.settle()

        assert account.ivs.asked[2:] == [CHANNEL, OTHER_CHANNEL]
        assert account.facts(CHANNEL).stream_key_tags == {"team": "news"}
        assert account.facts(OTHER_CHANNEL).has_no_key
        assert account.settle() == []

    def test_nobody_is_asked_about_a_key_whose_creation_was_seen(self, account: Account) -> None:
        account.harness.observer().observe(CHANNEL, [builders.channel_created(at())])

        account.settle()

        assert CHANNEL not in account.ivs.asked

    def test_a_channel_without_a_record_is_asked_about_later(self) -> None:
        account = Account(STREAM_KEYS, Listings(channels=[resource(CHANNEL)]))

        account.settle()
        assert CHANNEL not in account.ivs.asked

        account.settle()
        assert CHANNEL in account.ivs.asked

    def test_twenty_a_sweep_are_enough(self) -> None:
        channels = [resource(f"{CHANNEL}{number}") for number in range(45)]
        account = Account(Needs(), Listings(channels=channels))
        account.settle()
        account.needs = STREAM_KEYS

        assert [len(account.settle()) for _ in range(4)] == [20, 20, 5, 0]

    def test_where_ivs_is_busy_the_rest_has_time(self, account: Account) -> None:
        account.ivs.answers = 1

        found = account.settle()

        assert [each.resource_arn for each in found] == [CHANNEL]

    def test_a_channel_that_was_deleted_meanwhile_holds_nobody_up(self, account: Account) -> None:
        account.ivs.deleted.add(CHANNEL)

        found = account.settle()

        assert [each.resource_arn for each in found] == [OTHER_CHANNEL]

    def test_a_missing_permission_hides_no_difference(self, account: Account) -> None:
        account.ivs.is_allowed = False
        account.ivs.channels.append(resource(f"{CHANNEL}x"))

        with pytest.raises(PermanentError, match="ListStreamKeys"):
            account.sweep()

        assert [each.resource_arn for each in account.inbox.inputs] == [f"{CHANNEL}x"]

    def test_a_key_says_itself_when_it_was_made(self, account: Account) -> None:
        minted = {"streamwarden:minted-at": at(-48).isoformat()}
        account.ivs.keys[CHANNEL] = ListedKey(KEY, minted)

        account.settle()

        assert account.facts(CHANNEL).key_minted_at == at(-48)

    def test_a_change_within_the_second_of_the_listing_counts(self, account: Account) -> None:
        account.harness.time.later(seconds=0.7)
        (observed, _) = account.settle()
        assert isinstance(observed, KeyObserved)
        second = account.harness.time.now.replace(microsecond=0)
        assert observed.time == second

        changed = builders.tags_set(second, {"team": "sports"}, arn=KEY)
        account.harness.observer().observe(CHANNEL, [changed])

        assert account.facts(CHANNEL).stream_key_tags == {"team": "sports"}
