"""JSON → blocks: names that occur once are headings, names that many objects share are fields.

A guide kept as JSON tells its rules under names ("Initiate Refund") and repeats its structure ("actions", "text") in
each; so a name shared by several objects is structure and is left out, and its words go to the heading above it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from knowledge.errors import DocumentUnreadable
from knowledge.ingest.blocks import Block, Content, heading, paragraph
from knowledge.ingest.sheet import table_blocks
from knowledge.ingest.text import decode, tidy

SHORT = 20
"""A single value shorter than this is a property of what stands above it, not a rule with a name."""
MOST_NUMBERS = 0.3
"""A file with more of its values in numbers than this is data, not words for people."""


def read_json(raw: bytes, where: str) -> Content:
    text, remarks = decode(raw, where)
    try:
        tree = json.loads(text)
    except ValueError as error:
        raise DocumentUnreadable(f"{where} is no JSON ({error})", "correct it where it says") from error
    leaves = list(_leaves(tree))
    if not leaves or sum(not isinstance(leaf, str) for leaf in leaves) > MOST_NUMBERS * len(leaves):
        raise DocumentUnreadable(f"{where} is data, not text for people", "leave it out of the folder")
    shared = Counter(_keys(tree))
    return Content(tuple(_blocks(tree, {key for key, count in shared.items() if count > 1}, 1)), remarks=tuple(remarks))


def _keys(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        yield from tree
    for below in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _keys(below)


def _leaves(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict | list):
        for below in tree.values() if isinstance(tree, dict) else tree:
            yield from _leaves(below)
    elif tree is not None:
        yield tree


def _blocks(tree: Any, fields: set[str], level: int) -> Iterator[Block]:
    if isinstance(tree, list) and tree and all(isinstance(item, dict) for item in tree) and level == 1:
        names = list(dict.fromkeys(key for item in tree for key in item))
        flat = [[_words(item.get(name)) for name in names] for item in tree]
        yield from table_blocks([names, *flat])
    elif isinstance(tree, dict):
        for key, below in tree.items():
            if key in fields or (not isinstance(below, dict | list) and len(_words(below)) < SHORT):
                yield from _blocks(below, fields, level)
            else:
                yield heading(key, min(level, 6))
                yield from _blocks(below, fields, level + 1)
    elif text := _words(tree):
        yield paragraph(text)


def _words(tree: Any) -> str:
    """Everything below, as lines."""
    if isinstance(tree, str):
        return tidy(tree)
    return "\n".join(f"{leaf}" for leaf in _leaves(tree) if isinstance(leaf, str | int | float) and f"{leaf}".strip())
