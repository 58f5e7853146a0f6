"""What is stored may be of a newer version, or damaged: it is refused, and not overwritten.

The number of the format says so of a record as a whole. Below that, one value may be new.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import msgspec
from msgspec import Struct, structs

from streamwarden.adapters.dynamodb.items import decode
from streamwarden.domain.brief import brief
from streamwarden.domain.redaction import without_stream_keys
from streamwarden.services.errors import PermanentError

# Changes with what is stored of a record, a rotation or a sweep, or how.
FORMAT: Final = 1


def refuse_newer(number: object, whose: str) -> None:
    """After a roll-back, an older version meets what a newer one stored. Raises PermanentError."""
    if isinstance(number, int) and number > FORMAT:
        raise PermanentError(
            f"what is stored of {whose} is in format {number}, and this version of Streamwarden"
            f" reads format {FORMAT}; deploy the version that stored it, or a newer one"
        )


def decode_stored[T](item: Mapping[str, Any], model: type[T], whose: str) -> T:
    """Raises PermanentError. Who reads several sets it aside, and goes on with the others."""
    try:
        return decode(item, model)
    except (msgspec.DecodeError, KeyError) as error:
        raise PermanentError(
            f"what is stored of {whose} cannot be read ({in_few_words(error)}); it is damaged, or a"
            " newer version of Streamwarden has stored it"
        ) from error


def in_few_words(error: msgspec.DecodeError | KeyError) -> str:
    """It quotes what is stored, which may be long. It is cut last: the beginning of a key would
    not look like one.
    """
    return brief(without_stream_keys(str(error)))


def readable_members[T: Struct](
    given: Mapping[str, msgspec.Raw] | None, model: type[T]
) -> T | None:
    """The value without what cannot be read of it."""
    if given is None:
        return None
    found: dict[str, Any] = {}
    for each in structs.fields(model):
        member = given.get(each.encode_name)
        with suppress(msgspec.DecodeError):
            found |= {} if member is None else {each.name: _read_member(member, each.type)}
    return model(**found)


def _read_member(given: msgspec.Raw, model: Any) -> Any:
    """As a whole, or each entry that can be read. Raises msgspec.DecodeError."""
    try:
        return msgspec.json.decode(given, type=model)
    except msgspec.DecodeError:
        found: dict[str, Any] = {}
        for key, entry in msgspec.json.decode(given, type=dict[str, msgspec.Raw]).items():
            with suppress(msgspec.DecodeError):
                found |= msgspec.json.decode(msgspec.json.encode({key: entry}), type=model)
        if not found:
            raise
        return found
