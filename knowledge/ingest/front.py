"""Front matter: the lines between two `---` at the head of a text. Ours is read and checked, others' is left alone."""

from __future__ import annotations

import difflib

from knowledge.errors import DocumentUnreadable
from knowledge.ingest.keys import FRONT, key_of

DRAFT = frozenset({"true", "yes", "draft", "1"})


def split(text: str, where: str) -> tuple[dict[str, str], str, list[str]]:
    """Front matter, the rest, and remarks. Raises DocumentUnreadable naming a line that means one of our keys but
    isn't."""
    lines = text.split("\n")
    if not lines or lines[0].strip() != "---":
        return {}, text, []
    front: dict[str, str] = {}
    remarks: list[str] = []
    last = ""
    for number, line in enumerate(lines[1:], start=2):
        if line.strip() in ("---", "..."):
            return front, "\n".join(lines[number:]), remarks
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line.startswith((" ", "\t", "-")) and last:  # a list or a folded value under the last key
            front[last] = f"{front.get(last, '')}, {line.strip().lstrip('-').strip()}".strip(", ")
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise DocumentUnreadable(
                f"{where}, line {number}: {line.strip()!r} is no front matter", "write `key: value`"
            )
        last = _key(name.strip(), where, number, remarks)
        front[last] = value.split(" #")[0].strip().strip("\"'").lstrip("|>").strip()
    raise DocumentUnreadable(f"{where}: the front matter never ends", "close it with a line ---")


def _key(name: str, where: str, number: int, remarks: list[str]) -> str:
    key = key_of(name)
    if key in FRONT:
        return key
    if near := difflib.get_close_matches(name.lower(), FRONT, n=1, cutoff=0.75):
        raise DocumentUnreadable(
            f"{where}, line {number}: {name!r} is no front matter that we know",
            f"write {near[0]!r}; we know: {', '.join(sorted(FRONT))}",
        )
    if name.lower() not in ("draft", "status", "description", "layout", "tags", "author", "version", "published"):
        remarks.append(f"front matter {name!r} means nothing to us")
    return f"other {name.lower()}"


def is_draft(front: dict[str, str]) -> bool:
    """Whether the writer says that it is not in force yet."""
    return front.get("other draft", "").lower() in DRAFT or front.get("other status", "").lower() in ("draft", "草稿")
