"""Whatever a chat model does, the ladder sees either words or WriterUnavailable."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from agent.domain import ChatMessage, FactSheet, WriteRequest
from agent.errors import WriterUnavailable
from agent.writers import chat_model
from agent.writers.chat_model import ChatModelWriter

Make = Callable[..., FactSheet]


class EchoModel(BaseChatModel):
    """Answers with the roles it heard and the arguments it was given; can be slow or broken."""

    sleeps: float = 0.0
    breaks: bool = False
    reason: str = "stop"

    @property
    def _llm_type(self) -> str:
        return "echo"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        time.sleep(self.sleeps)
        if self.breaks:
            raise MemoryError("no room on the device")
        heard = " ".join(message.type for message in messages)
        usage = {"input_tokens": 7, "output_tokens": 3, "total_tokens": 10}
        message = AIMessage(
            f"{heard} seed={kwargs['seed']} max={kwargs['max_tokens']}",
            usage_metadata=usage,  # type: ignore[arg-type]
            response_metadata={"finish_reason": self.reason},
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


def a_request(sheet: FactSheet, timeout_s: float = 20.0) -> WriteRequest:
    turns = tuple(ChatMessage(role, "words") for role in ("system", "user", "assistant", "user"))
    return WriteRequest(turns, sheet, seed=5, max_tokens=99, timeout_s=timeout_s)


def test_roles_seed_room_and_counts_travel(make_sheet: Make) -> None:
    reply = ChatModelWriter(EchoModel(), "echo", "1").write(a_request(make_sheet("en")))
    assert reply.text == "system human ai human seed=5 max=99"
    assert (reply.tokens_in, reply.tokens_out, reply.finished) == (7, 3, True)


def test_an_answer_that_ran_out_of_room_is_not_finished(make_sheet: Make) -> None:
    writer = ChatModelWriter(EchoModel(reason="length"), "echo")
    assert not writer.write(a_request(make_sheet("en"))).finished


def test_a_broken_model_is_an_unavailable_writer(make_sheet: Make) -> None:
    with pytest.raises(WriterUnavailable, match="no room on the device"):
        ChatModelWriter(EchoModel(breaks=True), "echo").write(a_request(make_sheet("en")))


def test_a_model_that_never_answers_is_an_unavailable_writer(make_sheet: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_model, "GRACE_S", 0.0)
    with pytest.raises(WriterUnavailable, match="no answer"):
        ChatModelWriter(EchoModel(sleeps=3.0), "echo").write(a_request(make_sheet("en"), timeout_s=0.05))
