"""Whether a channel allows ingest without TLS, as it was said last."""

from streamwarden.domain.rules.channel_settings.insecure_ingest import InsecureIngest
from testbed.builders import (
    at,
    channel_created,
    channel_listed,
    channel_updated,
)
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

CASES = (
    Case(
        title="the setting is not known",
        check=InsecureIngest(),
        given=(channel_listed(at(), name="studio"),),
        now=at(1),
        found=not_applicable("whether insecure ingest is allowed is not known yet"),
    ),
    Case(
        title="off",
        check=InsecureIngest(),
        given=(channel_listed(at(), insecureIngest=False),),
        now=at(1),
        found=compliant("insecure ingest is off"),
    ),
    Case(
        title="on",
        check=InsecureIngest(),
        given=(channel_listed(at(), insecureIngest=True),),
        now=at(1),
        found=breach("the channel allows insecure ingest (RTMP without TLS)", at()),
    ),
    Case(
        title="switched off since",
        check=InsecureIngest(),
        given=(
            channel_updated(at(1), insecureIngest=False),
            channel_created(at(), insecureIngest=True),
        ),
        now=at(2),
        found=compliant("insecure ingest is off"),
    ),
)


@each(CASES)
def test_insecure_ingest_finds(case: Case) -> None:
    assert_found(case)
