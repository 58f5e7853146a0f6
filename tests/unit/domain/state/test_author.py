"""People are told the role of a caller, and its session where that is a person."""

import pytest

from streamwarden.domain.state.resource import Author

ACCOUNT = "210987654321"
SESSIONS = f"arn:aws:sts::{ACCOUNT}:assumed-role"


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        (f"{SESSIONS}/pipeline/GitHubActions-8213", "pipeline"),
        (f"{SESSIONS}/studio/ann@example.com", "studio (ann@example.com)"),
        (f"{SESSIONS}/AWSReservedSSO_Admin_1a2b/bob", "AWSReservedSSO_Admin_1a2b (bob)"),
        (f"{SESSIONS}/pipeline", "pipeline"),
        (f"arn:aws:iam::{ACCOUNT}:user/staff/bob", "bob"),
        (f"arn:aws:iam::{ACCOUNT}:root", "root"),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/cara", "cara"),
        ("cara", "cara"),
    ],
)
def test_a_caller_is_named_by_its_role(arn: str, name: str) -> None:
    assert Author(arn).name == name


@pytest.mark.parametrize(
    ("author", "name"),
    [
        (Author(f"{SESSIONS}/studio/ann@x.org"), f"studio ({SESSIONS}/studio/ann@x.org)"),
        (Author(f"arn:aws:iam::{ACCOUNT}:root"), f"root (arn:aws:iam::{ACCOUNT}:root)"),
        (Author(other_name="ivs.amazonaws.com"), "an unknown caller (ivs.amazonaws.com)"),
        (Author(), "an unknown caller"),
    ],
)
def test_a_caller_in_full_has_its_whole_arn(author: Author, name: str) -> None:
    assert author.full_name == name
