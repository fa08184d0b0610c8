"""Running down or comparing other firms.

Rivals that the context names are known; others are taken by their shape (LeafyCup, 沁园家, 京X) where the sentence runs
them down. What the record, the brand or a clause names is no rival.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from functools import cache
from zoneinfo import available_timezones

from agent.domain import Finding, Severity
from agent.guardrails.lexicon import is_denied_before
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.normalise import fold
from agent.language.sieve import sieve

_OTHERS = sieve(
    r"别家|别的(?:商家|店|平台|品牌|公司|运营商|银行|快递|机构)|其他(?:商家|家(?!人|庭|电|居|里|长)|平台|品牌"
    r"|公司|运营商|银行|快递|店|机构)"
    r"|某(?:东|宝|多多|猫|音|信|行|团|商城|品牌|平台|运营商|快递|大牌|机构|丰|通|达|家(?![长人庭]))|竞品"
    r"|竞争对手|对手|同行|友商|隔壁家|外面(?:那些|的?(?:店|商家|机构|小店))"
    r"|(?:市面上?|市场上)\w{0,4}(?:有些|很多|那些|不少|大多|大部分)?|有些(?:商家|店|品牌|平台|机构|公司|同类)"
    r"|那些(?:大牌|小店|杂牌|商家|平台)|杂牌|山寨|小作坊|小厂"
    r"|(?<![a-z])(?:other|rival|competing|those|most|some|big|cheap|cheaper|chain) (?:\w+ )?(?:carriers?"
    r"|stores?|shops?|brands?|companies|banks?|couriers?|networks?|providers?|retailers?|sellers?"
    r"|lenders?|chains?|roasters?|apps?|tutors|schools?|agencies)(?![a-z])"
    r"|(?<![a-z])(?:our )?(?:the other (?:shop|store|company|brand|place|firm|supplier)|competitors?"
    r"|rivals?|the competition|the other (?:guys|lot|side)|the big (?:guys|names|chains))(?![a-z])"
)

# words before the kind of a firm that name none: 您的快递, 收到后快递, 感谢物流
_SMALL = (
    "的是给在和我您你他她它这那了到后就把被也都可能有没不会要个分星收感谢以前用买从说最近上下一两几各种其别什么由"
    "对于让请将很太更还又再只该每本店家们大小好新老等走发寄件查看催换着打道歉就为因但与及或当今明昨天年月日号份省"
    "市区县国全超"
)

_FIRM = sieve(
    rf"(?:(?![{_SMALL}])[\u4e00-\u9fff]){{2,4}}(?:电信|通信|移动|联通|银行|物流|快递|速运|金融|理财|优选|商城"
    rf"|超市|严选|百货|保险|证券|家纺|家居|茶业|护肤|数码|快运|教育|课堂|体检)"
    r"|(?:[A-Z][\w&'-]+ ){1,2}(?:Wireless|Mobile|Telecom|Bank|Savings|Express|Logistics|Couriers?|Freight"
    r"|Networks?|Cellular|Home|Goods|Outfitters|Insurance|Finance|Shipping|Parcel|Mart"
    r"|Coffee|Roasters|Tutors|Tutoring|Electronics|Skincare|Beauty|Outdoors|Credit Union|Invest)"
)

_DISPARAGED = sieve(
    r"(?<!时)(?<!偏)(?<!误)差(?!不多|价|评|额|异|旅|别)|坑|乱(?!码|放|动)|骗|慢(?!慢|用|走)|不如(?!先|就|这样"
    r"|您)|垃圾(?!桶|袋|分类|站)|(?<![放请暑寒长小假节])假(?!如|设|期|日|若|装)|(?<![珍宝名可昂])贵(?!宾|公司"
    r"|姓|方|州|阳|重|族)|烂|后悔|黑心|宰|扣费|丢件|暴力"
    r"|失望|靠不住|不靠谱|跑路|爆雷|没保障|忽悠|比不上|不行|偷工减料|翻新|质量堪忧|激素|虚标|糊弄|起球|智商税"
    r"|割韭菜|虚假|以次充好|掺假|有毒|致癌|甲醛|三无|假货|水货|漏水|掉线|难吃|难喝|难用|难看|黑店|烫手"
    r"|(?<!我们)不(?:敢|会)(?:像|跟)|吃亏|上当|后患|套路|乱收费|偷工|缩水|翻车|拉胯|投诉(?:一堆|不断|多)"
    r"|没人管|没售后|劣质|有问题|陈年|旧货|临时凑|凑数|敷衍|三流|香精|勾兑|临期|过期"
    r"|(?<![a-z])(?:drops?(?! by| in| off| us)|lies?(?! in| flat)|lied|rip[s-]?|worse|worst|terrible|awful"
    r"|hidden (?:fees?|charges?)|unreliable|slow(?:er|est)?|overcharg\w+|scam\w*|cheat\w*|fakes?|junk"
    r"|poor(?:ly)?|bad(?:ly)?"
    r"|loses?|lost|shady|breaks?(?! down your)|broke|fails?|failed|expensive|overpriced|mediocre|rubbish"
    r"|cuts? corners|can't (?:match|compete)|don't care|never (?:answer|pick|deliver|arrive|on time)\w*|burnt"
    r"|dust|sweatshop"
    r"|(?:fell|falls?|fall(?:ing)?) apart|flimsy|trash|garbage|useless|toxic|dirty|nasty|sloppy|stale|bland"
    r"|watery|rip-?off|con artists?|crooks?|clowns?|waste of|read from a script|lazy|dishonest|rude"
    r"|dead zones?|second[- ]rate|inferior|cheap (?:plastic|knock-?offs?|imitations?)|knock-?offs?"
    r"|ignores?|hides?|gouge\w*|sue[ds]?|bankrupt\w*|leaks?|damag\w+|crush\w*|late (?:again|every)|regret)(?![a-z])"
)

_COMPARED = sieve(
    r"(?<![法好可])比(?!如|例|较(?:适合|建议)|赛)|相比|更(?!新|换|改|衣|正)|(?<![a-z])(?:than|compared|compare|unlike"
    r"|versus|vs|switch|theirs|differ\w*)(?![a-z])|转投|换到"
)

# a name that nobody gave us, by its shape or its place in the sentence
_VEILED = sieve(
    r"(?<![\u4e00-\u9fffa-z0-9])?[顺京淘拼美移联电天苏唯圆申韵极抖快菜饿][xX×某](?:[xX×]{0,2})(?![a-z\d元月日"
    r"天])|(?:珂|某)\w家"
)

_HOUSE = sieve(
    r"(?<![大人国专商厂买卖店回在搬居全到公独亲作行画每各您你我他她咱自别谁哪一两这那几家])(?P<name>[\u4e00-\u9fff"
    r"]{2,3})家(?:的|那(?:种|款|个)?|家纺)(?=\w)|(?P<that>[\u4e00-\u9fff]{2,5})那家(?:的|店)?"
    r"|像(?P<like>[\u4e00-\u9fffa-z]{2,8}?)(?:那种|这种|那样|之流|那家)"
)

_NO_NAME = sieve(
    r"我们|咱们|你们|您|他们|大家|人家|国家|专家|商家|厂家|买家|卖家|店家|自家|本店|老人|家里|全家|很多|不少"
    r"|有的|每一?|邻居|朋友|同事|孩子|客户|顾客|这个|那个|一家|两家|哪|谁|回|到|在|给|帮|送|寄|搬|去|和|跟|是"
    r"|的"
)

_CAMEL = re.compile(r"(?<![\w@./-])(?:[A-Z][a-z]+(?:[A-Z][a-z]+)+|[A-Z][a-z]{3,})(?:'s)?(?![\w@./]\w)")

_DOES_BADLY = (
    r"(?:'s? (?:\w+ ){1,3})?(?:\w+ly )?(?:(?:(?:will|would|'ll|does|do|did) (?:\w+ )?)?(?:loses?|drops?"
    r"|breaks?|lies|cheats|overcharges?|rips?|cheat|cuts corners|falls apart|fell apart|hides|gouges|damages"
    r"|crushes|ignores|"
    r"sells? (?:fake|junk|old|stale|cheap|knock)|can't|couldn't|(?:is|are|was|tastes|feels"
    r"|smells)(?: \w+)? (?:slow|junk|rubbish|worse|overpriced|a scam|a rip-?off|unreliable|terrible|awful"
    r"|burnt|trash|garbage|fake|a joke|cheap plastic|toxic|poor|dreadful)))"
)

_AGAINST = (
    r"unlike|(?:better|faster|cheaper|stronger|safer|fresher|softer|kinder|nicer|warmer|tastier|honest"
    r"|reliable) than|(?:ditch|dump|forget|leave|still (?:using|with|paying|stuck with)"
    r"|switch(?:ing)? (?:over )?from|tired of|fed up with|sick of|"
    r"burned by|let down by|ripped off by|don't (?:trust|buy from)|avoid|beats?)|(?:brands?|shops?|carriers?"
    r"|companies|outfits|places|chains) like|likes of|(?:people|customers|friends|those"
    r"|everyone) who (?:moved|switched|went|left|changed)(?: over)? (?:to|for)|why (?:pay|use|trust|stay with"
    r"|choose|put up with)"
)

# what is written with a capital and is no firm: days, months, the cities and regions of the zone database, and a few
_NO_FIRM = (
    "english chinese british american french german italian spanish japanese christmas easter thanksgiving diwali"
    " ramadan iphone ipad macbook android windows youtube whatsapp paypal gmail outlook wifi britain america canada"
    " england scotland wales ireland europe india china japan france germany spain italy boston texas california"
)


@cache
def ordinary_names() -> frozenset[str]:
    places = (part for zone in available_timezones() for part in zone.casefold().split("/"))
    names = (*calendar.day_name, *calendar.month_name, *places, *_NO_FIRM.split())
    return frozenset(name.casefold() for name in names if name)


def _unknown_names(field: Field, message: Message) -> Iterator[tuple[int, int, bool]]:
    """Capitalised names that no input holds, and whether the sentence runs them down (else it compares)."""
    if message.context.customer.language != "en":
        return
    for match in _CAMEL.finditer(field.raw):
        lower = fold(match.group().removesuffix("'s")).text
        start = field.tight.at(match.start())
        if start == len(field.tight.text) or lower in ordinary_names():
            continue
        if _is_known(lower, message) or _first_of_its_kind(match, field):
            continue
        if _runs_down(re.escape(lower), field.sentence(start)):
            yield start, start + len(lower), True
        elif _is_firm(match.group(), lower, message) and _THEIRS.search(_around(field, start)):
            yield start, start + len(lower), False


_THEIRS = sieve(
    r"(?<![a-z])(?:theirs(?! (?:is|are) your)|ours|than us|versus|vs|compare (?:both|them|the two))(?![a-z])"
)

_TOLD_OF = sieve(
    r"(?<![a-z])(?:customers?|someone|somebody|friends?|told us|people|neighbou?rs?|brands?|sweatshops?"
    r"|cheap)(?![a-z])"
)


def _is_firm(said: str, name: str, message: Message) -> bool:
    """What looks like a brand, or what the customer brought up by name."""
    thread = fold(str(message.context.customer.facts.get("customer_said_in_thread") or "")).text
    return any(char.isupper() for char in said[1:]) or name in thread


def _is_known(name: str, message: Message) -> bool:
    """Whether an input holds the name. What only the customer brought up is still somebody else's firm."""
    said = fold(str(message.context.customer.facts.get("customer_said_in_thread") or "")).text
    return name in message.licence.everything.replace(said, "") if said else name in message.licence.everything


_RUNNING_DOWN = sieve(
    rf"(?<![a-z])(?:{_AGAINST}) |{_DOES_BADLY}(?![a-z])|fell apart|falls apart|broke|leaked|died|failed|dropped|burnt"
)
"""What must stand in a sentence that runs somebody down, whatever the name."""


def _runs_down(name: str, sentence: str) -> bool:
    if not _RUNNING_DOWN.search(sentence):  # an expression for each name would have to be compiled
        return False
    if re.search(rf"(?<![a-z])(?:{_AGAINST}) (?:\w+ )?{name}", sentence):
        return True
    if re.search(rf"(?<![a-z]){name} ?{_DOES_BADLY}(?![a-z])", sentence):
        return True
    broke = (
        rf"[a-z] (?:\w+ )?{name}(?:'s)? [\w ]{{0,30}}(?:fell apart|falls apart|broke|leaked|died|failed"
        rf"|dropped|burnt)"
    )
    return bool(re.search(broke, sentence)) and bool(_TOLD_OF.search(sentence))


def _around(field: Field, at: int) -> str:
    start, end = field.sentence_at(at)
    return field.tight.text[start : end + 80]


_WORDS_THAT_BEGIN = frozenset(
    """
    the this that these those there here your our their his her its when where what which while with without after
    before because since until unless although though every each some most many much please thanks thank hello dear
    shipping delivery nobody everyone everybody somebody someone nothing everything anything whoever life time work
    coffee sleep weather nature paper stock money rain snow cold heat traffic customers people parcels packages
    orders cheap wool cotton standard express regular free water glass plastic leather they them then than also only
    just even still once sometimes usually often never always today tomorrow yesterday tonight
    """.split()
)


def _first_of_its_kind(match: re.Match[str], field: Field) -> bool:
    """A plain word with a capital at the head of a sentence, or of a title, need not be a name."""
    said = match.group().removesuffix("'s")
    if any(char.isupper() for char in said[1:]) or not (_at_head(match, field) or field.name == "subject"):
        return False
    return said.casefold() in _WORDS_THAT_BEGIN or said.casefold().endswith(("ing", "ed", "ly", "s"))


def _at_head(match: re.Match[str], field: Field) -> bool:
    before = field.raw[: match.start()].rstrip(" \"'“(")
    return not before or before[-1] in ".!?:\n—-•"


def _rivals(message: Message) -> Iterator[Finding]:
    named = [fold(name).text for name in message.context.brand.competitors]
    whole = "\n".join(each.tight.text for each in message.fields)
    for field in message.fields:
        text = field.masked(message)
        for start, end in _rival_spans(field, text, named):
            sentence = field.sentence(start).replace(text[start:end], "")
            if is_denied_before(text, start):
                continue
            if _DISPARAGED.search(sentence):
                yield field.finding("COMPETITOR", Severity.BLOCK, _RUNS_DOWN, start, end, field.tight)
            elif any(name in text[start:end] for name in named) or _COMPARED.search(sentence):
                yield field.finding("COMPETITOR", Severity.HUMAN, _NAMES, start, end, field.tight)
        for start, end in _shaped(text, message):
            if _DISPARAGED.search(field.sentence(start)):
                yield field.finding("COMPETITOR", Severity.BLOCK, _RUNS_DOWN, start, end, field.tight)
        # the tight view would join what the cross keeps apart
        for match in field.find(_VEILED):
            if _DISPARAGED.search(whole):
                yield field.finding("COMPETITOR", Severity.BLOCK, _RUNS_DOWN, *match.span())
        for start, end, down in _unknown_names(field, message):
            severity, reason = (Severity.BLOCK, _RUNS_DOWN) if down else (Severity.HUMAN, _NAMES)
            yield field.finding("COMPETITOR", severity, reason, start, end, field.tight)


_RUNS_DOWN = "It runs down a rival. Speak of our own goods only."

_NAMES = "It names or compares a rival. A person decides."


def _shaped(text: str, message: Message) -> Iterator[tuple[int, int]]:
    for match in _HOUSE.finditer(text):
        name = match["name"] or match["like"] or match["that"]
        if not _NO_NAME.search(name) and not message.licence.has_phrase(name) and "\x1f" not in match.group():
            yield match.span()


def _rival_spans(field: Field, text: str, named: list[str]) -> Iterator[tuple[int, int]]:
    for name in named:
        at = text.find(name)
        if name and at >= 0:
            yield at, at + len(name)
    for match in _OTHERS.finditer(text):
        yield match.span()
    for match in _FIRM.finditer(field.raw):
        # the mask shows which firms are our own or stand in the record
        start = field.tight.at(match.start())
        if start < len(text) and "\x1f" not in text[start : start + len(match.group())]:
            sentence = field.sentence(start)
            if _DISPARAGED.search(sentence) or _COMPARED.search(sentence):
                yield start, min(start + len(match.group()), len(text))


RULES: tuple[Rule, ...] = (
    Rule(
        "COMPETITOR",
        57,
        "Fair play",
        "Advertising Law art. 13; Anti-Unfair-Competition Law; Lanham Act 43(a)",
        Severity.BLOCK,
        _rivals,
        examples=(
            broken("别家的茶又贵又差。"),
            broken("Other shops rip you off.", language="en"),
            broken("Oakline Home sells junk.", language="en", changes={"brand": {"competitors": ["Oakline Home"]}}),
            broken("像雾里青那种牌子，都是拿陈茶糊弄人。"),
            broken("沁园家的茶全是香精，喝了上当。"),
            broken("京X送货暴力得很。"),
            broken("LeafyCup's tea tastes burnt.", language="en"),
            broken("Unlike Brewmont, we dry our own leaves.", language="en"),
            broken("Tired of Teaville? Come back.", language="en"),
            broken(
                "You mentioned Brewmont. Compare theirs and ours on price.",
                language="en",
                changes={"customer": {"facts": {"customer_said_in_thread": "Brewmont is cheaper"}}},
                because="neutral: a person",
            ),
            fine("您可以随时在其他渠道了解茶叶知识。"),
            fine("青禾茶铺不会乱收费。"),
            fine("大家的茶都泡得差不多。您家的水壶慢慢烧就行。"),
            fine("Shipping is slow this week, sorry. Rain is bad for parcels.", language="en"),
            fine("The parcel was lost in Fresno, and we are looking for it.", language="en"),
            fine("其他家人也可以一起用。"),
            broken("Go with the pink lot, then. Their towers fall over.", language="en"),
            fine("很抱歉，您的快递慢了，收到后快递盒坏了也请拍照。"),
            fine("这一单的物流出了差错，我们在查。"),
        ),
    ),
)
