"""What a message to one sheet may look like, as a grammar: free text without digits and braces, or a whole slot.

Takes a sheet, gives EBNF as xgrammar reads it. The shape is the one that the prompts ask for: a subject and an empty
line where the channel has them, paragraphs in an e-mail or a chat, one line in a text or a push, and nothing after the
sign-off. Numbers in words (三月, half) are left to the aligner and the gate; what must be said is checked afterwards.
"""

from __future__ import annotations

from agent.domain import Channel, FactSheet, Language, Sensitivity
from agent.slots import slot_table

PUT_IN_AFTERWARDS = frozenset({"unsubscribe", "postal_address", "signature"})
SIGN_OFF = "sign_off"
MOST_LINES = 16
"""Lines of a mail or an answer; a model that runs on is stopped here at the latest."""
FREE = (
    r"[\u0020-\u002f\u003a-\u007a|~\u00a0-\ud7ff\uf900-\uff0f\uff1a-\uff5a\uff5c\uff5e-\uffef"
    r"\U0001f000-\U0001faff\U00020000-\U000323af]"
)
"""Any character but control characters, digits and braces. What is not allowed is not listed (`[^0-9{}]`), because that
lets half characters through: bytes that are no UTF-8."""
ROWS = {Channel.EMAIL: MOST_LINES, Channel.CHAT: MOST_LINES, Channel.SMS: 1, Channel.PUSH: 1}
HEADS = {Language.ZH: "主题：", Language.EN: "Subject: "}
WITH_SUBJECT = frozenset({Channel.EMAIL, Channel.PUSH})
THOUGHT = 'thought ::= ([^<] | "<" [^/])* "</think>" "\\n"*'
"""For a chat template that opens a thought itself: thoughts are free, and taken off afterwards."""


def grammar_of(sheet: FactSheet, thinking: bool = False) -> str:
    """EBNF for this sheet; the same text for sheets that allow the same, so that it is compiled once.

    A blank may lead, because some tokenizers begin every text with one. The slots stand inside `line` and have no rule
    of their own: xgrammar then knows beforehand what nearly every token does, which is a thousand times quicker.
    """
    start = [
        '" "?',
        *(["thought"] if thinking else []),
        *(["subject"] if sheet.channel in WITH_SUBJECT else []),
        "body",
    ]
    rules = [f"root ::= {' '.join(start)}", *([THOUGHT] if thinking else [])]
    if sheet.channel in WITH_SUBJECT:
        rules.append(f'subject ::= "{HEADS[sheet.language]}" line "\\n\\n"')
    signed = sheet.fact(SIGN_OFF) is not None
    more = f" (gap line){{0,{ROWS[sheet.channel] - 1}}}" if ROWS[sheet.channel] > 1 else ""
    rules += [f"body ::= line{more}{' (gap? sign_off)?' if signed else ''}", 'gap ::= "\\n" "\\n"?']
    rules.append(f"line ::= ({' | '.join([FREE, *_slots(sheet)])})+")
    rules += [f"sign_off ::= {' | '.join(_forms(SIGN_OFF))}"] if signed else []
    return "\n".join(rules)


def _slots(sheet: FactSheet) -> list[str]:
    """Every mark that may be said, in the order of the sheet; the sign-off has a place of its own, at the end."""
    apart = PUT_IN_AFTERWARDS | {SIGN_OFF}
    quotable = [fact.slot for fact in sheet.facts if fact.sensitivity is Sensitivity.QUOTE and fact.slot not in apart]
    facts = [mark for slot in dict.fromkeys(quotable) for mark in _forms(slot)]
    return sorted([*facts, *(f'"{{act:{act.key}}}"' for act in sheet.acts)])


def _forms(slot: str) -> list[str]:
    return [f'"{{{slot}}}"', *(f'"{{{slot}|{form}}}"' for form in slot_table()[slot].forms)]
