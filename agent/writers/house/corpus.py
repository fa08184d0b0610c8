"""What the house model learns from: made-up sheets, and what the composer writes for them, slots and all.

Takes a seed, gives (control line, message) pairs without end. Every twentieth combination of language, channel, tone,
purpose, situation and offer is held out: training never sees it, the held-out curve is measured on it.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator

from agent.domain import Channel, FactSheet, WriteRequest
from agent.writers.composer import Composer
from agent.writers.house.dialect import FLAGS, combination, control_line
from agent.writers.house.sheets import made_up_sheet

HELD_OUT_OF = 20
FLAG_SHARE = 0.06


def is_held_out(sheet: FactSheet) -> bool:
    return zlib.crc32(combination(sheet).encode()) % HELD_OUT_OF == 0


def pairs(seed: int, held_out: bool = False) -> Iterator[tuple[str, str]]:
    """(control line, message) of combinations that training may see, or of the others."""
    rng = random.Random(f"pairs|{seed}|{held_out}")
    composer = Composer()
    number = 0
    while True:
        number += 1
        sheet = made_up_sheet(rng, f"{seed}-{number}")
        if is_held_out(sheet) is not held_out:
            continue
        flags = tuple(flag for flag in FLAGS if rng.random() < FLAG_SHARE)
        request = WriteRequest((), sheet, flags, seed=number)
        short = sheet.channel in (Channel.SMS, Channel.PUSH)  # only there can a composition be too long
        text = composer.write(request).text if short else composer.compose(request)
        yield control_line(sheet, flags), text
