"""A local Hugging Face chat model: a folder or a hub id, loaded with transformers, seen as a LangChain chat model.

Takes messages, gives one reply with its token counts. Nothing is downloaded unless the user named a hub id and the hub
is not switched off. What device and number format were chosen, and why, is kept for the stamp on every draft.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import ConfigDict, PrivateAttr

from agent.errors import NotReady, PromptTooLong, WriterUnavailable
from agent.writers.model_folder import check_folder, fingerprint, is_folder, offline

ROLES = {"human": "user", "ai": "assistant", "system": "system"}
CHINESE = "您好，感谢您一直以来的光临，这张八折券请在九月三十日前使用，祝您生活愉快。"
LEAST_ROOM = 0.5
"""Share of the asked length that must be left in the window; with less the message would be cut."""
NO_LIMIT = 1_000_000
Steer = Callable[[Any, int], Any]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a model runs and in which number format, and why."""

    device: str
    dtype: str
    because: str


def choose_placement(device: str = "auto") -> Placement:
    """cuda in bfloat16, else Apple's mps in float16, else the processor in float32."""
    import torch

    if device in ("auto", "cuda") and torch.cuda.is_available():
        half = torch.cuda.is_bf16_supported()
        name = torch.cuda.get_device_name(0)
        return Placement("cuda", "bfloat16" if half else "float16", f"a GPU is there ({name})")
    if device in ("auto", "mps") and torch.backends.mps.is_available():
        return Placement("mps", "float16", "an Apple GPU is there")
    if device not in ("auto", "cpu"):
        raise NotReady(f"The device “{device}” was asked for and is not there.", "Use auto or cpu.")
    why = "it was asked for" if device == "cpu" else "no GPU was found"
    return Placement("cpu", "float32", f"{why}; float32 because most processors are slow in half precision")


class LocalChatModel(BaseChatModel):
    """A causal language model with a chat template. Make it with `LocalChatModel.load`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    where: str
    temperature: float = 0.7
    top_p: float = 0.95
    placement: Placement
    revision: str = ""
    _tokenizer: Any = PrivateAttr()
    _model: Any = PrivateAttr()
    _lock: Any = PrivateAttr(default_factory=threading.Lock)

    @classmethod
    def load(cls, where: str, device: str = "auto", revision: str | None = None) -> LocalChatModel:
        """Raises NotReady, with the remedy, when the folder is missing, half-copied or has no chat template."""
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # stderr belongs to the command that asked
        placement = choose_placement(device)
        folder = is_folder(where)
        if folder:
            check_folder(where)
        options: dict[str, Any] = {"local_files_only": folder or offline()}
        if revision and not folder:
            options["revision"] = revision
        try:
            tokenizer = AutoTokenizer.from_pretrained(where, **options)
            model = AutoModelForCausalLM.from_pretrained(where, dtype=placement.dtype, **options)
        except (OSError, ValueError, KeyError) as error:
            raise _cannot_load(where, folder, error) from error
        if not getattr(tokenizer, "chat_template", None):
            raise NotReady(f"The model {where} has no chat template.", "Take an “instruct” or “chat” model.")
        model.to(placement.device).eval()
        exact = fingerprint(where) if folder else getattr(model.config, "_commit_hash", None) or revision or ""
        chat = cls(where=where, placement=placement, revision=exact)
        chat._tokenizer, chat._model = tokenizer, model
        return chat

    @property
    def tokenizer(self) -> Any:
        return self._tokenizer

    @property
    def detail(self) -> Mapping[str, str]:
        place = self.placement
        found = {
            "model": self.where,
            "revision": self.revision,
            "device": place.device,
            "dtype": place.dtype,
            "because": place.because,
        }
        if (lost := self.chinese_lost) > 0:
            found["chinese"] = f"the tokenizer loses {lost:.0%} of a Chinese sentence"
        return found

    @property
    def window(self) -> int | None:
        """Tokens that prompt and answer may have together; None where the model names no limit."""
        config = getattr(self._model.config, "text_config", None) or self._model.config
        names = ("max_position_embeddings", "n_positions", "max_sequence_length", "seq_length")
        told = [getattr(config, name, None) for name in names] + [getattr(self._tokenizer, "model_max_length", None)]
        limits = [int(limit) for limit in told if isinstance(limit, int | float) and 0 < limit < NO_LIMIT]
        return min(limits, default=None)

    @cached_property
    def chinese_lost(self) -> float:
        """Share of a Chinese sentence that does not come back from the tokenizer: 0 is right, 1 is none of it."""
        tokens = self._tokenizer.encode(CHINESE, add_special_tokens=False)
        back = Counter(self._tokenizer.decode(tokens, skip_special_tokens=True))
        return 1 - sum((Counter(CHINESE) & back).values()) / len(CHINESE)

    @property
    def _llm_type(self) -> str:
        return "holdfast-local"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        """One reply. `seed`, `max_tokens`, `timeout` as in the Writer port; `steer` may add a logits processor."""
        import torch

        del run_manager
        seconds = float(kwargs.get("timeout", 60.0))
        with self._lock, torch.inference_mode(), torch.random.fork_rng():
            torch.manual_seed(int(kwargs.get("seed", 0)))
            inputs = self._inputs(messages)
            length = inputs["input_ids"].shape[1]
            started = time.monotonic()
            room = self._room(length, int(kwargs.get("max_tokens", 400)))
            options = self._options(stop, seconds, room, kwargs.get("steer"), length)
            output = self._model.generate(**inputs, **options)[0, length:]
        ended = bool(len(output)) and (int(output[-1]) in self._end_ids() or bool(stop))
        if not ended and time.monotonic() - started >= seconds:
            raise WriterUnavailable(
                f"The model {self.where} was not done in {seconds:.0f} seconds.", "Give it more time."
            )
        text = self._tokenizer.decode(output, skip_special_tokens=True)
        for mark in stop or ():
            text = text.split(mark)[0]
        return _result(text, length, len(output), ended)

    def _room(self, length: int, wanted: int) -> int:
        """How long the answer may be. Beyond its window a model writes nonsense, or breaks off the process."""
        if self.window is None:
            return wanted
        left = self.window - length
        if left < wanted * LEAST_ROOM:
            raise PromptTooLong(
                f"The prompt has {length} tokens and the model {self.where} takes {self.window}, answer included.",
                "Take a model with a larger window.",
            )
        return min(wanted, left)

    def _inputs(self, messages: Sequence[BaseMessage]) -> Any:
        """Ids by the model's own template. Templates without a system role get its words in front of the first turn."""
        turns = [{"role": ROLES[message.type], "content": str(message.content)} for message in messages]
        options: dict[str, Any] = {"add_generation_prompt": True, "return_tensors": "pt", "return_dict": True}
        try:
            inputs = self._tokenizer.apply_chat_template(turns, enable_thinking=False, **options)
        except Exception:  # jinja's own error class; any template that refuses gets the plainer turns
            inputs = self._tokenizer.apply_chat_template(_without_system(turns), **options)
        return inputs.to(self.placement.device)

    def _options(
        self, stop: list[str] | None, seconds: float, room: int, steer: Steer | None, length: int
    ) -> dict[str, Any]:
        from transformers import LogitsProcessorList, MaxTimeCriteria, StoppingCriteriaList

        options: dict[str, Any] = {
            "max_new_tokens": room,
            "do_sample": self.temperature > 0,
            "stopping_criteria": StoppingCriteriaList([MaxTimeCriteria(max_time=seconds)]),
            "pad_token_id": self._pad_id(),
        }
        if self.temperature > 0:
            options |= {"temperature": self.temperature, "top_p": self.top_p}
        if stop:
            options |= {"stop_strings": stop, "tokenizer": self._tokenizer}
        processor = steer(self._tokenizer, length) if steer else None
        if processor is not None:
            options["logits_processor"] = LogitsProcessorList([processor])
        return options

    def _end_ids(self) -> frozenset[int]:
        ends = self._model.generation_config.eos_token_id
        if ends is None:
            ends = self._tokenizer.eos_token_id
        return frozenset(ends if isinstance(ends, list) else [ends])

    def _pad_id(self) -> int | None:
        pad = self._tokenizer.pad_token_id
        return pad if pad is not None else next(iter(self._end_ids()))


def _without_system(turns: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    system = "\n\n".join(turn["content"] for turn in turns if turn["role"] == "system")
    rest = [dict(turn) for turn in turns if turn["role"] != "system"]
    if system and rest:
        rest[0]["content"] = f"{system}\n\n{rest[0]['content']}"
    return rest


def _result(text: str, tokens_in: int, tokens_out: int, ended: bool) -> ChatResult:
    message = AIMessage(
        text.strip(),
        usage_metadata={
            "input_tokens": tokens_in,
            "output_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        },
        response_metadata={"finish_reason": "stop" if ended else "length"},
    )
    return ChatResult(generations=[ChatGeneration(message=message)])


def _cannot_load(where: str, folder: bool, error: Exception) -> NotReady:
    first = str(error).strip().split("\n")[0][:300]
    if "does not recognize this architecture" in str(error) or ("model type" in first and "recogni" in first):
        remedy = "Update transformers, or serve the model elsewhere (vLLM, llama.cpp) and give its URL."
    elif "Unrecognized configuration class" in str(error):
        first = "it is no model that writes on from a prompt (a causal language model)"
        remedy = "Take an “instruct” or “chat” model."
    elif folder:
        remedy = "Copy the folder again, or update transformers if the model is newer than it."
    elif offline():
        remedy = "The hub is switched off (HF_HUB_OFFLINE); give a folder, or download the model once with it on."
    else:
        remedy = "Check the hub id and the network, or give a folder."
    return NotReady(f"The model {where} cannot be loaded: {first}", remedy)
