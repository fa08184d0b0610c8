"""The gate's exam: labelled drafts, each told as what differs from a named context.

Takes the files beside it (`contexts.toml` and one JSONL file a set) and gives whole gate inputs, each with its label,
in the shape that `holdfast gate` reads. It knows nothing of the rules: who wrote them did not write this, and the other
way round. The README beside it says how labels are decided.
"""

from __future__ import annotations

import copy
import json
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

Json = dict[str, Any]


class Set(StrEnum):
    """One file of lines. Held-out files are for measuring: nobody builds a rule with them open."""

    SEEN_ZH = "seen_zh"
    SEEN_EN = "seen_en"
    HELD_OUT_ZH = "held_out_zh"
    HELD_OUT_EN = "held_out_en"
    SECOND_ZH = "second_zh"
    SECOND_EN = "second_en"
    SECOND_HELD_OUT_ZH = "second_held_out_zh"
    SECOND_HELD_OUT_EN = "second_held_out_en"
    THIRD_ZH = "third_zh"
    THIRD_EN = "third_en"
    THIRD_HELD_OUT_ZH = "third_held_out_zh"
    THIRD_HELD_OUT_EN = "third_held_out_en"
    FOURTH_ZH = "fourth_zh"
    FOURTH_EN = "fourth_en"
    FOURTH_HELD_OUT_ZH = "fourth_held_out_zh"
    FOURTH_HELD_OUT_EN = "fourth_held_out_en"
    LETTERS_ZH = "letters_zh"
    LETTERS_EN = "letters_en"
    LETTERS_HELD_OUT_ZH = "letters_held_out_zh"
    LETTERS_HELD_OUT_EN = "letters_held_out_en"
    SERVICE_TALK = "service_talk"


RULES: dict[str, tuple[str, ...]] = {
    "permission": (
        *("CONSENT_CHANNEL", "SUPPRESSED", "OPTOUT_MISSING", "OPTOUT_OBSTRUCT", "SENDER_ID", "POSTAL_ADDRESS"),
        *("QUIET_HOURS", "FREQ_CAP", "HOLD_CASE", "HOLD_ACCOUNT", "MINOR", "HUMAN_CLAIM"),
    ),
    "offer": (
        *("OFFER_NONE", "OFFER_AMOUNT", "OFFER_THRESHOLD", "OFFER_EXPIRY", "OFFER_TERMS", "OFFER_CODE"),
        *("OFFER_CURRENCY", "OFFER_LEDGER", "PRICE_DISCRIM", "PRICE_REF"),
    ),
    "claims": (
        *("ABSOLUTE_TERM", "MEDICAL_CLAIM", "FINANCIAL_CLAIM", "FAKE_URGENCY", "DECEPTIVE_SUBJECT"),
        *("POLICY_PROMISE", "FACT_NAME", "FACT_RECORD", "COMPETITOR"),
    ),
    "privacy": ("PII_LEAK", "THIRD_PARTY", "SURVEILLANCE", "CHURN_REVEAL", "SENSITIVE_INFER"),
    "tone": ("TONE_PRESSURE", "TONE_THREAT", "TONE_INSULT", "CANCEL_DARK", "CREDENTIAL_REQUEST", "OFF_PLATFORM"),
    "form": (
        *("PLACEHOLDER", "WRONG_LANG", "MOJIBAKE", "LINK_DOMAIN", "PHONE_UNLISTED", "LENGTH", "MARKUP_LEAK"),
        *("INJECTION_RESIDUE", "ROLE_LEAK", "INVISIBLE_CHARS", "MIXED_SCRIPT", "SMS_CHARSET"),
    ),
}
"""The catalogue's rules that a text with its context can break, by the catalogue's sections 1 to 6."""


def read_exam(chosen: Set) -> list[Json]:
    """All lines of one set, expanded; raises `ValueError` naming the line that does not fit its context."""
    contexts = read_contexts()
    lines = (HERE / f"{chosen}.jsonl").read_text(encoding="utf-8").splitlines()
    return [expand(json.loads(line), contexts) for line in lines]


def read_contexts() -> Json:
    return tomllib.loads((HERE / "contexts.toml").read_text(encoding="utf-8"))


def expand(line: Json, contexts: Json) -> Json:
    """One line as the gate reads it: id, lang, channel, context and draft, and the label keys beside them.

    `service_talk` lines leave out purpose (reply), subject (none) and label (pass), because they are all the same.
    """
    context = base_context(line["base"], contexts)
    context["purpose"] = line.get("purpose", "reply")
    for path, value in line.get("set", {}).items():
        override(context, path, value, line["id"])
    context["policy"] = [{"id": name, "text": text} for name, text in context["policy"].items()]
    return {
        "id": line["id"],
        "lang": context["customer"]["language"],
        "channel": line["channel"],
        "context": context,
        "draft": {"subject": line.get("subject"), "body": line["body"]},
        "expect": line.get("expect", "pass"),
        "violations": line.get("violations", []),
        "why": line["why"],
    }


def base_context(name: str, contexts: Json) -> Json:
    """A base with what it leaves unsaid: consent for every channel, one message this week, no ticket, no offer."""
    base = copy.deepcopy(contexts["bases"][name])
    consent = {"email": True, "sms": True, "push": True, "chat": True}
    return {
        "customer": {**base["customer"], "consent": consent, "suppressed": False},
        "offer": base.get("offer"),
        "policy": base["policy"],
        "brand": copy.deepcopy(contexts["brands"][base["brand"]]),
        "now": base["now"],
        "history": {"sent_last_7_days": 1, "open_ticket": None},
        "limits": dict(contexts["limits"]),
    }


def override(context: Json, path: str, value: Any, line_id: str) -> None:
    """Put one value at a dotted path; only facts, clauses, offer and brand may gain names, so that slips show."""
    *parents, leaf = path.split(".")
    place: Any = context
    for parent in parents:
        place = place.get(parent) if isinstance(place, dict) else None
    is_open = path.startswith(("customer.facts.", "policy.", "offer.", "brand."))
    if not isinstance(place, dict) or not (is_open or leaf in place):
        raise ValueError(f"{line_id}: the context has no place for {path}; correct the path in its set.")
    place[leaf] = value
