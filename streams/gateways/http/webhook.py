"""The handshake of CloudEvents webhooks: a sender asks whether it may post here (HTTP 1.1 Web Hooks 1.0.2, 4). Pure.

It says nothing about who posts: each post shows that by itself. No callback is ever called: an address that a stranger names.
"""

from collections.abc import Mapping

from streams.gateways.http.sources import HttpSource

TOKEN = "access_token"  # noqa: S105 - the name of the parameter
"""Where a webhook that can set no header has its token in the address (3.2); of senders with `origins` alone."""

_MOST_DIGITS = 9


def permission(sources: Mapping[str, HttpSource], headers: Mapping[str, str]) -> dict[str, str]:
    """The headers by which one who asks may post, requests a minute among them; none where its origin is no sender's.

    >>> air = HttpSource(types=("environment.air_hour",), subjects=("*",), origins=("events.example.com",), rate=600)
    >>> permission({"air": air}, {"webhook-request-origin": "events.example.com", "webhook-request-rate": "120"})
    {'WebHook-Allowed-Origin': 'events.example.com', 'WebHook-Allowed-Rate': '120'}
    >>> permission({"air": air}, {"webhook-request-origin": "elsewhere.example.com"})
    {}
    """
    origin = headers.get("webhook-request-origin", "")
    rates = [each.rate for each in sources.values() if origin.lower() in map(str.lower, each.origins)]
    if not rates:
        return {}
    asked, most = headers.get("webhook-request-rate", ""), min(rates)
    plain = asked.isascii() and asked.isdigit() and len(asked) <= _MOST_DIGITS
    rate = min(int(asked), most) if plain and int(asked) else most
    return {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": str(rate)}
