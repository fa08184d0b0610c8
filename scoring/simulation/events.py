"""Turns lives and orders into the rows a shop would export: order lines, visits, messages, reviews, tickets.

Frames in, frames out; `at` is in days from `now` until the files are written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.simulation.behaviour import DRIFT_DAYS, TROUBLES, Floats, Ints, Lives, Orders, drifting, looking
from scoring.simulation.people import read_data

CURRENCY = "CNY"
Words = npt.NDArray[np.object_]
_WORDS: Mapping[str, Any] = read_data("words.toml")
_ITEMS: Sequence[Mapping[str, Any]] = read_data("shop.toml")["item"]


def order_lines(orders: Orders, language: Words, lives: Lives, dice: np.random.Generator) -> pd.DataFrame:
    """One row a line, one to four lines an order; each customer has favourites."""
    lines = 1 + dice.binomial(3, 0.22, len(orders.at))
    index = np.repeat(np.arange(len(orders.at)), lines)
    who = orders.customer[index]
    favourite = dice.integers(len(_ITEMS), size=(len(lives.buys_per_day), 3))
    liked = favourite[who, dice.integers(3, size=len(who))]
    item = np.where(dice.random(len(who)) < 0.55, liked, dice.integers(len(_ITEMS), size=len(who)))
    # the same thing twice in one order is one line
    first = ~pd.DataFrame({"order": index, "item": item}).duplicated().to_numpy()
    index, who, item = index[first], who[first], item[first]
    price = np.array([entry["price"] for entry in _ITEMS])[item] * np.where(dice.random(len(item)) < 0.2, 0.9, 1.0)
    numbers = pd.Series(orders.at).rank(method="first").astype(int).to_numpy() + 100_000
    return pd.DataFrame(
        {
            "order_id": [f"L{number}" for number in numbers[index]],
            "customer": who,
            "at": orders.at[index],
            "item_id": np.array([entry["id"] for entry in _ITEMS], dtype=object)[item],
            "item": _titles(item, language[who]),
            "quantity": 1 + dice.binomial(2, 0.14, len(item)),
            "unit_price": price.round(2),
            "currency": CURRENCY,
            "trouble": orders.trouble[index],
            "coupon": (dice.random(len(item)) < 0.5 * lives.price_sensitivity[who] - 0.08),
        }
    )


def _titles(item: Ints, language: Words) -> npt.NDArray[np.object_]:
    zh = np.array([entry["zh"] for entry in _ITEMS], dtype=object)[item]
    en = np.array([entry["en"] for entry in _ITEMS], dtype=object)[item]
    return np.where(language == "zh", zh, en)


def returns(lines: pd.DataFrame, dice: np.random.Generator) -> pd.DataFrame:
    """Lines that came back: often after trouble, seldom otherwise. Negative quantity, the same order."""
    chance = np.where(lines["trouble"].isin([1, 2, 3]), 0.35, 0.025)
    back = lines[dice.random(len(lines)) < chance].copy()
    back["at"] = back["at"] + 3 + dice.exponential(5, len(back))
    back["quantity"] = -back["quantity"]
    return back


def behaviour_events(lives: Lives, day_of_year: int, lines: pd.DataFrame, dice: np.random.Generator) -> pd.DataFrame:
    """Visits, views, carts, wishes, logins, opened messages, glances at rivals, coupons, unsubscribes."""
    parts = []
    for kind, factor in (("visit", 0.8), ("view", 1.1), ("cart", 0.3), ("wishlist", 0.1), ("login", 0.3)):
        who, at = looking(lives, factor, day_of_year, dice)
        item = dice.integers(len(_ITEMS), size=len(who)) if kind in ("view", "cart", "wishlist") else None
        parts.append(_plain(kind, who, at, item))
    parts += _messages(lives, dice)
    parts.append(_rivals(lives, dice))
    used = lines[lines["coupon"]].drop_duplicates("order_id")
    parts.append(_plain("coupon_used", used["customer"].to_numpy(), used["at"].to_numpy(), None))
    return pd.concat(parts, ignore_index=True)


def _plain(kind: str, who: Ints, at: Floats, item: Ints | None) -> pd.DataFrame:
    ids = np.array([entry["id"] for entry in _ITEMS], dtype=object)
    return pd.DataFrame({"kind": kind, "customer": who, "at": at, "item_id": "" if item is None else ids[item]})


def _messages(lives: Lives, dice: np.random.Generator) -> list[pd.DataFrame]:
    """A newsletter every fortnight; the engaged open it, fewer do before they leave."""
    days = np.arange(-392.0, 0.0, 14.0)
    who = np.repeat(np.arange(len(lives.engagement)), len(days))
    at = np.tile(days, len(lives.engagement)) + dice.gamma(1.2, 0.6, len(who))
    here = (at > lives.first_seen[who]) & (at < 0)
    mood = np.where(at > lives.leaves_at[who], 0.25, np.where(drifting(at, lives.leaves_at[who]), 0.6, 1.0))
    opened = here & (dice.random(len(who)) < 0.55 * lives.engagement[who] * mood)
    clicked = opened & (dice.random(len(who)) < 0.2)
    left = here & (at > lives.leaves_at[who]) & (dice.random(len(who)) < 0.004)
    soon = np.minimum(at[clicked] + 0.01, -0.001)
    return [
        _plain("message_open", who[opened], at[opened], None),
        _plain("message_click", who[clicked], soon, None),
        _plain("unsubscribe", who[left], at[left], None),
    ]


def _rivals(lives: Lives, dice: np.random.Generator) -> pd.DataFrame:
    """Clicks on our own price-comparison page, the nearest a shop comes to seeing a glance at a rival."""
    counts = dice.poisson(0.35 + 0.9 * lives.price_sensitivity)
    who = np.repeat(np.arange(len(counts)), counts)
    begin = np.maximum(lives.first_seen[who], -400.0)
    # half of them fall into the last weeks of those who leave
    anchor = np.where(dice.random(len(who)) < 0.4, lives.leaves_at[who] - dice.random(len(who)) * DRIFT_DAYS, np.nan)
    at = np.where(np.isnan(anchor) | (anchor > 0), begin * dice.random(len(who)), anchor)
    shown = (at < 0) & (at > begin)
    return _plain("competitor_view", who[shown], at[shown], None)


_STARS = (0.02, 0.03, 0.10, 0.30, 0.55)
_STARS_AFTER_TROUBLE = (0.26, 0.27, 0.24, 0.16, 0.07)


def reviews(lines: pd.DataFrame, language: Words, dice: np.random.Generator) -> pd.DataFrame:
    """One in four lines is reviewed, oftener after trouble; stars follow what happened, not exactly."""
    trouble = lines["trouble"].to_numpy()
    said = lines[dice.random(len(lines)) < np.where(trouble >= 0, 0.42, 0.24)].copy()
    bad = said["trouble"].to_numpy() >= 0
    sour, sweet = (dice.choice(5, len(said), p=shares) + 1 for shares in (_STARS_AFTER_TROUBLE, _STARS))
    stars = np.where(bad, sour, sweet)
    topic = np.where(stars >= 4, "praise", "quality").astype(object)
    blamed = (stars <= 3) & np.isin(said["trouble"], [0, 1])
    topic[blamed] = np.array(TROUBLES, dtype=object)[said["trouble"].to_numpy()[blamed]]
    dear = (stars <= 3) & ~blamed & (dice.random(len(said)) < 0.3)
    topic[dear] = "price"
    said["at"] = said["at"] + 4 + dice.exponential(6, len(said))
    said["rating"], said["topic"] = stars, topic
    said["text"] = _sentences("review", topic, said, language, dice)
    return said[said["at"] < 0]


def tickets(lines: pd.DataFrame, lives: Lives, language: Words, dice: np.random.Generator) -> pd.DataFrame:
    """Troubles that were written about, refunds that took long, and questions, more of them before leaving."""
    once = lines.drop_duplicates("order_id")
    hurt = once[(once["trouble"] >= 0) & (dice.random(len(once)) < 0.62)].copy()
    hurt["topic"] = np.array(TROUBLES, dtype=object)[hurt["trouble"].to_numpy()]
    hurt.loc[hurt["topic"] == "quality", "topic"] = "damaged_item"
    # tea and ink have no size to be wrong
    hurt.loc[(hurt["topic"] == "wrong_size") & ~hurt["item_id"].str[0].isin(["X", "K", "C"]), "topic"] = "wrong_item"
    slow = hurt[dice.random(len(hurt)) < 0.12].copy()
    slow["topic"], slow["at"] = "refund_slow", slow["at"] + 9
    asked = once[dice.random(len(once)) < _asking(once, lives)].copy()
    topics = np.array(["return_policy", "membership", "price", "payment"], dtype=object)
    asked["topic"] = dice.choice(topics, len(asked), p=[0.4, 0.3, 0.2, 0.1])
    every = pd.concat([hurt, slow, asked], ignore_index=True)
    every["at"] = every["at"] + 2 + dice.exponential(3, len(every))
    every["text"] = _sentences("ticket", every["topic"].to_numpy(dtype=object), every, language, dice)
    fresh = every["at"].to_numpy() > -dice.exponential(7, len(every))
    every["status"] = np.where(fresh, "open", "closed")
    return every[every["at"] < 0]


def _asking(once: pd.DataFrame, lives: Lives) -> Floats:
    near = drifting(once["at"].to_numpy(), lives.leaves_at[once["customer"].to_numpy()])
    return np.where(near, 0.16, 0.035)


def _sentences(
    kind: str,
    topics: Words,
    lines: pd.DataFrame,
    language: Words,
    dice: np.random.Generator,
) -> list[str]:
    choice, days = dice.random(len(lines)), dice.integers(5, 12, len(lines))
    found = []
    for at, (topic, item, who) in enumerate(zip(topics, lines["item"], lines["customer"], strict=True)):
        variants = _WORDS[kind][topic][language[who]]
        said = {"item": item.split(" ")[0] if language[who] == "zh" else _short(item), "days": str(days[at])}
        sentence = variants[int(choice[at] * len(variants))]
        found.append(sentence.replace("{item}", said["item"]).replace("{days}", said["days"]))
    return found


_PROPER = re.compile(r"Longjing|Phoenix|White Peony|Yirgacheffe")


def _short(item: str) -> str:
    """Longjing green tea 100 g -> Longjing green tea: people do not quote the weight."""
    bare = re.sub(r"[, ]+(?:\d.*|box of.*|set of.*)$", "", item)
    return bare if _PROPER.match(bare) else bare[0].lower() + bare[1:]
