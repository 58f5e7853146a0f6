"""Every input that can concern a key pair, a configuration, a restriction policy or an account."""

from typing import Any

from hypothesis import strategies as st

from streamwarden.domain.inputs import Input, Recheck, ResourceNotListed
from streamwarden.domain.state.resource import OutcomeStatus
from testbed import builders as build
from testbed.builders import CONFIGURATION, KEY_PAIR, RESTRICTION, WHOLE_ACCOUNT
from tests.unit.domain.strategies import authors, moments, names, some_tags, tag_keys

uses = st.fixed_dictionaries({}, optional={"name": names, "channels": st.sampled_from((0, 1))})
countries = st.sampled_from(([], ["DE"], ["DE", "FR"]))


def concerning(arn: str, *own: st.SearchStrategy[Any]) -> st.SearchStrategy[Input]:
    """What can concern this resource: what is its own, and what is said of any."""
    return st.one_of(
        *own,
        st.builds(build.tags_set, moments, some_tags, arn=st.just(arn), by=authors),
        st.builds(build.tags_removed, moments, tag_keys, arn=st.just(arn), by=authors),
        st.builds(build.tag_change, moments, some_tags, arn=st.just(arn)),
        st.builds(
            lambda when, tags, members: build.listed(arn, when, tags=tags, **members),
            moments,
            some_tags,
            uses,
        ),
        st.builds(ResourceNotListed, resource_arn=st.just(arn), time=moments),
        st.builds(Recheck, resource_arn=st.just(arn), time=moments),
        st.builds(
            build.action_finished,
            moments,
            st.just("ABcdef34ghIJ/required-tags/tag"),
            st.sampled_from(OutcomeStatus),
            tags=some_tags,
            arn=st.just(arn),
        ),
    )


def deleted(arn: str, name: str) -> st.SearchStrategy[Input]:
    return st.builds(build.api_call, st.just(name), moments, st.just({"arn": arn}))


key_pairs = concerning(
    KEY_PAIR,
    st.builds(
        build.key_pair_imported,
        moments,
        name=names,
        fingerprint=st.sampled_from(("98:0d", "1a:a0")),
        tags=some_tags,
        by=authors,
    ),
    deleted(KEY_PAIR, "DeletePlaybackKeyPair"),
)
configurations = concerning(
    CONFIGURATION,
    st.builds(build.configuration_created, moments, name=names, tags=some_tags),
    deleted(CONFIGURATION, "DeleteRecordingConfiguration"),
)
restrictions = concerning(
    RESTRICTION,
    st.builds(build.restriction_created, moments, tags=some_tags, allowedCountries=countries),
    st.builds(build.restriction_updated, moments, allowedCountries=countries),
    deleted(RESTRICTION, "DeletePlaybackRestrictionPolicy"),
)

accounts = st.one_of(
    st.builds(
        build.account_limit,
        moments,
        st.sampled_from(("Concurrent Broadcasts", "Concurrent Viewers")),
        excess=st.sampled_from((1, 30)),
    ),
    st.builds(
        lambda when, streams: build.listed(WHOLE_ACCOUNT, when, concurrentStreams=streams),
        moments,
        st.sampled_from((0, 4, 5)),
    ),
)

type Timeline = tuple[str, list[Input]]


def _about(arn: str, notified: st.SearchStrategy[Input]) -> st.SearchStrategy[Timeline]:
    return st.tuples(st.just(arn), st.lists(notified, max_size=12))


timelines: st.SearchStrategy[Timeline] = st.one_of(
    _about(KEY_PAIR, key_pairs),
    _about(CONFIGURATION, configurations),
    _about(RESTRICTION, restrictions),
    _about(WHOLE_ACCOUNT, accounts),
)
