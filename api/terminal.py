"""How every command speaks: the four options that all share, one JSON line or words, errors with a remedy, progress.

A command is a plain function whose first parameter is `Call`; `command` adds `--home --now --seed --json` and turns
what it returns into the answer. stdout carries the answer only; progress and remarks go to stderr.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import signal
import sys
import textwrap
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

DONE, FAILED, USAGE, REFUSED = 0, 1, 2, 3
WIDTH = 120
F = TypeVar("F", bound=Callable[..., Any])


class Stopped(Exception):
    """Ctrl-C in the middle of a command."""


class Exit(Exception):
    """A command ends with this code after its answer was given."""

    def __init__(self, code: int) -> None:
        self.code = code


@dataclass
class Call:
    """What every command was asked with."""

    home: Path | None
    now: datetime | None
    seed: int
    as_json: bool
    exit_code: int = DONE

    def say(self, text: str = "") -> None:
        """Words for a person; nothing in JSON mode."""
        if not self.as_json:
            sys.stdout.write(text + "\n")

    def say_all(self, lines: Iterable[tuple[str, str]]) -> None:
        """Names and values below one another, a long value wrapped under its own beginning."""
        for name, value in lines:
            head = f"    {name:<24} "
            under = " " * len(head)
            for paragraph in value.split("\n"):
                self.say(
                    "\n".join(textwrap.wrap(paragraph, WIDTH, initial_indent=head, subsequent_indent=under)) or head
                )
                head = under

    def show(self, renderable: Any) -> None:
        """A rich table or panel; nothing in JSON mode."""
        if not self.as_json:
            from rich.console import Console

            # Piped into a file there is no width to fit: let no column be cut.
            Console(width=None if sys.stdout.isatty() else 200).print(renderable)

    def remark(self, text: str) -> None:
        """Something worth knowing that is not the answer."""
        sys.stderr.write(text + "\n")

    def refuse(self) -> None:
        """The gate said no: the command did its work, and says so by its exit code."""
        self.exit_code = REFUSED

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[str, float], None]]:
        """A bar on a terminal; elsewhere one line a step, so that a log shows where it is."""
        if self.as_json and not sys.stderr.isatty():
            yield lambda _step, _share: None
            return
        if not sys.stderr.isatty():
            yield _Lines(title)
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task(title, total=1.0)
            yield lambda step, share: bars.update(task, description=f"{title}: {step}", completed=share)


class _Lines:
    """One line when a new kind of step begins, and one for each tenth of the way."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._kind = ""
        self._share = 0.0

    def __call__(self, step: str, share: float) -> None:
        kind = re.split(r"[:,\d]", step)[0]
        if kind != self._kind or share >= self._share + 0.1:
            sys.stderr.write(f"  {self._title}: {step}\n")
            self._kind, self._share = kind, share


HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Home folder (else HOLDFAST_HOME, else holdfast-home).")
]
NowOption = Annotated[str | None, typer.Option("--now", help="Take this ISO moment for now.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of everything random.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One line of JSON on stdout, errors too.")]


def command(app: typer.Typer, name: str) -> Callable[[F], F]:
    """Register a function as a command with the shared options."""

    def register(function: F) -> F:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
        shared = [
            inspect.Parameter("home", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=HomeOption),
            inspect.Parameter("now", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=NowOption),
            inspect.Parameter("seed", inspect.Parameter.KEYWORD_ONLY, default=0, annotation=SeedOption),
            inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=JsonOption),
        ]
        keyword_only = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]

        def run(**given: Any) -> None:
            call = Call(given.pop("home"), moment(given.pop("now")), given.pop("seed"), given.pop("as_json"))
            with _interruptible() as asked_to_stop:
                try:
                    answer = function(call, **given)
                except (Exception, KeyboardInterrupt) as error:
                    # A reader that was interrupted may dress it up as an error of its own.
                    if asked_to_stop or isinstance(error, KeyboardInterrupt):
                        raise Stopped from error
                    raise
            if call.as_json and answer is not None:
                write_json(answer)
            if call.exit_code != DONE:
                raise Exit(call.exit_code)

        run.__signature__ = inspect.Signature(keyword_only + shared)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in keyword_only + shared}
        run.__doc__, run.__name__ = function.__doc__, function.__name__
        app.command(name)(run)
        return function

    return register


@contextmanager
def _interruptible() -> Iterator[list[int]]:
    """Remembers that Ctrl-C was pressed, whatever becomes of the KeyboardInterrupt on its way up."""
    pressed: list[int] = []

    def note(number: int, _frame: object) -> None:
        pressed.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def moment(text: str | None) -> datetime | None:
    """An aware moment from ISO text; a bare one is UTC, a day is its first minute."""
    if text is None:
        return None
    from agent.errors import UsageError

    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no moment", "write it like 2026-03-01 or 2026-03-01T09:30:00+08:00") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def write_json(data: Any) -> None:
    """Exactly one line on stdout. No NaN: that is not JSON."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, default=str, allow_nan=False) + "\n")


def run(app: typer.Typer, arguments: list[str]) -> int:
    """Run the command line and return its exit code; every failure is one plain sentence with its remedy."""
    as_json = "--json" in arguments
    try:
        result = app(arguments, standalone_mode=False)
    except Exit as done:
        return done.code
    except typer.Exit as done:
        return done.exit_code
    except (Stopped, KeyboardInterrupt, typer.Abort):
        return _fail(as_json, FAILED, "stopped", "Stopped. What was finished is kept.", "Run the same command again.")
    except BrokenPipeError:
        return FAILED
    except Exception as error:
        return _answer(error, as_json)
    return result if isinstance(result, int) else DONE


def _answer(error: Exception, as_json: bool) -> int:
    name = getattr(error, "code", None)
    if isinstance(name, str) and hasattr(error, "remedy"):
        code = {"usage": USAGE, "gate_refused": REFUSED}.get(name, FAILED)
        return _fail(as_json, code, name, error.message, error.remedy)  # type: ignore[attr-defined]
    if hasattr(error, "format_message"):  # the command line itself was wrong
        place = getattr(getattr(error, "ctx", None), "command_path", None) or "holdfast"
        said = error.format_message().replace("Value error, ", "")  # the words before ours are of a library
        return _fail(as_json, USAGE, "usage", said, f"See: {place} --help")
    if isinstance(error, OSError):
        full = " The disk is full." if error.errno == 28 else ""
        message = f"{error.filename or 'A file'} cannot be used: {error.strerror}.{full}"
        return _fail(as_json, FAILED, "file", message, "Nothing was half-written; put it right and run it again.")
    if "HOLDFAST_DEBUG" in os.environ:
        raise error
    message = f"{type(error).__name__}: {error}"
    return _fail(as_json, FAILED, "fault", message, "This is a fault of ours: HOLDFAST_DEBUG=1 shows where.")


def _fail(as_json: bool, exit_code: int, code: str, message: str, remedy: str) -> int:
    if as_json:
        write_json({"error": {"code": code, "message": message, "remedy": remedy}})
    else:
        sys.stderr.write(f"{message}\n" + (f"→ {remedy}\n" if remedy else ""))
    return exit_code
