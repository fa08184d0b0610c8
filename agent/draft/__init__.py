"""The stage that gets a message written: prompt, writer, reading, aligning, filling, judging, down the ladder."""

from __future__ import annotations

from agent.draft.align import align
from agent.draft.problems import problems as template_problems
from agent.draft.reply import Template, read_reply
from agent.draft.request import LoadPrompt, ask, prompts_of
from agent.draft.write import FirstAnswer, answers, draft_id_of, first_answer, shaped, write_draft

__all__ = [
    "FirstAnswer",
    "LoadPrompt",
    "Template",
    "align",
    "answers",
    "ask",
    "draft_id_of",
    "first_answer",
    "prompts_of",
    "read_reply",
    "shaped",
    "template_problems",
    "write_draft",
]
