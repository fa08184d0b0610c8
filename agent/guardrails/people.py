"""What somebody else bought, scored or did has no place in a message: customers, friends, neighbours, named or not.

Closed world: a person with a title or a common given name who stands in no input and of whom a deed is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.lexicon import Hit
from agent.guardrails.listed import by_list
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.masking.people import COMPOUND, FIRST_NAMES, SURNAMES
from agent.language.normalise import fold
from agent.language.sieve import sieve
from agent.language.taken import Taken

_REASON = "It tells what somebody else did. Take it out."

# an invitation or a supposition tells of nobody: 欢迎推荐朋友购买, if your friend also wants one
_NOBODY_DID = sieve(
    r"(?:如果|若|要是|假如|可以?|能|想|欢迎|邀请|邀|送|带|给|帮|替|(?:和|跟|与)(?!您)|叫|约|请|让|分享|推荐给"
    r"|介绍|转告|拉|喊|陪|为)\w{0,4}$"
    r"|(?<![a-z])(?:if|when|for|with|to|invite|tell|ask|bring|refer|let|whether|should|and|help"
    r"|gift)(?: (?:your|a|the))? ?$"
)
_SUPPOSED = sieve(
    r"如果|要是|可以?(?:一起|也|让)|想(?:要|买|办|用)|能(?:一起|也)|需要|(?<![a-z])(?:if|would like|wants? to"
    r"|can also|could|might|may|should)(?![a-z])"
)


def _listed(hit: Hit, field: Field, message: Message) -> Severity | None:
    text = field.tight.text
    start, end = field.sentence_at(hit.start)
    if _NOBODY_DID.search(text[max(start, hit.start - 12) : hit.start]) or _SUPPOSED.search(text[start : hit.end]):
        return None
    if message.licence.has_phrase(text[start:end].strip("。.!！ ")):
        return None
    return hit.severity


_by_list = by_list("THIRD_PARTY", _REASON, _listed)

_TITLED_ZH = sieve(
    rf"(?:{COMPOUND}|[{SURNAMES}])[\u4e00-\u9fff]{{0,2}}?(?:先生|女士|小姐(?!姐)|太太|阿姨|叔叔|大爷|大妈|大姐"
    rf"|大哥|姐(?!妹)|哥(?!们)|同学|妈妈|爸爸|总(?![价共是有会要计额体部算之的得归]))"
)
_DID_ZH = sieve(
    r"(?:也|都|刚|上(?:周|个?月|次|回)|昨天|前天|去年|今年|已经?|那边|家)?\w{0,8}(?:买(?:了|的|过|走)?"
    r"|订(?:了|的)|下(?:了)?单|办(?:了|的)|续(?:了|费|报)|退(?:了|货|款|课)|考(?:了|到|的)|得了|"
    r"拿(?:了|到|走)|投(?:了|诉)|用(?:了|的是|过|着)|投诉|反馈|评价|住(?:在)?|收(?:到)?(?:了|走)|签收|赎(?:回"
    r"|了)|换(?:了|成)|开(?:了)?户|取消|报(?:了|名)|亏了|赚了|欠)"
    r"|^(?:家)?的(?:地址|订单|电话|包裹|账单|手机号|成绩|分数|快件|退款|余额|档案|报告)"
)
_OUR_OWN = sieve(
    r"老师|师傅|客服|专员|顾问|快递员|骑手|店长|经理|管家|教练|我们的|我们店|同事|医生|(?<![a-z])(?:from our"
    r"|our (?:team|colleague|tutor|support)|my colleague|tutor|coach|doctor|driver|technician|manager|advisor"
    r"|team)(?![a-z])"
)
_NAMED_EN = re.compile(
    r"(?<![A-Za-z])(?:(?:Mr|Mrs|Ms|Miss|Mx)\.? [A-Z][a-zA-Z'’-]+|(?:"
    + "|".join(FIRST_NAMES)
    + r")(?:\s[A-Z][a-z]+)?|[A-Z][a-z]{2,12}(?= (?:in|from|at|on) (?:the same|your|her|his|the \w+"
    r"|M[sr]s?\.? \w+'s) (?:\w+ )?(?:class|group|team|building|street|office|club|school"
    r"|year)(?![a-z])))(?![a-z])"
)
_DID_EN = sieve(
    r"(?<![a-z])(?:bought|ordered|paid|spent|scored|got (?:\d+|an?|the|her|his)|went (?:up |down )?from"
    r"|jumped|improved|finished|won|beat|dropped|quit|left (?:us|the|after)|joined|renewed|cancell?ed"
    r"|switched|upgraded"
    r"|returned|complained|lives (?:at|on|in|next)"
    r"|owes|moved (?:house|to|out)|told us|divorced|was (?:refunded|charged|late|fired|sick)|has (?:the same"
    r"|two|three|\d+"
    r"|already)|(?:'s|her|his|their) (?:order|parcel|address|account|refund|grades?|marks?|scores?|phone"
    r"|number|bill|results?)|order (?:no\.? |number )?#?\d+"
    r"|picked|chose|uses|earned|redeemed|signed up|passed (?:her|his|the)|failed|earns|withdrew|invested"
    r"|took out|can pass it on|received your)(?![a-z])"
)


def _named(field: Field, message: Message) -> Iterator[tuple[int, int]]:
    """Persons of no input of whom a deed is told, as spans of the tight view."""
    text = field.tight.text
    customer = fold(message.context.customer.name or "").text
    for match in _TITLED_ZH.finditer(text):
        said, after = match.group(), text[match.end() : match.end() + 24]
        own = customer[:1] and said.startswith(customer[:1]) and re.search(r"先生|女士|小姐|太太|总", said)
        if own or message.licence.has_phrase(said) or message.licence.has_phrase(said[:1] + "女士"):
            continue
        if _GREETS.search(text[max(0, match.start() - 4) : match.start()]) or not _DID_ZH.match(after):
            continue
        if not _SUPPOSED.search(field.sentence(match.start())) and not _OUR_OWN.search(field.sentence(match.start())):
            yield match.span()
    if message.context.customer.language == "en":
        yield from _named_english(field, message)


_GREETS = sieve(r"您好|尊敬的|亲爱的|^\s?$|\n")


def _named_english(field: Field, message: Message) -> Iterator[tuple[int, int]]:
    for match in _NAMED_EN.finditer(field.raw):
        said = fold(match.group()).text
        if any(part in message.licence.everything for part in (said, said.split()[-1])):
            continue
        start = field.tight.at(match.start())
        # "Ms." ends no sentence
        sentence = re.split(r"[!?\n]|(?<!mr)(?<!ms)(?<!mrs)(?<!dr)\. ", field.tight.text[start : start + 110])[0]
        if _DID_EN.search(sentence) and not _SUPPOSED.search(sentence) and not _OUR_OWN.search(sentence):
            yield start, min(start + len(said), len(field.tight.text))


def _third_parties(message: Message) -> Iterator[Finding]:
    listed = list(_by_list(message))
    yield from listed
    for field in message.fields:
        told = Taken(
            (found.start, found.end)
            for found in listed
            if found.field == field.name and found.start is not None and found.end is not None
        )
        for start, end in _named(field, message):
            if told.take(*field.tight.raw_span(start, end)):
                yield field.finding("THIRD_PARTY", Severity.BLOCK, _REASON, start, end, field.tight)


RULES: tuple[Rule, ...] = (
    Rule(
        "THIRD_PARTY",
        55,
        "Other people's privacy",
        "PIPL art. 28-30; GDPR art. 5(1)(c)",
        Severity.BLOCK,
        _third_parties,
        examples=(
            broken("和您同小区的王女士上周买了两套。"),
            broken("Another customer named Sue ordered this twice.", language="en"),
            broken("对门的刘姐昨天刚续了三年。"),
            broken("孙浩然同学这次考了第二，您家孩子呢？"),
            broken("您的快件错给了一位姓冯的客户，他住五号楼。"),
            broken("Priya in the evening class scored 92.", language="en"),
            broken("Your parcel was handed to a different customer, Mr Lowe at number 9.", language="en"),
            broken("Your neighbour Frank just renewed for two years.", language="en"),
            fine("送给朋友也合适。"),
            fine("You can add another customer to the family plan.", language="en"),
            fine("如果您的朋友也想买，可以直接在App里下单。"),
            fine("陈女士，您上周买了一把茶壶。", because="the customer's own"),
            fine("可以和邻居一起拼单买。"),
            fine("If your friend wants one too, just share the link.", language="en"),
            fine(
                "Ms. Reed moved Sam's lesson.",
                language="en",
                changes={"customer": {"facts": {"tutor": "Ms. Reed", "child": "Sam"}}},
            ),
            fine("Paul from our team has ordered the part for you.", language="en"),
        ),
    ),
)
