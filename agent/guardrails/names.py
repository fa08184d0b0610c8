"""Greeted by one's own name, and by a title only where the record gives one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.guardrails.strangers import strangers
from agent.language.masking.people import COMPOUND, SURNAMES
from agent.language.normalise import fold
from agent.language.sieve import sieve

_DOUBLE_SURNAMES = frozenset(COMPOUND.split("|"))

_GREETED_EN = sieve(
    r"(?:^|\n|[.!:] )\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|welcome back"
    r"|thanks|thank you|morning|greetings)(?: again)?,? (?:(?P<title>mr|mrs|ms|miss|mx"
    # a full stop ends the greeting, but for one inside a word and one after an initial
    r"|dr)\.? )?(?P<name>(?:[A-ZÀ-Þ]\. )?[A-ZÀ-Þ](?:[\w'’-]|\.(?=\w))*(?: [A-ZÀ-Þ](?:[\w'’-]|\.(?=\w))+){0,2})"
    r"(?=[,!.:;\n—–-]|$| -)",
    re.I,
)

_ADDRESSED_ZH = sieve(
    r"(?:^|[\n。！!？?，,、：:】\s])(?:尊敬的"
    r"|亲爱的)?(?P<name>[\u4e00-\u9fff·]{1,12}?)(?P<title>先生|女士|小姐|太太|同学|老师)"
)

_GREETED_ZH = sieve(
    r"(?:^|\n|】)\s*(?:尊敬的|亲爱的|hi"
    r"|嗨)?[，, ]?(?P<name>[\u4e00-\u9fff·]{1,8}?)(?=[，,]?(?:您好|你好|早上好|下午好|晚上好)"
    r"|[：:]\s|[：:]\n)"
)

# a name alone before the first comma, as push and chat begin; other words that begin so are on the list below
_OPENS_EN = sieve(r"^\s*(?P<name>[A-Z][a-z'’-]{2,14})(?=, |,\n|!\s)")

_OPENS_ZH = sieve(r"(?:^|】)\s*(?P<name>[\u4e00-\u9fff]{3})(?=[，,])")

_NO_NAME_ZH = sieve(r"[了的吧呢啊啦过到着是么嘛哈好呀们天里上下]$")

_OPENERS = frozenset(
    "goodbye bye farewell yes yep yeah nope sorry thanks thank well sure right okay alright hello morning aft"
    "ernoon evening greetings "
    "welcome"
    " first second third also now then today tomorrow yesterday tonight still anyway actually honestly indeed however"
    " meanwhile otherwise perhaps maybe please good great fine perfect wonderful lovely absolutely certainly "
    "definitely"
    " understood noted agreed done true exactly correct apologies congratulations cheers spring summer autumn "
    "winter fall"
    " january february march april may june july august september october november december monday tuesday wednesday"
    " thursday friday saturday sunday christmas easter hey listen look see here there this that hmm ouch wow aha "
    "oops ugh"
    " noted got quick short long new nothing everything something anything someone everyone nobody and but so".split()
)

_ANYBODY = frozenset(
    "there all friend friends customer team everyone everybody folks again neighbour neighbor "
    "member members valued sir madam "
    "sir/madam both guest shopper you so much for very regards morning afternoon evening".split()
)

_ANYBODY_ZH = sieve(
    r"会员|顾客|客户|用户|朋友|各位|大家|亲|家人|同学|伙伴|贵宾|女士|先生|您|你|上午|下午|早|晚|店"
    r"|客服|我是|这里|收件人|买家|主人|老板"
)


def _parts(message: Message) -> frozenset[str]:
    people = message.licence.people
    whole = [fold(text).text for text in people]
    parts = {part for name in whole for part in re.split(r"[\s·.]+", name)} | set(whole)
    if people and not people[0].isascii():
        name = re.sub(r"[\s·]", "", fold(people[0]).text)
        double = len(name) > 3 or name[:2] in _DOUBLE_SURNAMES
        parts |= {name, name[:2], name[2:]} if double else {name, name[0], name[1:]}
    return frozenset(part for part in parts if part)


def _names(message: Message) -> Iterator[Finding]:
    yield from strangers(message)
    parts, brand = _parts(message), {fold(name).text for name in message.context.brand.names}
    for field in message.fields:
        if message.context.customer.language == "en":
            yield from _english_names(field, message, parts, brand)
        else:
            yield from _chinese_names(field, message, parts, brand)


_TITLES_EN = {"mr": "male", "mrs": "female", "ms": "female", "miss": "female"}


def _may_be_titled(title: str, message: Message) -> bool:
    """Mr and Ms need a gender on record, Dr a title; a neutral Mx needs neither."""
    facts, said = message.context.customer.facts, title.casefold()
    if str(facts.get("title") or "").casefold().rstrip(".") == said or said == "mx":
        return True
    return said in _TITLES_EN and str(facts.get("gender") or "") == _TITLES_EN[said]


def _english_names(field: Field, message: Message, parts: frozenset[str], brand: set[str]) -> Iterator[Finding]:
    opening = _OPENS_EN.match(field.raw) if field.name == "body" else None
    if opening is not None:
        said = fold(opening["name"]).text
        unknown = said not in {*_OPENERS, *_ANYBODY, *parts} and not said.endswith("ly")
        if unknown and said not in brand and not message.licence.has_phrase(said):
            yield field.raw_finding(
                "FACT_NAME", Severity.BLOCK, "This is not the customer's name.", *opening.span("name")
            )
    for match in _GREETED_EN.finditer(field.raw):
        said = match["name"]
        if not said[0].isupper():
            continue
        words = [fold(word).text.strip(".'’") for word in said.split()]
        if all(word in _ANYBODY for word in words) or fold(said).text in brand or words[0] in brand:
            continue
        if match["title"] and not _may_be_titled(match["title"], message):
            reason = "No record gives this title. Use the first name."
            yield field.raw_finding("FACT_NAME", Severity.BLOCK, reason, *match.span("title"))
        if not all(word in parts or word.removesuffix("'s") in parts for word in words):
            reason = "This is not the customer's name."
            yield field.raw_finding("FACT_NAME", Severity.BLOCK, reason, *match.span("name"))


_TITLES = {"先生": "male", "女士": "female", "小姐": "female", "太太": "female"}


def _chinese_names(field: Field, message: Message, parts: frozenset[str], brand: set[str]) -> Iterator[Finding]:
    text = field.words.text
    gender = str(message.context.customer.facts.get("gender") or "")
    for match in _ADDRESSED_ZH.finditer(text):
        said = match["name"]
        if message.licence.has_phrase(said + match["title"]):
            continue  # a teacher or a colleague on record
        if said not in parts and (_looks_like_name(said) and not _ends_with_part(said, parts)):
            yield field.finding("FACT_NAME", Severity.BLOCK, "This is not the customer's name.", *match.span("name"))
        elif (
            said in parts
            and not gender
            and match["title"] in _TITLES
            and not message.context.customer.facts.get("title")
        ):
            reason = "No record says how to address this customer. Say 您好."
            yield field.finding("FACT_NAME", Severity.BLOCK, reason, *match.span("title"))
        elif gender in ("male", "female") and _TITLES.get(match["title"], gender) != gender and said in parts:
            yield field.finding("FACT_NAME", Severity.BLOCK, "The form of address is wrong.", *match.span("title"))
    yield from _not_theirs(field, message, parts)
    opening = _OPENS_ZH.match(text) if field.name == "body" else None
    if opening is not None and opening["name"] not in parts and not _NO_NAME_ZH.search(opening["name"]):
        said = opening["name"]
        if said[0] in SURNAMES and not _ANYBODY_ZH.search(said) and not message.licence.has_phrase(said):
            yield field.finding("FACT_NAME", Severity.BLOCK, "This is not the customer's name.", *opening.span("name"))
    for match in _GREETED_ZH.finditer(text):
        said = match["name"]
        bare = re.sub(r"(?:先生|女士|小姐|太太|老师)$", "", said)
        if bare in parts or said in brand or _ANYBODY_ZH.search(said) or _ends_with_part(bare, parts):
            continue
        if _looks_like_name(said):
            yield field.finding("FACT_NAME", Severity.BLOCK, "This is not the customer's name.", *match.span("name"))


_SALUTATION_ZH = sieve(
    r"(?:^|】)\s*(?:尊敬的|亲爱的)?(?P<name>[\u4e00-\u9fff]{1,2}?)(?P<title>先生|女士|小姐|太太|妈妈"
    r"|爸爸)(?=[您你好，,：:！!])"
)


def _not_theirs(field: Field, message: Message, parts: frozenset[str]) -> Iterator[Finding]:
    """Closed world for the first words of a body: whoever is greeted there with a title or as a parent is on record."""
    match = _SALUTATION_ZH.match(field.words.text) if field.name == "body" else None
    if match is None or match["name"] in parts or message.licence.has_phrase(match["name"]):
        return
    if not _ANYBODY_ZH.search(match["name"]) and not _looks_like_name(match["name"]):  # those are asked above
        yield field.finding("FACT_NAME", Severity.BLOCK, "This is not the customer's name.", *match.span("name"))


def _looks_like_name(said: str) -> bool:
    return (1 <= len(said) <= 4 and said[0] in SURNAMES) or "·" in said or said[:2] in _DOUBLE_SURNAMES


def _ends_with_part(said: str, parts: frozenset[str]) -> bool:
    """尊敬的晓雯 ends with her name; in 刘子谦 the wrong surname stands before it."""
    return any(said.endswith(part) and not _looks_like_name(said.removesuffix(part)) for part in parts)


RULES: tuple[Rule, ...] = (
    Rule(
        "FACT_NAME",
        46,
        "One's own name",
        "House rule",
        Severity.BLOCK,
        _names,
        examples=(
            broken("Ask for Sandra when you call.", language="en", because="no input knows her"),
            fine("Order it on Monday, before Christmas, and it can go to Spain.", language="en"),
            broken("李女士您好，订单已发出。"),
            broken("陈先生，您的订单已发出。", changes={"customer": {"facts": {"gender": "female"}}}),
            broken("Hi Paula, your parcel left.", language="en"),
            broken("Dear Ms Carver, your parcel left.", language="en"),
            fine("陈女士您好。雨桐，茶到了。", changes={"customer": {"facts": {"gender": "female"}}}),
            broken("陈女士您好。", because="no record says how to address her"),
            broken("刘雨桐您好，茶到了。", because="the surname is another"),
            fine("尊敬的会员您好，青禾茶铺祝您安好。"),
            broken("轩轩妈妈您好，课程表发您了。", because="no such child is on record"),
            broken(
                "裘先生，茶到了。",
                changes={"customer": {"facts": {"gender": "male"}}},
                because="a rare surname, and not hers",
            ),
            fine("Hi Will, hello there.", language="en"),
            fine(
                "Dear Mr Carter,\nThanks, Pine & Co",
                language="en",
                changes={"customer": {"facts": {"gender": "male"}}},
            ),
            broken("Dear Mr Carter, thanks.", language="en", because="no record gives the title"),
        ),
    ),
)
