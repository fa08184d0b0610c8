"""What a writer is asked: the prompt of this case, filled with its sheet in labelled blocks.

Takes a sheet, an instruction and prompts; gives a WriteRequest. Required facts come first, and what was cut is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from agent.acts import act_in_words
from agent.domain import (
    MONEY_KINDS,
    Channel,
    ChatMessage,
    Fact,
    FactSheet,
    Finding,
    Instruction,
    Language,
    Sensitivity,
    Voice,
    WriteRequest,
    WriterReply,
)
from agent.draft.stand_ins import stand_in, without_persons
from agent.errors import SlotError
from agent.instructions import flag_table
from agent.language.masking import mask
from agent.situations import situations
from agent.slots import NameParts, say, slot_table
from agent.voice import voice_of
from prompts.template import PromptTemplate, Wording, load_prompt, load_wording

LoadPrompt = Callable[[str, str], PromptTemplate]
FOOTER = frozenset({"unsubscribe", "postal_address", "signature"})
MOST_CLAUSES, MOST_BACKGROUND = 3, 5
MOST_WORDS = 300
NUMBER = re.compile(r"[\d０-９]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and the name and version of the prompt behind it."""

    request: WriteRequest
    prompt: str


def ask(sheet: FactSheet, instruction: Instruction, seed: int, load: LoadPrompt = load_prompt) -> Asked:
    offered = sheet.fact("offer") is not None and sheet.offer is not None and sheet.offer.kind in MONEY_KINDS
    template = load("coupon_message" if offered else "care_message", sheet.language.value)
    words = _wording(sheet.language).words
    rendered = template.render(
        brand=sheet.brand.name_in(sheet.language),
        channel=words[sheet.channel.value],
        purpose=words[sheet.purpose.value],
        situation=situations().gist(sheet.situation, sheet.language),
        tone=words[sheet.tone.value],
        voice=_voice_in_words(voice_of(sheet.brand, sheet.language), sheet.language),
        limits=_wording(sheet.language).limits[sheet.channel.value],
        wishes=_wishes(instruction, sheet.language),
        own_words=_own_words(instruction, sheet),
        slots="\n".join(_slot_line(fact, sheet) for fact in _by_importance(sheet)) or words["none"],
        acts="\n".join(_act_lines(sheet)) or words["none"],
        policies=_capped([clause.text for clause in sheet.clauses], MOST_CLAUSES, sheet.language),
        examples=_examples(sheet),
        background=_capped(list(sheet.steer), MOST_BACKGROUND, sheet.language),
    )
    messages = tuple(ChatMessage(role, text) for role, text in rendered)
    request = WriteRequest(messages, sheet, instruction.understood, seed, _room(sheet))
    return Asked(request, f"{template.name}.{template.language}@{template.version}")


def prompts_of(variant: str | None) -> LoadPrompt:
    """Ours; with a variant `warm`, care_message_warm and coupon_message_warm in the place of the two that ask first."""

    def load(name: str, language: str) -> PromptTemplate:
        own = variant is not None and name in ("care_message", "coupon_message")
        return load_prompt(f"{name}_{variant}" if own else name, language)

    return load if variant is not None else load_prompt


def without_history(sheet: FactSheet) -> FactSheet:
    """The sheet with all that may only shape the words left out: what goes first when a prompt is too long."""
    return replace(sheet, steer=(), examples=())


def ask_again(
    asked: Asked, reply: WriterReply, findings: Sequence[Finding], load: LoadPrompt = load_prompt
) -> WriteRequest:
    """The same request, the writer's own answer and what was found in it; the seed moves on for the composer."""
    sheet = asked.request.sheet
    # the gate reads the filled message, so its remarks may quote a name or a code that no prompt shows
    listed = without_persons("\n".join(_finding_line(finding) for finding in findings), sheet)
    turns = load("revise_draft", sheet.language.value).render(findings=listed)
    messages = (
        *asked.request.messages,
        ChatMessage("assistant", reply.text),
        *(ChatMessage(role, text) for role, text in turns),
    )
    return replace(asked.request, messages=messages, seed=asked.request.seed + 1)


def _finding_line(finding: Finding) -> str:
    return f"- {finding.message}" + (f" “{finding.quote}”" if finding.quote else "")


def _wording(language: Language) -> Wording:
    return load_wording(language.value)


def _room(sheet: FactSheet) -> int:
    return {Channel.EMAIL: 400, Channel.CHAT: 250}.get(sheet.channel, 160)


def tellable(instruction: Instruction) -> tuple[str, ...]:
    """Of the words that have no flag, those a model may be told. A number in a wish is never ours to keep."""
    return tuple(words for words in instruction.not_understood if not NUMBER.search(words))


def _own_words(instruction: Instruction, sheet: FactSheet) -> str:
    """Masked and on one line: they may ask for a manner; what they ask for besides, aligner and gate do not let out."""
    joint = "；" if sheet.language is Language.ZH else "; "
    greeted = sheet.fact("salutation")
    name = greeted.value if greeted is not None else None
    names = [part for part in (name.full, name.given) if part] if isinstance(name, NameParts) else []
    told = joint.join(mask(words, names) for words in tellable(instruction))
    return told[:MOST_WORDS] or _wording(sheet.language).words["none"]


def _wishes(instruction: Instruction, language: Language) -> str:
    """What was read into flags, each in our own words."""
    said = [flag_table()[flag].meaning[language] for flag in instruction.understood]
    return ("；" if language is Language.ZH else "; ").join(said) or _wording(language).words["none"]


def _by_importance(sheet: FactSheet) -> list[Fact]:
    order = {name: place for place, name in enumerate(slot_table())}
    usable = [fact for fact in sheet.facts if fact.sensitivity is Sensitivity.QUOTE and fact.slot not in FOOTER]
    return sorted(usable, key=lambda fact: (not fact.required, order[fact.slot]))


def _voice_in_words(voice: Voice, language: Language) -> str:
    """The brand's manner in a line or two: its guide, its address, words it uses and words it does not."""
    words = _wording(language).words
    told = [voice.guide.strip()] if voice.guide.strip() else []
    if language is Language.ZH:
        told.append(words["address"].format(word=voice.address))
    told += [words["rather"].format(word=word, instead=instead) for word, instead in list(voice.prefer.items())[:12]]
    if voice.avoid:
        told.append(words["avoid"].format(words=words["joint"].join(voice.avoid[:20])))
    if voice.longest:
        told.append(words["longest"].format(n=voice.longest))
    return " ".join(told) or words["none"]


def _examples(sheet: FactSheet) -> str:
    """Templates on their own lines; a brace pair in them is a slot, so only angle brackets are tamed."""
    shown = [text.replace("<", "‹").replace(">", "›") for text in sheet.examples]
    return "\n---\n".join(shown) or _wording(sheet.language).words["none"]


def _slot_line(fact: Fact, sheet: FactSheet) -> str:
    words, spec = _wording(sheet.language).words, slot_table()[fact.slot]
    required = words["required"] if fact.required else ""
    try:
        reads = words["reads"].format(words=say(stand_in(fact, sheet.language), None, sheet))
    except SlotError:
        reads = ""
    forms = (
        words["forms"].format(forms=" ".join(f"{{{fact.slot}|{form}}}" for form in spec.forms)) if spec.forms else ""
    )
    return f"{required}{{{fact.slot}}} {spec.meaning[sheet.language]}{reads}{forms}"


def _act_lines(sheet: FactSheet) -> list[str]:
    return [f"{{act:{act.key}}} {act_in_words(act.key, sheet.language, 0)}" for act in sheet.acts]


def _capped(lines: list[str], most: int, language: Language) -> str:
    words = _wording(language).words
    if not lines:
        return words["none"]
    # A document must not be able to close the block it stands in.
    kept = [" ".join(line.split()).replace("<", "‹").replace(">", "›") for line in lines[:most]]
    if len(lines) > most:
        kept.append(words["cut"].format(n=len(lines) - most))
    return "\n".join(kept)
