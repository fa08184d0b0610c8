"""holdfast style: what reps' edits taught, to be looked at and taken back; and how a text sounds beside the brand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.terminal import Call, command

if TYPE_CHECKING:
    from agent.domain import StyleRule

app = typer.Typer(help="What edits taught about the brand's voice: list, take back, let hold again; score a text.")

ByOption = Annotated[str, typer.Option("--by", envvar="HOLDFAST_REVIEWER", help="Who does it; kept with the moment.")]
RuleArgument = Annotated[str, typer.Argument(help="The rule's id, from: holdfast style list")]


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="style")


@command(app, "list")
def list_rules(
    call: Call,
    at_least: Annotated[int, typer.Option("--at-least", min=1, help="Lessons seen in this many cases or more.")] = 2,
) -> dict[str, Any]:
    """The rules that edits taught: a change that two cases saw holds until somebody takes it back."""
    from api.bootstrap import open_workshop

    rules = open_workshop(call).store.style.rules(at_least)
    for rule in rules:
        call.say(_line(rule))
    if not rules:
        call.say("nothing was learned yet: the same change in two cases makes a rule")
    return {"rules": [_answer(rule) for rule in rules]}


@command(app, "revoke")
def revoke(call: Call, rule: RuleArgument, by: ByOption) -> dict[str, Any]:
    """Take a rule back: from now on nothing is written after it."""
    return _turn(call, rule, True, by)


@command(app, "restore")
def restore(call: Call, rule: RuleArgument, by: ByOption) -> dict[str, Any]:
    """Let a rule hold again."""
    return _turn(call, rule, False, by)


@command(app, "lint")
def lint(
    call: Call,
    text: Annotated[Path, typer.Argument(help="A text file, or - for standard input.")],
    language: Annotated[str | None, typer.Option("--language", help="zh or en (else guessed).")] = None,
) -> dict[str, Any]:
    """Score a text against the brand's voice, from 0 to 100, and say what is off."""
    import sys

    from agent.domain import Language, Words
    from agent.voice import lint as score
    from agent.voice import taught, voice_of
    from api.answers import language_of
    from api.bootstrap import open_workshop
    from api.texts import read_text

    words = sys.stdin.read() if str(text) == "-" else read_text(text)
    spoken = Language(language or language_of(words))
    workshop = open_workshop(call)
    brand = taught(workshop.brand, workshop.store.style.rules())
    report = score(Words(None, words), (), voice_of(brand, spoken), spoken)
    call.say(f"{report.score} of 100 as {brand.name_in(spoken)} speaks {spoken.value}")
    for off in report.off:
        call.say(f"  {off.kind}: {off.words}" + (f" → {off.instead}" if off.instead else ""))
    return {
        "language": spoken.value,
        "score": report.score,
        "off": [{"kind": off.kind, "words": off.words, "instead": off.instead} for off in report.off],
    }


def _turn(call: Call, rule_id: str, revoked: bool, by: str) -> dict[str, Any]:
    from agent.errors import UsageError
    from api import styling
    from api.bootstrap import open_workshop

    if not by.strip():
        raise UsageError("nobody is named", "say who does it: --by NAME")
    rule = styling.turn(open_workshop(call), rule_id, revoked, by.strip())
    call.say(_line(rule))
    return _answer(rule)


def _line(rule: StyleRule) -> str:
    lesson = rule.lesson
    change = f"{lesson.words} → {lesson.instead}" if lesson.instead else f"without: {lesson.words}"
    state = "holds" if rule.holds else f"taken back by {rule.revoked_by}"
    return f"{rule.id}  {lesson.language.value}  {change}  ({rule.cases} cases, {', '.join(rule.by)}; {state})"


def _answer(rule: StyleRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "language": rule.lesson.language.value,
        "kind": rule.lesson.kind.value,
        "words": rule.lesson.words,
        "instead": rule.lesson.instead,
        "cases": rule.cases,
        "by": list(rule.by),
        "last_at": rule.last_at.isoformat(),
        "holds": rule.holds,
        "revoked_by": rule.revoked_by,
    }
