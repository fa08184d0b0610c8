"""The form of the gate's exam, and what of its labels arithmetic can check; no verdict of the gate is asked here."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, time
from itertools import chain
from zoneinfo import ZoneInfo

import pytest

from tests.evals.gate.exam import HERE, RULES, Json, Set, base_context, expand, override, read_contexts, read_exam

KNOWN = set(chain.from_iterable(RULES.values()))
EXAM = [line for chosen in Set if chosen is not Set.SERVICE_TALK for line in read_exam(chosen)]
TALK = read_exam(Set.SERVICE_TALK)
SECOND = {
    "zh": (Set.SECOND_ZH, Set.SECOND_HELD_OUT_ZH),
    "en": (Set.SECOND_EN, Set.SECOND_HELD_OUT_EN),
}
ALL_OF_SECOND = tuple(chain.from_iterable(SECOND.values()))
LETTERS = {
    "zh": (Set.LETTERS_ZH, Set.LETTERS_HELD_OUT_ZH),
    "en": (Set.LETTERS_EN, Set.LETTERS_HELD_OUT_EN),
}
ALL_OF_LETTERS = tuple(chain.from_iterable(LETTERS.values()))
GOOD = [line for line in [*EXAM, *TALK] if line["expect"] == "pass"]
SELLS = [line for line in GOOD if line["context"]["purpose"] == "marketing"]

WEEKDAYS_EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS_EN = "january february march april may june july august september october november december".split()
DATED_ZH = re.compile(r"(\d{1,2})月(\d{1,2})[日号][（(，, ]?(?:周|星期)([一二三四五六日天])")
DATED_EN = re.compile(
    rf"({'|'.join(day[:3] for day in WEEKDAYS_EN)})[a-z]*,? (?:the )?"
    rf"(?:(\d{{1,2}})(?:st|nd|rd|th)? )?({'|'.join(month[:3] for month in MONTHS_EN)})[a-z]*(?: (\d{{1,2}}))?",
    re.IGNORECASE,
)


def name(line: Json) -> str:
    return str(line["id"])


def text(line: Json) -> str:
    return f"{line['draft']['subject'] or ''}\n{line['draft']['body']}"


def test_every_id_stands_once() -> None:
    twice = [key for key, count in Counter(map(name, [*EXAM, *TALK])).items() if count > 1]
    assert twice == []


def test_no_text_stands_twice_so_nothing_held_out_was_seen() -> None:
    told = Counter(line["draft"]["body"] for line in [*EXAM, *TALK])
    assert [body for body, count in told.items() if count > 1] == []


def test_labels_are_whole() -> None:
    for line in [*EXAM, *TALK]:
        assert line["expect"] in {"pass", "review", "block"}, name(line)
        assert set(line["violations"]) <= KNOWN, name(line)
        assert (line["expect"] == "pass") == (line["violations"] == []), name(line)
        assert line["why"].strip(), name(line)


def test_every_rule_is_asked_in_both_halves() -> None:
    def asked(sets: list[Set]) -> Counter[str]:
        return Counter(rule for chosen in sets for line in read_exam(chosen) for rule in line["violations"])

    assert {rule for rule in KNOWN if asked([Set.SEEN_ZH, Set.SEEN_EN])[rule] < 3} == set()
    assert {rule for rule in KNOWN if asked([Set.HELD_OUT_ZH, Set.HELD_OUT_EN])[rule] < 2} == set()


@pytest.mark.parametrize("language", SECOND)
def test_the_second_set_asks_every_rule_in_each_language(language: str) -> None:
    asked = Counter(rule for half in SECOND[language] for line in read_exam(half) for rule in line["violations"])
    expected = KNOWN - {"SMS_CHARSET"} if language == "en" else KNOWN
    assert {rule for rule in expected if asked[rule] < 5} == set()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("channel", ["email", "sms", "push", "chat"])
def test_each_language_and_channel_has_good_and_bad(language: str, channel: str) -> None:
    expects = Counter(line["expect"] for line in EXAM if (line["lang"], line["channel"]) == (language, channel))
    assert expects["pass"] >= 15
    assert expects["block"] >= 15


@pytest.mark.parametrize("family", RULES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_family_of_rules_is_asked_in_both_languages(language: str, family: str) -> None:
    asked = [line for line in EXAM if line["lang"] == language and set(line["violations"]) & set(RULES[family])]
    assert len(asked) >= 20


def test_good_drafts_are_nearly_half_and_some_are_for_a_person() -> None:
    apart = {*ALL_OF_SECOND, *ALL_OF_LETTERS, Set.SERVICE_TALK}
    first = [line for chosen in Set if chosen not in apart for line in read_exam(chosen)]
    for lines, share in ((first, 0.45), ([line for chosen in ALL_OF_SECOND for line in read_exam(chosen)], 0.33)):
        expects = Counter(line["expect"] for line in lines)
        assert expects["pass"] >= share * len(lines)
        assert expects["review"] >= 20
    assert len(TALK) == 400
    assert {line["expect"] for line in TALK} == {"pass"}


@pytest.mark.parametrize("language", LETTERS)
def test_letters_are_good_ones_short_middle_and_long(language: str) -> None:
    lines = [line for half in LETTERS[language] for line in read_exam(half)]
    lengths = [len(line["draft"]["body"]) for line in lines]
    assert {line["expect"] for line in lines} == {"pass"}
    assert {line["channel"] for line in lines} == {"email", "sms", "push", "chat"}
    assert sum(length <= 120 for length in lengths) >= len(lines) / 4
    assert sum(120 < length < 350 for length in lengths) >= len(lines) / 6
    assert sum(length >= 350 for length in lengths) >= len(lines) / 4


@pytest.mark.parametrize("chosen", Set)
def test_the_readme_counts_right(chosen: Set) -> None:
    expects = Counter(line["expect"] for line in read_exam(chosen))
    row = f"| `{chosen}.jsonl` | {expects['pass']} | {expects['review']} | {expects['block']} |"
    assert row in (HERE / "README.md").read_text(encoding="utf-8")


def test_good_marketing_carries_what_the_law_asks() -> None:
    for line in SELLS:
        brand, body, channel = line["context"]["brand"], line["draft"]["body"], line["channel"]
        if channel == "email":
            assert brand["postal_address"] in body, name(line)
            assert brand["name"] in body, name(line)
            assert re.search(rf"https://{re.escape(brand['domains'][0])}/\S+", body), name(line)
        if channel == "sms" and line["lang"] == "zh":
            assert body.startswith(f"【{brand['name']}】"), name(line)
            assert body.endswith("拒收请回复R"), name(line)
        if channel == "sms" and line["lang"] == "en":
            assert brand["name"] in body, name(line)
            assert re.search(r"\b(STOP|END|QUIT|CANCEL|UNSUBSCRIBE)\b", body), name(line)


def test_what_is_too_long_for_its_channel_is_labelled_and_nothing_else() -> None:
    for line in [*EXAM, *TALK]:
        limits, subject, body = line["context"]["limits"], line["draft"]["subject"] or "", line["draft"]["body"]
        too_long = {
            "push": len(subject) > limits["push_title"] or len(body) > limits["push_body"],
            "email": len(subject) > limits["subject"],
            "sms": segments(body) > limits["sms_max_segments"],
            "chat": False,
        }
        assert too_long[line["channel"]] == ("LENGTH" in line["violations"]), name(line)


def segments(body: str) -> int:
    """Segments of an SMS by 3GPP TS 23.038 and 23.040: 160 or 153 septets, else 70 or 67 UTF-16 units."""
    if (
        all(character.isascii() or character in "£¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§¿äöñüà¡€" for character in body)
        and "`" not in body
    ):
        units, one, many = len(body) + sum(character in "^{}\\[]~|€" for character in body), 160, 153
    else:
        units, one, many = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if units <= one else -(-units // many)


def test_faults_of_permission_are_labelled_exactly_where_the_context_has_them() -> None:
    asked = {"CONSENT_CHANNEL", "SUPPRESSED", "FREQ_CAP", "QUIET_HOURS", "HOLD_ACCOUNT", "MINOR"}
    for line in EXAM:
        if line["context"]["purpose"] == "marketing" and line["channel"] != "chat":
            assert shown(line) == asked & set(line["violations"]), name(line)


def shown(line: Json) -> set[str]:
    """What forbids this marketing message whatever it says, by the catalogue's section 1."""
    context, channel = line["context"], line["channel"]
    customer, history, facts = context["customer"], context["history"], context["customer"]["facts"]
    zone = customer["timezone"]
    there = zone and datetime.fromisoformat(context["now"]).astimezone(ZoneInfo(zone)).time()
    faults = {
        "CONSENT_CHANNEL": customer["consent"][channel] is not True,
        "SUPPRESSED": customer["suppressed"],
        "FREQ_CAP": history["sent_last_7_days"] >= context["limits"]["max_per_7_days"],
        "QUIET_HOURS": channel in {"sms", "push"} and not (there and time(8) <= there < time(21)),
        "HOLD_ACCOUNT": "account_flags" in facts or "account_status" in facts,
        "MINOR": facts.get("age", 18) < 18,
    }
    return {rule for rule, is_shown in faults.items() if is_shown}


def test_weekdays_beside_a_date_are_right_in_good_drafts() -> None:
    read = 0
    for line in GOOD:
        year = datetime.fromisoformat(line["context"]["now"]).year
        for told, day in dated(text(line), year):
            read += 1
            assert told == day.weekday(), (name(line), day)
    assert read >= 50, "the patterns no longer read the drafts"


def dated(words: str, year: int) -> list[tuple[int, date]]:
    """(weekday told, the date beside it) for each such pair; a date without a year is of `year`."""
    found = []
    for month, day, weekday in DATED_ZH.findall(words):
        found.append(("一二三四五六日".index(weekday.replace("天", "日")), date(year, int(month), int(day))))
    for weekday, before, month, after in DATED_EN.findall(words):
        if before or after:
            number = next(i for i, known in enumerate(MONTHS_EN, 1) if known.startswith(month.lower()))
            told = next(i for i, known in enumerate(WEEKDAYS_EN) if known.startswith(weekday.lower()))
            found.append((told, date(year, number, int(before or after))))
    return found


def test_a_slip_in_a_path_is_named() -> None:
    context = base_context("harrow", read_contexts())
    with pytest.raises(ValueError, match="no place for history"):
        override(context, "history.sent", 3, "x-1")


def test_a_line_changes_only_its_own_copy_of_the_context() -> None:
    contexts = read_contexts()
    line = {"id": "x-2", "base": "harrow", "channel": "chat", "body": "Hi", "why": "a greeting"}
    changed = expand({**line, "set": {"customer.facts.last_order.status": "lost"}}, contexts)
    untouched = expand(line, contexts)
    assert changed["context"]["customer"]["facts"]["last_order"]["status"] == "lost"
    assert untouched["context"]["customer"]["facts"]["last_order"]["status"] == "delivered"
