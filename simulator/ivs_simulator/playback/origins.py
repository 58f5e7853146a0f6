"""Origins: which websites may embed a stream, as tokens and restriction policies both say it."""

from collections.abc import Sequence

from ivs_simulator.playback.refusals import PlaybackRefused, Refusal


def check(origin: str | None, allowed: Sequence[str], *, strict: bool) -> None:
    """Refuses a request for the multivariant playlist from a website that is not listed.

    `origin` is the request's Origin header, None when it has none. An empty list allows every
    website and leaves strict enforcement nothing to enforce: AWS calls it a strengthening of the
    restriction that the list makes.

    A missing header passes unless enforcement is strict. Sources: "restricts only the browser
    client" (generating tokens); with strict enforcement "all clients (including non-browser
    clients) will have to provide a valid origin-request header" (undesired content). This holds
    for `*` too: it matches any header, not the lack of one.

    Raises PlaybackRefused.
    """
    if not allowed or (origin is None and not strict):
        return
    if origin is None:
        text = "origins are enforced strictly and the request has no Origin header"
        raise PlaybackRefused(Refusal.ORIGIN_NOT_ALLOWED, text)
    if not any(_matches(origin.lower(), pattern.lower()) for pattern in allowed):
        text = f"{origin} is not one of the allowed origins"
        raise PlaybackRefused(Refusal.ORIGIN_NOT_ALLOWED, text)


def _matches(origin: str, pattern: str) -> bool:
    """`https://*.example.com` stands for every host below example.com, not for itself.

    AWS gives the form only. An entry with a path, a trailing slash or a default port equals no
    Origin header a browser sends, so it matches nothing.
    """
    if pattern == "*":  # Source: AWS's Node.js sample for generating tokens
        return True
    scheme, separator, domain = pattern.partition("://*.")
    if not separator:
        return origin == pattern
    prefix, suffix = f"{scheme}://", f".{domain}"
    if not (origin.startswith(prefix) and origin.endswith(suffix)):
        return False
    host = origin[len(prefix) : -len(suffix)]
    return bool(host) and not set(host) & set("/:@?#")
