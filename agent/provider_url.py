"""provider://id:secret@host?options: what the settings of SMS, push and chat have in common.

Takes the setting's text, gives its parts, and says what cannot be meant without ever repeating a secret.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from agent.errors import InputError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Where nobody listens on the way, so that http:// will do."""
TIMEOUT = "20"
LONGEST_S = 300


@dataclass(frozen=True, slots=True)
class ProviderUrl:
    """Empty where the address names none. `base_url` is https:// but on this machine."""

    base_url: str
    user: str
    secret: str = field(repr=False)
    options: Mapping[str, str] = field(repr=False)
    timeout_s: float = 20.0


def read_provider_url(text: str, what: str, host: str, known: Collection[str], remedy: str) -> ProviderUrl:
    """`what`: whose address it is, in words. `host`: the provider's own; `known`: its options. Raises InputError."""
    try:
        url = urlsplit(text)
        host, port = url.hostname or host, url.port
    except ValueError:  # its text may hold the secret
        raise InputError(f"the {what} address has a host or port that cannot be", remedy) from None
    if url.path not in ("", "/") or url.fragment:
        raise InputError(f"the {what} address has something behind the host", remedy)
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    if unknown := set(options) - set(known):
        raise InputError(
            f"the {what} address has an unknown option {min(unknown)!r}", f"known: {', '.join(sorted(known))}"
        )
    scheme = "http" if host in LOOPBACK else "https"
    base_url = f"{scheme}://{host}{f':{port}' if port else ''}"
    timeout_s = _timeout(options.get("timeout", TIMEOUT), what, remedy)
    return ProviderUrl(base_url, unquote(url.username or ""), unquote(url.password or ""), options, timeout_s)


def _timeout(text: str, what: str, remedy: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_S:
        raise InputError(f"timeout of the {what} address is a number of seconds up to {LONGEST_S}", remedy)
    return seconds
