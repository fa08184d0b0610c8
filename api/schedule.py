"""The lines that make a machine run an installation by itself: for cron, and for systemd. Paths in, text out.

Both change to the folder in which they were asked for first, because a `.env` with the settings lies there.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """Where this installation stands; every path absolute."""

    executable: Path
    home: Path
    folder: Path
    working: Path


def place_of(home: Path, folder: Path | None) -> Place:
    """`folder` is where the shop's exports will lie: beside the home, unless one is named."""
    beside = Path(sys.executable).parent / "holdfast"
    found = beside if beside.exists() else Path(shutil.which("holdfast") or beside)
    home = home.resolve()
    return Place(found.absolute(), home, (folder or home.parent / "incoming").resolve(), Path.cwd())


def cron(place: Place) -> str:
    """Six in the morning, every day, and the server after a restart of the machine."""
    daily = _shell(place, "daily", "--folder", str(place.folder))
    serve = _shell(place, "serve")
    log = shlex.quote(str(place.home / "daily.log"))
    return f"0 6 * * *  {daily} >> {log} 2>&1".replace("%", "\\%") + f"\n@reboot    {serve}".replace("%", "\\%")


def systemd(place: Place) -> dict[str, str]:
    """File name under /etc/systemd/system → its text."""
    return {
        "holdfast.service": _unit(
            "Holdfast: console, API and worker",
            _service(place, "simple", "serve") + "Restart=on-failure\n",
            install="multi-user.target",
        ),
        "holdfast-daily.service": _unit(
            "Holdfast: the work of a day", _service(place, "oneshot", "daily", "--folder", str(place.folder))
        ),
        "holdfast-daily.timer": _unit(
            "Holdfast: every morning at six",
            "[Timer]\nOnCalendar=*-*-* 06:00:00\nPersistent=true\n",
            install="timers.target",
        ),
    }


def _shell(place: Place, *arguments: str) -> str:
    command = shlex.join([str(place.executable), *arguments, "--home", str(place.home)])
    return f"cd {shlex.quote(str(place.working))} && {command}"


def _service(place: Place, kind: str, *arguments: str) -> str:
    words = [str(place.executable), *arguments, "--home", str(place.home)]
    command = " ".join(_quoted(word) for word in words)
    working = str(place.working).replace("%", "%%")
    return f"[Service]\nType={kind}\nWorkingDirectory={working}\nExecStart={command}\n"


def _quoted(word: str) -> str:
    plain = word.replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{plain}"' if any(character in word for character in " \t'\"\\;") else plain


def _unit(description: str, middle: str, install: str = "") -> str:
    end = f"\n[Install]\nWantedBy={install}\n" if install else ""
    return f"[Unit]\nDescription={description}\n\n{middle}{end}"
