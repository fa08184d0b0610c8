"""holdfast draft, gate: words for one customer, and the gate over a file of drafts."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from itertools import repeat
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from agent.domain import Channel, Language, Purpose, Tone
from api.terminal import Call, command


def register(app: typer.Typer) -> None:
    command(app, "draft")(draft)
    command(app, "gate")(gate)


def draft(
    call: Call,
    customer: Annotated[str, typer.Option("--customer", help="Customer id.")],
    channel: Annotated[Channel, typer.Option("--channel")],
    purpose: Annotated[Purpose, typer.Option("--purpose")] = Purpose.MARKETING,
    situation: Annotated[str | None, typer.Option("--situation", help="What to write about; else the reasons.")] = None,
    language: Annotated[Language | None, typer.Option("--language", help="Else the customer's own.")] = None,
    tone: Annotated[Tone | None, typer.Option("--tone")] = None,
    instruction: Annotated[str, typer.Option("--instruction", help="A wish in your words, zh or en.")] = "",
    model: Annotated[str | None, typer.Option("--model", help="Hub id or folder of a chat model.")] = None,
) -> dict[str, Any]:
    """Draft one message: offer decided, facts cited, checked by the gate. Nothing is sent."""
    from api.bootstrap import open_workshop
    from api.drafting import Ask, answer, draft_for

    workshop = open_workshop(call)
    if model is not None:
        workshop.write_with(model)
    ask = Ask(customer, channel, purpose, situation, language, tone, instruction)
    result = answer(draft_for(ask, workshop), workshop)
    tell(call, result)
    if result["status"] == "blocked":
        call.refuse()
    return result


def gate(
    call: Call,
    file: Annotated[Path, typer.Argument(help="JSON lines: id, channel, context, draft; - is stdin.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where the verdicts go (else stdout).")] = None,
    fail_on: Annotated[str | None, typer.Option("--fail-on", help="review or block: exit 3 when one is found.")] = None,
) -> dict[str, Any] | None:
    """Judge drafts from anywhere: one line in, one verdict out, in order. What a line may hold: api/README.md."""
    import sys

    from agent.errors import UsageError
    from api.files import written_whole
    from api.gate_input import judged

    if fail_on not in (None, "review", "block"):
        raise UsageError(f"--fail-on {fail_on} is not known", "use review or block")
    counts = {"pass": 0, "review": 0, "block": 0}
    source = nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb")
    with source as lines, written_whole(out) if out else nullcontext(sys.stdout) as target:
        blank = noted = 0
        for raw in lines:
            if not raw.strip(BLANK):
                blank += 1
                continue
            # A blank line is answered where a draft comes after it, because the nth verdict belongs to the nth line;
            # what is answered is counted, so that the counts are those of the file that was written.
            for verdict in (*repeat(judged(""), blank), judged(raw.decode("utf-8", "surrogateescape"))):
                counts[verdict["verdict"]] += 1
                noted += bool(verdict["notes"])
                _write(target, verdict)
            blank = 0
    if out is not None:
        call.say(
            f"{sum(counts.values())} drafts: {counts['pass']} pass, {counts['review']} review, {counts['block']} block"
        )
    if noted:
        call.remark(f"note: {noted} drafts hold something that nobody reads; `notes` in their verdicts says what")
    worst = {"review": counts["review"] + counts["block"], "block": counts["block"]}
    if fail_on and worst[fail_on]:
        call.refuse()
    return {**counts, "out": str(out)} if out else None


def _tell_way(call: Call, result: dict[str, Any]) -> None:
    if result["rerouted"]:
        way = result["rerouted"]
        call.say(f"{way['from']} was asked for; it goes by {way['to']} instead: {way['because']}")


BLANK = b" \t\r\n\xef\xbb\xbf"


def _write(target: TextIO, verdict: Mapping[str, Any]) -> None:
    """One line, readable where it can be: what the target cannot hold, or would break the line, is escaped."""
    import json

    line = json.dumps(verdict, ensure_ascii=False)
    try:
        line.encode(target.encoding or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(verdict)
    target.write((line if len(line.splitlines()) == 1 else json.dumps(verdict)) + "\n")


def tell(call: Call, result: dict[str, Any]) -> None:
    """A draft for a person to read: words, offer, sources, findings, why."""
    if result["body"] is None:
        call.say(f"{result['status']}: {result['offer_because']}")
        _tell_way(call, result)
        return
    offer = result["offer"]
    writer = result["writer"]
    after = f", after {', '.join(writer['fell_back_from'])} could not" if writer["fell_back_from"] else ""
    call.say(f"draft {result['draft_id']} · {result['situation']} · {result['verdict']} · by {writer['name']}{after}")
    _tell_way(call, result)
    call.say(f"offer: {offer['id'] if offer else 'none'} ({result['offer_because']})\n")
    if result["subject"]:
        call.say(f"{result['subject']}\n")
    call.say(result["body"] + "\n")
    for span in result["spans"]:
        text = (result["subject"] if span["field"] == "subject" else result["body"])[span["start"] : span["end"]]
        call.say(f"  {text!r} ← {span['kind']} {span['source']['type']}:{span['source']['id']}")
    for finding in result["violations"]:
        call.say(f"  ! {finding['severity']} {finding['rule']}: {finding['message']}")
    if unheard := result["instruction"]["not_understood"]:
        call.say(f"  not understood: {'; '.join(unheard)}")
    if told := result["instruction"]["passed_on"]:
        call.say(f"  told to the model as it stands, so look whether it was kept: {'; '.join(told)}")
    call.say(f"\nwhy: {result['explanation']['rep']}")
