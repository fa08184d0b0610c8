"""A shop to try everything on: simulated customers, sample policies and offers, a brand that does not exist.

Everything in it is marked as made up, lives under `.example` addresses, and is written as files that go through the
same importers as a real shop's.
"""

from __future__ import annotations

import random
import shutil
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path

from api.brand_file import write_brand
from api.home import Home

BRAND = {
    "id": "linjian",
    "name": "林间小铺",
    "names": {"zh": "林间小铺", "en": "Linden Lane"},
    "postal_address": "12 Linden Lane, Hangzhou 310012",
    "timezone": "Asia/Shanghai",
    "currency": "CNY",
    "languages": ["zh", "en"],
    "domains": ["linden-lane.example"],
    "sign_off_zh": "林间小铺客服 小林",
    "sign_off_en": "May at Linden Lane",
}
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0, 1: a code is read aloud
CODES_EACH = 120


def lay_out(home: Home) -> None:
    """Brand and policies of the sample shop, where the home folder has none yet."""
    if not home.brand.exists():
        write_brand(home.brand, BRAND, made_up=True)
    if not home.policies.exists():
        with as_file(files("knowledge") / "policies") as folder:
            shutil.copytree(folder, home.policies)


def simulate_shop(customers: int, seed: int, now: datetime, out: Path) -> None:
    """The shop's own tables, as it would export them."""
    from scoring.simulation import simulate

    simulate(customers=customers, seed=seed, out=out, now=now)


def till_codes(offer_ids: list[str], seed: int) -> dict[str, list[str]]:
    """Single-use codes for the simulated till. A real shop imports its own."""
    dice = random.Random(f"codes:{seed}")  # reproducible, because nobody can redeem them
    return {name: ["".join(dice.choices(CODE_LETTERS, k=8)) for _ in range(CODES_EACH)] for name in offer_ids}
