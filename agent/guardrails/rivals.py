"""Other firms and other people's prices: running down a rival, or making the price depend on who the customer is.

Rivals that the context names are known; others are taken by their shape (LeafyCup, 沁园家, 京X) where the sentence runs
them down. What the record, the brand or a clause names is no rival.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.lexicon import Hit, is_denied_before
from agent.guardrails.listed import by_list
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
    r"|lenders?|chains?|roasters?|apps?|tutors|schools?|agencies)(?![a-z])|(?<![a-z])(?:our )?(?:competitors?"
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
    r"|hidden (?:fees?|charges?)|unreliable|slow(?:er|est)?|overcharg\w+|scam\w*|cheat\w*|fake|junk"
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
    r"(?<![大人国专商厂买卖店回在搬居全到公独亲作行画每各您你我他她咱自别谁哪一两这那几家])(?P<name>[\u4e00-\u"
    r"9fff]{2,3})家(?:的|那(?:种|款|个)?|家纺)(?=\w)|(?P<that>[\u4e00-\u9fff]{2,5})那家(?:的|店)?"
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
_ORDINARY = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august s"
    "eptember october november december "
    "english chinese british american french german italian spanish japanese christmas easter thanksgiving di"
    "wali ramadan iphone ipad macbook android windows youtube whatsapp paypal gmail outlook wifi "
    "london boston chicago america britain canada england scotland ireland europe india china denver fresno o"
    "akland vermont portland toronto bristol york texas california".split()
)


def _unknown_names(field: Field, message: Message) -> Iterator[tuple[int, int, bool]]:
    """Capitalised names that no input holds, and whether the sentence runs them down (else it compares)."""
    if message.context.customer.language != "en":
        return
    for match in _CAMEL.finditer(field.raw):
        lower = fold(match.group().removesuffix("'s")).text
        start = next((at for at, raw in enumerate(field.tight.index_map) if raw >= match.start()), None)
        if start is None or lower in _ORDINARY or _is_known(lower, message) or _first_of_its_kind(match, field):
            continue
        if _runs_down(re.escape(lower), field.sentence(start)):
            yield start, start + len(lower), True
        elif _is_firm(match.group(), lower, message) and _THEIRS.search(_around(field, start)):
            yield start, start + len(lower), False


_THEIRS = sieve(
    r"(?<![a-z])(?:theirs(?! (?:is|are) your)|ours|than us|versus|vs|compare (?:both|them|the two))(?![a-z])"
)
_TOLD_OF = sieve(
    r"(?<![a-z])(?:customers?|someone|somebody|friends?|told us|people|neighbou?rs?|brands?|sweatshops?|cheap)(?![a-z])"
)


def _is_firm(said: str, name: str, message: Message) -> bool:
    """What looks like a brand, or what the customer brought up by name."""
    thread = fold(str(message.context.customer.facts.get("customer_said_in_thread") or "")).text
    return any(char.isupper() for char in said[1:]) or name in thread


def _is_known(name: str, message: Message) -> bool:
    """Whether an input holds the name. What only the customer brought up is still somebody else's firm."""
    said = fold(str(message.context.customer.facts.get("customer_said_in_thread") or "")).text
    return name in message.licence.everything.replace(said, "") if said else name in message.licence.everything


def _runs_down(name: str, sentence: str) -> bool:
    if re.search(rf"(?<![a-z])(?:{_AGAINST}) (?:\w+ )?{name}", sentence):
        return True
    if re.search(rf"(?<![a-z]){name} ?{_DOES_BADLY}(?![a-z])", sentence):
        return True
    broke = (
        rf"[a-z] (?:\w+ )?{name}(?:'s)? [\w ]{{0,30}}(?:fell apart|falls apart|broke|leaked|died|failed|dropped|burnt)"
    )
    return bool(re.search(broke, sentence)) and bool(_TOLD_OF.search(sentence))


def _around(field: Field, at: int) -> str:
    start, end = field.sentence_at(at)
    return field.tight.text[start : end + 80]


_WORDS_THAT_BEGIN = frozenset(
    "the this that these those there here your our their his her its when where what which while with without"
    " after before because since until unless although though every each some most many much "
    "please thanks thank hello dear shipping delivery nobody everyone everybody somebody someone nothing ever"
    "ything anything whoever life time work coffee sleep weather nature paper stock money rain snow cold heat"
    " traffic customers people parcels packages orders cheap wool cotton "
    "standard express regular free water glass plastic leather they them then than also only just even still "
    "once sometimes usually often never always today tomorrow yesterday tonight".split()
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
        start = next((i for i, raw in enumerate(field.tight.index_map) if raw >= match.start()), None)
        if start is not None and "\x1f" not in text[start : start + len(match.group())]:
            sentence = field.sentence(start)
            if _DISPARAGED.search(sentence) or _COMPARED.search(sentence):
                yield start, min(start + len(match.group()), len(text))


# --- the price of a person --------------------------------------------------------------------------------------------

_WHO = sieve(
    r"机型|(?:手机|电脑|设备)(?:型号|品牌|贵|好|档次|便宜)|(?:用|换|拿)(?:的是|着|台|个|部)?\w{0,4}(?:苹果"
    r"|iphone|安卓|华为|手机|ipad|平板|mac)|消费(?:能力|水平|力|习惯|记录|档次)|订单金额|花(?:钱|得)多"
    r"|住\w{1,8}(?:的)?(?:用户|客户|人)|购买(?:记录|习惯)|历史消费"
    r"|购买力|支付能力|付得起|收入|工资|身家|经济(?:条件|实力)|(?:不差|不缺|有的是|有)钱|"
    r"住(?:的|在)?\w{0,6}(?:小区|地段|别墅|区域|片区|豪宅|楼盘)|所在(?:区域|地段|小区)|邮编|(?:没|不|从不"
    r"|从来没?|很少|懒得)\w{0,4}(?:比价|比过价|货比三家|砍价|讲价|还价)|不太?(?:在意|在乎|看)价格|平时(?:出手"
    r"|花钱)|出手(?:大方|阔绰)"
    r"|(?<![a-z])(?:(?:older|newer|cheaper|pricier|latest|fancy|expensive|new) (?:phones?|laptops?|devices?"
    r"|handsets?)|pay without asking|earn (?:well|a lot|more|good)|iphone|ipad|mac(?:book)?|android|laptop"
    r"|device|browser|handset"
    r"|phone you use|zip ?code|postcode|postal code|neighbou?rhood|where you live|part of town|your (?:area"
    r"|location|income|salary|budget|spending|job|age|browsing|means|wallet|employer)"
    r"|(?:usually|normally|typically|tend to|happily|always|can) (?:spend|splurge|pay|afford)|afford (?:it"
    r"|more|to)|willing(?:ness)? to pay|big spender|deep pockets|(?:never|rarely|don't|seldom|hardly ever"
    r"|doesn't|do not)(?: \w+)? (?:compare|haggle|shop around|complain|check prices|look at (?:the )?prices?"
    r"|ask for discounts))(?![a-z])"
)
_PRICE = sieve(
    r"价|套餐|月租|贵|收费|费用|收(?:得|您)|折扣|优惠|(?<![a-z])(?:fares?|yours at|prices?|priced|pricing"
    r"|rates?|quoted?"
    r"|tariff|fees?|charged?|pay|cost)(?![a-z])"
)
_DIFFERS = sieve(
    r"(?:高|贵|低|便宜|多)(?:一?点|一些|些|一截|不少)?(?:点)?|不(?:同|一样)|(?:只|专门|单独|才|就)(?:给|对"
    r"|显示)|(?:给|对)您(?:显示|看到|报)|因人而|个(?:人|性)化|(?:就是|才是)这个价|没(?:有)?给|定(?:的|在)"
    r"|上(?:浮|调)|加(?:价|收)"
    r"|(?<![a-z])(?:higher|lower|more|less|above|below|extra|different|differs?|personal|personali[sz]ed"
    r"|tailored|custom|just for you|bumped|adjusted|set|picked|chosen|yours|special|premium|depends?|vary"
    r"|varies|based|a (?:touch|bit|little)|isn't the same|not the same)(?![a-z])"
)
_SAME = sieve(
    r"一样(?!的价.{0,4}不)|相同|统一|同价|无关|不分|都(?:是|能|可)|不(?:会|看|因)|与\w{0,6}无关|(?<![不])一致"
    r"|(?<![a-z])(?:same|regardless|no matter|never depends?|doesn't depend|does not depend|whatever|everyone"
    r"|everybody|all (?:customers|members)|not (?:based|depend)|won't|whichever|any (?:phone|device"
    r"|browser))(?![a-z])"
)
_LOYAL = sieve(
    r"(?:老|忠实|忠诚|长期)(?:客户|顾客|用户|会员|客)|在网\w{0,4}年|(?:续费|续约|续保)(?:的)?(?:客户|用户"
    r"|会员|价)|(?<![a-z])(?:loyal|existing|long-?(?:time|standing)|returning|current|regular|older"
    r"|renewing)(?: \w+)? (?:customers?|members?|shippers?|accounts?|subscribers?|users?|savers?|families)"
    r"|been with us|stay(?:ed|ing)? (?:with us|loyal)"
)
_WORSE = sieve(
    r"(?:价格?|收费|费用)?\w{0,6}(?:更高|高一?(?:些|点)|贵|多(?:付|收|交)|上浮)|涨价\w{0,3}只|只涨|(?:没"
    r"|不)(?:给|帮|为)(?:您"
    r"|你)\w{0,3}(?:降价|便宜|优惠|打折|调低)|(?:没|不|无法|不能)\w{0,6}(?:新(?:用户|客|客户|人)\w{0,4}(?:价"
    r"|优惠|折)|给\w{0,6}(?:新|优惠))|比新(?:用户|客户|客|人)\w{0,4}(?:高|贵|多)|新(?:用户|客户|客"
    r"|人)\w{0,4}(?:更低|便宜|才有|低)"
    r"|(?<![a-z])(?:pay|pays|paying|charged?|rates?|prices?|priced)(?: [\w']+){0,8} (?:more|higher|above"
    r"|extra|over)(?![a-z])|(?:more|higher|above)(?: [\w']+){0,5} (?:new|newer|first-time)(?![a-z])"
    r"|new(?:er)? (?:customers?|accounts?|members?|subscribers?|users?)(?: [\w']+){0,4} (?:less|lower|cheaper"
    r"|better)(?![a-z])"
)


def _unless_same(hit: Hit, field: Field, _: Message) -> Severity | None:
    return (
        None
        if _SAME.search(field.sentence(hit.start)) and not _DIFFERS_FOR_YOU.search(field.sentence(hit.start))
        else hit.severity
    )


_DIFFERS_FOR_YOU = sieve(
    r"(?:比|跟|和|与)(?:别人|其他人|新客|新用户)\w{0,6}(?:高|贵|不同|不一样)|(?<![a-z])(?:more|higher|above) than"
)


_listed = by_list(
    "PRICE_DISCRIM",
    "It makes the price depend on who the customer is. Take it out.",
    _unless_same,
)


def _by_person(message: Message) -> Iterator[Finding]:
    yield from _listed(message)
    reason = "It makes the price depend on who the customer is. Take it out."
    for field in message.fields:
        text = field.tight.text
        for match in (*_WHO.finditer(text), *_LOYAL.finditer(text)):
            said = field.sentence(match.start())
            rest = said.replace(match.group(), "", 1)
            worse = (
                _WORSE.search(said) if _LOYAL.match(match.group()) else _PRICE.search(rest) and _DIFFERS.search(rest)
            )
            if (
                worse
                and not _SAME.search(said)
                and not message.licence.in_clause(said.strip("。. \n"))
                and _OF_YOU.search(said)
            ):
                yield field.finding("PRICE_DISCRIM", Severity.BLOCK, reason, *match.span(), field.tight)
                break


_OF_YOU = sieve(
    r"您|你|看到的|老(?:客|用|会)|(?<![a-z])(?:you|your|you're|loyal|existing|regular|users|owners)(?![a-z])"
)

RULES: tuple[Rule, ...] = (
    Rule(
        "PRICE_DISCRIM",
        56,
        "One price for the same thing",
        "PIPL art. 24; consumer law regulations (2024) art. 9",
        Severity.BLOCK,
        _by_person,
        examples=(
            broken("因为您从不比价，这个价格只给您。"),
            broken("Because you never compare prices, this one is yours.", language="en"),
            broken("您住的小区档次高，报价自然会高一些。"),
            broken("用安卓手机下单，您看到的价格会便宜点。"),
            broken("老用户续费比新用户贵，这是惯例。"),
            broken("Your rate is a bit higher because of the neighbourhood you live in.", language="en"),
            broken("Prices on your phone are personal: we look at what you usually spend.", language="en"),
            broken("Existing members pay more than new accounts do.", language="en"),
            fine("老客户和新客户价格一样。"),
            fine("Prices are the same for everybody.", language="en"),
            fine("不管您用安卓还是苹果手机，价格都是一样的。"),
            fine("您用苹果手机的话，在设置里打开通知就行。"),
            fine("老会员的积分可以继续用。"),
            fine("The price is the same on any phone and in any browser.", language="en"),
            fine("You can check the rate on your laptop or phone.", language="en"),
            fine("Thank you for being with us for six years.", language="en"),
        ),
    ),
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
            fine("很抱歉，您的快递慢了，收到后快递盒坏了也请拍照。"),
            fine("这一单的物流出了差错，我们在查。"),
        ),
    ),
)
