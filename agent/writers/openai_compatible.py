"""A chat model on a server that speaks OpenAI's protocol (vLLM, SGLang, llama.cpp, Ollama), as a Writer.

Takes a WriteRequest, gives a WriterReply, through LangChain's ChatOpenAI. The server is met when the first word is
wanted, not before: a server that is down at start costs nothing but its turn. There are no retries in here, because the
ladder of writers has its own; and no other host is ever contacted.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from agent.domain import WriteRequest, WriterReply
from agent.errors import PromptTooLong, WriterUnavailable
from agent.writers.chat_model import ChatModelWriter
from agent.writers.endpoint import Endpoint, client_for, only_model

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

GRACE_S = 0.5  # for the connection to be taken down; the client keeps its own time
FIRST_ASK_S = 10.0
TEMPERATURE = 0.7
TOO_LONG = re.compile(
    r"context (?:length|window|size)|maximum (?:context|model) length|prompt (?:is )?too long|"
    r"exceed\w* .{0,40}(?:context|n_ctx)",
    re.IGNORECASE,
)
PLAIN = {"chat_template_kwargs": {"enable_thinking": False}}
"""Models that can think aloud are asked not to: a draft's room is too small for it, and nobody reads it."""


class EndpointWriter:
    """A Writer over one Endpoint. `revision` is the model's name, with the server's fingerprint once it gave one."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._asking: _Asking | None = None

    @property
    def name(self) -> str:
        """The model's name, as soon as it is known; until then the server's."""
        return self._asking.model_name if self._asking else self._endpoint.name

    @property
    def revision(self) -> str:
        return self._asking.revision if self._asking else self._endpoint.model or ""

    @property
    def detail(self) -> Mapping[str, str]:
        model = self._asking.model_name if self._asking else self._endpoint.model or ""
        return {"server": self._endpoint.base_url, "model": model}

    def write(self, request: WriteRequest) -> WriterReply:
        """One answer, whole, in `request.timeout_s` seconds.

        Raises WriterUnavailable when there is none; NotReady when the server has several models and none was named.
        """
        reply = self._met(request.timeout_s).write(request)
        if not reply.text.strip():
            raise WriterUnavailable(
                f"The model server {self._endpoint.host} gave an empty answer.", "See `holdfast doctor`."
            )
        return reply

    def _met(self, timeout_s: float) -> _Asking:
        with self._lock:
            if self._asking is None:
                model = only_model(self._endpoint, min(FIRST_ASK_S, timeout_s))
                self._asking = _Asking(_chat_model(self._endpoint, model, timeout_s), model, self._endpoint)
            return self._asking


class _Asking(ChatModelWriter):
    """Remembers what the server says about itself, and whether it minds being asked not to think aloud."""

    def __init__(self, model: BaseChatModel, model_name: str, endpoint: Endpoint) -> None:
        super().__init__(model, endpoint.name, model_name, extra=self._besides, grace_s=GRACE_S)
        self.model_name = model_name
        self._host = endpoint.host
        self._knows_plain = True

    def _besides(self, _: WriteRequest) -> Mapping[str, Any]:
        return {"extra_body": PLAIN} if self._knows_plain else {}

    def _invoke(self, request: WriteRequest) -> Any:
        import openai

        try:
            reply = self._ask(request)
        except openai.APIStatusError as error:
            raise _refusal(error, self._host) from error
        fingerprint = reply.response_metadata.get("system_fingerprint")
        self._revision = f"{self.model_name}@{fingerprint}" if fingerprint else self.model_name
        return reply

    def _ask(self, request: WriteRequest) -> Any:
        """Once more without the extra, when that is what the server minded: some refuse whatever they do not know."""
        import openai

        plain = self._knows_plain
        try:
            return super()._invoke(request)
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            if not plain:
                raise
            self._knows_plain = False
            try:
                return super()._invoke(request)
            except openai.APIStatusError:
                self._knows_plain = True
                raise


def _refusal(error: Any, host: str) -> WriterUnavailable:
    if error.status_code in (401, 403):
        return WriterUnavailable(
            f"The model server {host} refused the key.", "Set HOLDFAST_MODEL_KEY to one it accepts."
        )
    if error.status_code == 404:
        return WriterUnavailable(f"The model server {host} does not have this model.", "See `holdfast doctor`.")
    says = " ".join(str(error).split())[:200]
    if error.status_code in (400, 413, 422) and TOO_LONG.search(str(error)):
        return PromptTooLong(
            f"The prompt does not fit the window of the model at {host} ({says}).",
            "Serve it with a larger window (vLLM: --max-model-len, llama.cpp: -c, Ollama: num_ctx).",
        )
    return WriterUnavailable(f"The model server {host} failed ({says}).", "See the server's own log.")


def _chat_model(endpoint: Endpoint, model: str, timeout_s: float) -> BaseChatModel:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    class Chat(ChatOpenAI):
        def _get_request_payload(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
            """`max_tokens` under its old name: llama.cpp's and Ollama's servers ignore the new one and run on."""
            payload: dict[str, Any] = super()._get_request_payload(*args, **kwargs)
            if (room := payload.pop("max_completion_tokens", None)) is not None:
                payload["max_tokens"] = room
            return payload

    return Chat(
        model=model,
        base_url=endpoint.base_url,
        api_key=SecretStr(endpoint.key),
        temperature=TEMPERATURE,
        timeout=timeout_s,
        max_retries=0,
        use_responses_api=False,
        http_client=client_for(timeout_s),
        openai_proxy="",  # else OPENAI_PROXY would be taken from the environment
    )
