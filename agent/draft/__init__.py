"""The stage that gets a message written: prompt, writer, reading, aligning, filling, judging, down the ladder."""

from __future__ import annotations

from agent.draft.align import align
from agent.draft.problems import problems as template_problems
from agent.draft.reply import read_reply
from agent.draft.request import LoadPrompt, ask, prompts_of
from agent.draft.write import FirstAnswer, answers, first_answer, write_draft

__all__ = [
    "FirstAnswer",
    "LoadPrompt",
    "align",
    "answers",
    "ask",
    "first_answer",
    "prompts_of",
    "read_reply",
    "template_problems",
    "write_draft",
]
