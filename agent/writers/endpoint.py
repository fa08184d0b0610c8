"""Where an OpenAI-compatible model server is, and which model it serves: the setting read, the server asked.

Takes the words of HOLDFAST_MODEL (`http://host:8000/v1`, with `#model` where the server has several), gives an Endpoint
and the names that the server lists. Speaks plain HTTP to that one host: no proxy from the environment, no redirect, no
answer longer or slower than was allowed. Knows nothing about drafts.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from agent.errors import InputError, NotReady, WriterUnavailable

if TYPE_CHECKING:
    import httpx

NO_KEY = "none"
CONNECT_S = 5.0
LARGEST_ANSWER = 4_000_000
LISTED = 12


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`model` is None when nobody said which: then the server must have only one. `key` is kept out of every print."""

    base_url: str
    model: str | None = None
    key: str = field(default=NO_KEY, repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def name(self) -> str:
        """What a draft's stamp calls this writer; known before the server was ever asked."""
        return self.model or self.host


def is_url(setting: str) -> bool:
    return setting.lower().startswith(("http://", "https://"))


def read_endpoint(setting: str, model: str | None = None, key: str | None = None) -> Endpoint:
    """Raises InputError when the address cannot be one. The name behind # wins over HOLDFAST_MODEL_NAME."""
    try:
        parts = urlsplit(setting.strip())
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        port_fits = False
    if not port_fits or not parts.hostname or parts.query:
        raise InputError(
            f"HOLDFAST_MODEL: “{setting}” is no address of a model server.", "Write it like http://127.0.0.1:8000/v1."
        )
    if parts.username or parts.password:
        raise InputError("HOLDFAST_MODEL: the address holds a password.", "Put the key into HOLDFAST_MODEL_KEY.")
    path = parts.path.rstrip("/").removesuffix("/chat/completions") or "/v1"
    return Endpoint(f"{parts.scheme.lower()}://{parts.netloc}{path}", parts.fragment or model or None, key or NO_KEY)


def models_at(endpoint: Endpoint, timeout_s: float) -> tuple[str, ...]:
    """The names that the server lists. Raises WriterUnavailable when it does not answer, or not in this shape."""
    import httpx

    try:
        with client_for(timeout_s) as client:
            answer = client.get(f"{endpoint.base_url}/models", headers={"Authorization": f"Bearer {endpoint.key}"})
        if answer.status_code in (401, 403):
            raise WriterUnavailable(
                f"The model server {endpoint.host} refused the key.", "Set HOLDFAST_MODEL_KEY to one it accepts."
            )
        answer.raise_for_status()
        return tuple(sorted({str(row["id"]) for row in answer.json()["data"]}))
    except (httpx.HTTPStatusError, ValueError, KeyError, TypeError) as error:
        raise WriterUnavailable(
            f"{endpoint.base_url}/models is no list of models ({_short(error)}).",
            "Give the address that ends in /v1, of a server that speaks OpenAI's protocol.",
        ) from error
    except httpx.HTTPError as error:
        raise WriterUnavailable(
            f"The model server {endpoint.host} does not answer ({_short(error)}).",
            "Start it, or correct HOLDFAST_MODEL.",
        ) from error


def only_model(endpoint: Endpoint, timeout_s: float) -> str:
    """The model that was named, else the only one there is.

    Raises NotReady, listing them, when there are several; WriterUnavailable when there is none (yet).
    """
    if endpoint.model:
        return endpoint.model
    names = models_at(endpoint, timeout_s)
    if not names:
        raise WriterUnavailable(f"The model server {endpoint.host} serves no model yet.", "Wait until it has loaded.")
    if len(names) > 1:
        raise NotReady(
            f"The model server {endpoint.host} serves {len(names)} models: {listed(names)}.",
            f"Say which: HOLDFAST_MODEL={endpoint.base_url}#{names[0]}",
        )
    return names[0]


def listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def client_for(timeout_s: float) -> httpx.Client:
    """A client for one server and nothing else, whose every answer is over after `timeout_s` seconds in total."""
    import httpx

    trusted = ssl.create_default_context()  # the machine's own authorities, so that a firm's own may be among them
    transport = _within_limits(httpx.HTTPTransport(verify=trusted, retries=0))
    return httpx.Client(transport=transport, timeout=timeout_s, trust_env=False, follow_redirects=False)


def _within_limits(inner: httpx.BaseTransport) -> httpx.BaseTransport:
    """httpx limits each wait, not the whole: a server that sends a word a second would hold a writer for ever."""
    import httpx

    class Limited(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            limits: dict[str, Any] = dict(request.extensions.get("timeout", {}))
            seconds = limits.get("read") or CONNECT_S
            limits["connect"] = min(CONNECT_S, limits.get("connect") or CONNECT_S)
            request.extensions = {**request.extensions, "timeout": limits}
            until = time.monotonic() + seconds
            response = inner.handle_request(request)
            assert isinstance(response.stream, httpx.SyncByteStream)
            response.stream = Body(response.stream, until, request)
            return response

        def close(self) -> None:
            inner.close()

    class Body(httpx.SyncByteStream):
        def __init__(self, stream: httpx.SyncByteStream, until: float, request: httpx.Request) -> None:
            self._stream, self._until, self._request = stream, until, request

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for chunk in self._stream:
                size += len(chunk)
                if time.monotonic() > self._until:
                    raise httpx.ReadTimeout("the answer did not end in time", request=self._request)
                if size > LARGEST_ANSWER:
                    raise httpx.ReadError("the answer is too long", request=self._request)
                yield chunk

        def close(self) -> None:
            self._stream.close()

    return Limited()


def _short(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:160]}" if text else type(error).__name__
