"""brand.toml ↔ Brand: who is speaking, and what may be assumed about customers whose record is silent."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

from agent.domain import Brand, Channel, Language, Voice
from agent.errors import InputError
from agent.unsubscribe import PLACE
from api.texts import read_toml

NEEDED = ("id", "name", "postal_address", "timezone", "currency", "languages", "domains")
OPTIONAL = ("aliases", "signature", "phones", "competitors", "from_email", "unsubscribe_url", "shop_url", "names")
KNOWN = frozenset((*NEEDED, *OPTIONAL, "sign_off", "margin_pct", "voice", "assume", "made_up"))
VOICE = frozenset({"address", "avoid", "prefer", "emoji", "exclamations", "longest", "guide"})


def read_brand(path: Path) -> Brand:
    """Raises InputError naming the key."""
    data = read_toml(path)
    if missing := [key for key in NEEDED if not data.get(key)]:
        raise InputError(f"{path}: {missing[0]} is missing", f"add {missing[0]} = …")
    if unknown := set(data) - KNOWN:
        raise InputError(f"{path}: unknown key {sorted(unknown)[0]!r}", f"known: {', '.join(sorted(KNOWN))}")
    assume = data.get("assume", {})
    return Brand(
        id=str(data["id"]),
        name=str(data["name"]),
        postal_address=str(data["postal_address"]),
        timezone=_zone(data["timezone"], path, "timezone"),
        currency=_currency(data["currency"], path),
        languages=tuple(_language(name, path, "languages") for name in data["languages"]),
        domains=tuple(data["domains"]),
        names={_language(key, path, "names"): str(text) for key, text in data.get("names", {}).items()},
        aliases=tuple(data.get("aliases", ())),
        signature=str(data.get("signature", "")),
        phones=tuple(str(phone) for phone in data.get("phones", ())),
        competitors=tuple(data.get("competitors", ())),
        from_email=str(data.get("from_email", f"care@{data['domains'][0]}")),
        unsubscribe_url=_way_out(data.get("unsubscribe_url", f"https://{data['domains'][0]}/unsubscribe"), path),
        shop_url=str(data.get("shop_url", f"https://{data['domains'][0]}")),
        sign_off={_language(key, path, "sign_off"): str(text) for key, text in data.get("sign_off", {}).items()},
        assumed_language=_language(assume["language"], path, "assume.language") if "language" in assume else None,
        assumed_timezone=_zone(assume["timezone"], path, "assume.timezone") if "timezone" in assume else None,
        assumed_consent={_channel(key, path): str(proof) for key, proof in assume.get("consent", {}).items()},
        margin_pct=_percent(data.get("margin_pct", 30), path),
        voice={_language(key, path, "voice"): _voice(table, path, key) for key, table in data.get("voice", {}).items()},
        made_up=bool(data.get("made_up", False)),
    )


TEMPLATE = """\
# Who is speaking. Every message is checked against this file: names, links, phones and the address must be yours.
id = {id}
name = {name}
postal_address = {postal_address}
timezone = {timezone}            # IANA name, for example Asia/Shanghai or Europe/London
currency = {currency}            # ISO 4217, one a brand
languages = {languages}          # served languages, the first is the house language
domains = {domains}              # links in messages may only point here
phones = []                      # numbers that may appear in messages
signature = {name}               # the registered SMS signature, without 【】
from_email = {from_email}
unsubscribe_url = {unsubscribe_url}   # {{token}}: a link of its own for each message, that /u/ of Holdfast answers
shop_url = {shop_url}
margin_pct = 30                  # gross margin, decides what an offer may cost
{made_up}
# The name as readers of each language know it, where it differs; without it they read `name` above.
[names]
# en = "Linden Lane"
{names}
[sign_off]
zh = {sign_off_zh}
en = {sign_off_en}

# How the brand speaks, by language. Everything is optional; `holdfast style lint` scores a text against it.
# `avoid`: words that are not used. `prefer`: what is said instead of other words. `guide`: a few sentences for models.
# [voice.zh]
# address = "您"                 # or 你
# avoid = ["亲", "哦"]
# exclamations = 1
# longest = 40                   # characters a sentence
# [voice.en]
# avoid = ["valued customer"]
# prefer = {{ "purchase" = "order" }}
# longest = 25                   # words a sentence

# What may be assumed where a customer's record is silent. Assumed values are marked as assumed on every record.
# Consent is only assumed where you hold a proof; its text is stored as that proof.
[assume]
# language = "zh"
# timezone = "Asia/Shanghai"
# consent.email = "order form of 2024: tick box, kept in the shop system"
"""


def write_brand(path: Path, values: dict[str, Any], made_up: bool = False) -> None:
    """A first brand.toml, with its explanations, for a person to go on editing."""
    import json

    domain, names = values["domains"][0], values.get("names", {})
    filled = {
        "from_email": f"care@{domain}",
        "unsubscribe_url": f"https://{domain}/u/{PLACE}",
        "shop_url": f"https://{domain}",
        "sign_off_zh": f"{names.get('zh', values['name'])}客服",
        "sign_off_en": f"The {names.get('en', values['name'])} team",
        **values,
    }
    filled.pop("names", None)
    text = TEMPLATE.format(
        names="".join(f"{key} = {json.dumps(name, ensure_ascii=False)}\n" for key, name in names.items()),
        made_up="made_up = true                   # a simulated shop: nothing here is real\n" if made_up else "",
        **{key: json.dumps(value, ensure_ascii=False) for key, value in filled.items() if key != "made_up"},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _zone(name: str, path: Path, key: str) -> str:
    try:
        ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InputError(f"{path}: {key} {name!r} is no time zone", "use a name like Asia/Shanghai") from error
    return str(name)


def _voice(table: Any, path: Path, language: str) -> Voice:
    where = f"{path}: voice.{language}"
    if not isinstance(table, dict) or (unknown := set(table) - VOICE):
        named = f" {sorted(unknown)[0]!r}" if isinstance(table, dict) else ""
        raise InputError(f"{where} has an unknown key{named}", f"known: {', '.join(sorted(VOICE))}")
    address = str(table.get("address", "您"))
    if address not in ("您", "你"):
        raise InputError(f"{where}.address {address!r} is no way to address a customer", "use 您 or 你")
    prefer = table.get("prefer", {})
    if not isinstance(prefer, dict) or not isinstance(table.get("avoid", []), list):
        raise InputError(f"{where}: avoid is a list, prefer a table", 'avoid = ["…"], prefer = { "…" = "…" }')
    return Voice(
        address=address,
        avoid=tuple(str(word) for word in table.get("avoid", ()) if str(word).strip()),
        prefer={str(word): str(instead) for word, instead in prefer.items() if str(word).strip()},
        emoji=bool(table.get("emoji", False)),
        exclamations=int(table.get("exclamations", 1)),
        longest=int(table.get("longest", 0)),
        guide=str(table.get("guide", "")),
    )


def _way_out(url: Any, path: Path) -> str:
    """The unsubscribe link. `{token}` is the one thing in braces that is filled in."""
    text = str(url)
    if set("{}") & set(text.replace(PLACE, "")) or text.count(PLACE) > 1:
        raise InputError(f"{path}: unsubscribe_url {text!r} cannot be filled in", f"write {PLACE} once, or no braces")
    return text


def _currency(code: str, path: Path) -> str:
    if code not in get_global("all_currencies"):
        raise InputError(f"{path}: currency {code!r} is unknown", "use an ISO 4217 code like CNY, USD or EUR")
    return str(code)


def _language(name: str, path: Path, key: str) -> Language:
    try:
        return Language(str(name))
    except ValueError as error:
        raise InputError(f"{path}: {key} {name!r} is not served", "served languages: zh, en") from error


def _channel(name: str, path: Path) -> Channel:
    try:
        return Channel(name)
    except ValueError as error:
        raise InputError(f"{path}: assume.consent.{name} is no channel", f"channels: {', '.join(Channel)}") from error


def _percent(value: Any, path: Path) -> Decimal:
    try:
        percent = Decimal(str(value))
    except InvalidOperation as error:
        raise InputError(f"{path}: margin_pct {value!r} is not a number", "write it like 30") from error
    if not 0 < percent <= 100:
        raise InputError(f"{path}: margin_pct {percent} cannot be", "use a percentage above 0, at most 100")
    return percent
