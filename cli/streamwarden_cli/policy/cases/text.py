"""What came of cases, for people: a line each, and below it what differs."""

from collections.abc import Iterator, Sequence

from streamwarden_cli.policy.cases.comparing import Difference

_PASSED = "ok  "
_FAILED = "FAIL"


def format_case(name: str, place: str, differences: Sequence[Difference]) -> Iterator[str]:
    """`place` is where the case is, which only one that fails tells."""
    if not differences:
        yield f"{_PASSED}  {name}"
        return
    yield f"{_FAILED}  {name} ({place})"
    rule = ""
    for each in differences:
        if each.rule != rule:
            rule = each.rule
            yield f"        {rule}"
        yield f"          {each.what}"
        yield f"            expected  {each.expected}"
        yield f"            found     {each.found}"
