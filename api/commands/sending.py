"""holdfast sending: the switch that stops every message at once, and who turned it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.terminal import Call, command

if TYPE_CHECKING:
    from agent.domain import SendingState
    from api.bootstrap import Workshop

app = typer.Typer(help="Stop all sending at once, start it again, see who did.")

ByOption = Annotated[str, typer.Option("--by", envvar="HOLDFAST_REVIEWER", help="Who turns it; kept with the moment.")]
NoteOption = Annotated[str, typer.Option("--note", help="Why; kept with it.")]


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="sending")


@command(app, "stop")
def stop(call: Call, by: ByOption, note: NoteOption = "") -> dict[str, Any]:
    """No further message is taken from the queue, by any worker, until it is started again. Nothing is lost."""
    return _turn(call, True, by, note)


@command(app, "start")
def start(call: Call, by: ByOption, note: NoteOption = "") -> dict[str, Any]:
    """Messages may leave again. What waited is judged by the gate once more before it does."""
    return _turn(call, False, by, note)


@command(app, "status")
def status(call: Call) -> dict[str, Any]:
    """Whether sending is stopped, by whom, what waits and what is real."""
    from api.bootstrap import open_workshop

    return _tell(call, open_workshop(call))


@command(app, "tell")
def tell(call: Call) -> dict[str, Any]:
    """Tell the staff's own group (HOLDFAST_ROBOT_URL) what waits for a person and was not told yet."""
    from agent.errors import NotReady
    from api.bootstrap import open_workshop
    from api.telling import tell_staff

    workshop = open_workshop(call)
    if workshop.robot is None:
        raise NotReady("no group is set that could be told", "set HOLDFAST_ROBOT_URL")
    told = tell_staff(workshop)
    call.say(f"told the {workshop.robot.name} group of {told} cases" if told else "nothing new waits")
    return {"robot": workshop.robot.name, "told": told}


@command(app, "answers")
def answers(call: Call) -> dict[str, Any]:
    """What was written back from numbers that no customer has, with the words; the newest hundred."""
    from dataclasses import asdict

    from api.bootstrap import open_workshop

    kept = open_workshop(call).store.answers.of_nobody()
    for answer in kept:
        wish = " (wants nothing more)" if answer.stopped else ""
        call.say(f"{answer.at:%Y-%m-%d %H:%M} UTC {answer.channel} {answer.address}{wish}: {answer.text}")
    if not kept:
        call.say("none: whoever wrote back is a customer whose number is on record")
    return {"answers": [{**asdict(answer), "at": answer.at.isoformat()} for answer in kept]}


def _turn(call: Call, stopped: bool, by: str, note: str) -> dict[str, Any]:
    from agent.errors import UsageError
    from api.bootstrap import open_workshop

    if not by.strip():
        raise UsageError("nobody is named", "say who turns it: --by NAME")
    workshop = open_workshop(call)
    workshop.store.sending.set(stopped, by.strip(), workshop.clock.now(), note)
    return _tell(call, workshop)


def _tell(call: Call, workshop: Workshop) -> dict[str, Any]:
    from agent.domain import DeliveryStatus

    turns = workshop.store.sending.turns()
    counts = workshop.store.outbox.counts()
    state = workshop.store.sending.state()
    waiting, at_it = counts.get(DeliveryStatus.QUEUED, 0), counts.get(DeliveryStatus.SENDING, 0)
    real = sorted(channel.value for channel in workshop.reach.real)
    call.say(f"sending is {'stopped' if state.stopped else 'not stopped'}; {waiting} queued, {at_it} being sent")
    call.say(f"real channels: {', '.join(real) or 'none, every message goes to the sink'}")
    for turn in turns[:10]:
        call.say(f"  {turn.at:%Y-%m-%d %H:%M:%S} UTC  {_did(turn)} by {turn.by}{f': {turn.note}' if turn.note else ''}")
    return {
        "stopped": state.stopped,
        "queued": waiting,
        "sending": at_it,
        "real_channels": real,
        "turns": [
            {"stopped": t.stopped, "by": t.by, "at": t.at.isoformat() if t.at else None, "note": t.note} for t in turns
        ],
    }


def _did(turn: SendingState) -> str:
    return "stopped" if turn.stopped else "started"
