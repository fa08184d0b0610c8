"""The tiny model as a Writer: its own way of being asked, and a mask over the slots it may write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.domain import WriteRequest
from agent.errors import NotReady
from agent.writers.chat_model import ChatModelWriter
from agent.writers.huggingface import LocalChatModel
from agent.writers.phrasebook import phrasebook
from agent.writers.tiny.dialect import control_line, control_messages
from agent.writers.tiny.seen import Seen, TinyMask, load_seen


def load_tiny(folder: Path, device: str = "cpu") -> ChatModelWriter:
    """Raises NotReady when the folder is no model of ours, or was trained on another phrasebook."""
    facts = _facts(folder)
    if facts["phrasebook"] != phrasebook().revision:
        raise NotReady(f"The tiny model in {folder} was trained on another phrasebook.", "Train it again.")
    model = LocalChatModel.load(str(folder), device=device)
    revision = f"{facts['phrasebook']}-{facts['seed']}-{facts['steps']}"
    seen = Seen.of(model.tokenizer, *load_seen(folder))

    def steer(request: WriteRequest) -> Mapping[str, Any]:
        line = control_line(request.sheet, request.flags)
        return {"steer": lambda _, length: TinyMask(seen, request.sheet, line, length)}

    return ChatModelWriter(model, str(facts["name"]), revision, model.detail, control_messages, steer)


def _facts(folder: Path) -> Mapping[str, Any]:
    try:
        facts: Mapping[str, Any] = json.loads((folder / "holdfast.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise NotReady(f"There is no tiny model in {folder}.", "Train it first.") from error
    return facts
