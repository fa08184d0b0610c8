"""Any LangChain chat model behind the Writer port.

Takes a WriteRequest, asks the model once, gives a WriterReply. Whatever goes wrong on the model's side (not there, too
slow, out of memory, a server's error) is WriterUnavailable, so that the next writer has its turn.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agent.domain import ChatMessage, WriteRequest, WriterReply
from agent.errors import WriterUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

Prepare = Callable[[WriteRequest], Sequence[ChatMessage]]
Extra = Callable[[WriteRequest], Mapping[str, Any]]
GRACE_S = 5.0  # a model that keeps its own time gets this long to say so itself


class ChatModelWriter:
    """A Writer over a LangChain chat model.

    `prepare` makes the messages (default: those of the request), `extra` further arguments for the model's call.
    `detail` (device, dtype, why they were chosen) is stamped on every draft.
    """

    def __init__(
        self,
        model: BaseChatModel,
        name: str,
        revision: str = "",
        detail: Mapping[str, str] | None = None,
        prepare: Prepare | None = None,
        extra: Extra | None = None,
        grace_s: float | None = None,
    ) -> None:
        self._model = model
        self._name = name
        self._revision = revision
        self.detail: Mapping[str, str] = dict(detail or {})
        self._prepare = prepare or (lambda request: request.messages)
        self._read_words = prepare is None
        self._extra = extra or (lambda _: {})
        self._grace_s = grace_s
        self._knows_requests = bool(getattr(model, "knows_requests", False))

    @property
    def name(self) -> str:
        return self._name

    @property
    def revision(self) -> str:
        return self._revision

    def write(self, request: WriteRequest) -> WriterReply:
        """One answer. Raises WriterUnavailable when there is none within `request.timeout_s` seconds."""
        grace = GRACE_S if self._grace_s is None else self._grace_s
        reply = _in_time(lambda: self._invoke(request), request.timeout_s, self._name, grace)
        usage: Mapping[str, Any] = reply.usage_metadata or {}
        reason = reply.response_metadata.get("finish_reason")
        return WriterReply(
            text=_text(reply.content),
            tokens_in=int(usage.get("input_tokens", 0)),
            tokens_out=int(usage.get("output_tokens", 0)),
            finished=reason != "length",
            read_words=self._read_words,
        )

    def _invoke(self, request: WriteRequest) -> Any:
        messages = [_message(message) for message in self._prepare(request)]
        known: dict[str, Any] = {"urgent": request.urgent, "sheet": request.sheet} if self._knows_requests else {}
        with untraced():
            return self._model.invoke(
                messages,
                seed=request.seed,
                max_tokens=request.max_tokens,
                timeout=request.timeout_s,
                **known,
                **self._extra(request),
            )


@contextmanager
def untraced() -> Iterator[None]:
    """LangChain sends prompts to a tracing service when the environment says so; ours hold customers, so never."""
    from langsmith import tracing_context

    for name in ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER"):  # the old way of asking for it, now an error in LangChain
        os.environ.pop(name, None)
    with tracing_context(enabled=False, parent=False):
        yield


def _message(message: ChatMessage) -> BaseMessage:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    kinds: Mapping[str, type[BaseMessage]] = {"system": SystemMessage, "assistant": AIMessage, "user": HumanMessage}
    return kinds[message.role](message.content)


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in parts)


def _in_time(call: Callable[[], Any], seconds: float, name: str, grace: float) -> Any:
    """The call's answer, waited for in a thread of its own: not every model keeps its own time."""
    answer: list[Any] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            answer.append(call())
        except Exception as error:  # any library's error, whatever its class, means the same to us
            failure.append(error)

    thread = threading.Thread(target=run, name=f"writer-{name}", daemon=True)
    thread.start()
    thread.join(seconds + grace)
    if failure:
        error = failure[0]
        if isinstance(error, WriterUnavailable):
            raise error
        raise WriterUnavailable(
            f"The writer {name} failed: {type(error).__name__}: {error}", "See `holdfast doctor`."
        ) from error
    if not answer:
        raise WriterUnavailable(f"The writer {name} gave no answer in {seconds:.0f} seconds.", "Give it more time.")
    return answer[0]
