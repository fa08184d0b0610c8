"""Savings, funds and loans: no certain return, no advice, no rate or term but the record's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.derived import shown
from agent.guardrails.lexicon import Hit, is_denied_before
from agent.guardrails.listed import is_disowned, is_warned_of
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve
from agent.language.splices import spliced_terms

_GUARANTEED = sieve(
    r"保本|保(?:收益|息|底)|(?:零|0|无|没有(?:任何)?)风险|稳赚|包赚|必(?:涨|赚)|只赚不赔"
    r"|稳(?:稳)?(?:的)?(?:赚|收益)|保证(?:收益|本金|回报|兑付|您?\w{0,4}(?:收益|赚))"
    r"|刚(?:性)?兑(?:付)?|收益(?:有)?保障|本金(?:绝对)?(?:安全|无忧|有保障|不会)|绝对安全|躺赚"
    r"|旱涝保收|(?:审批|额度|贷款|放款)\w{0,4}(?:必过|包过|秒批|秒过|百分百|必下)|包过|无视(?:征信"
    r"|黑白)|预(?:计|期)\w{0,6}(?:收益|回报)\w{0,4}\d|跑赢|翻倍|高收益"
    r"|(?<![a-z])(?:guaranteed? (?:returns?|rates?|income|profits?|growth|gains?|approval|yield"
    r"|principal)|(?:returns?|rate|principal|capital|money|savings) (?:is"
    r"|are) (?:\w+ )?(?:guaranteed|protected|safe|risk[- ]free)|risk[- ]free|no[- ]risk(?! (?:in"
    r"|to) (?:try|ask|look|wait|see))"
    r"|zero[- ]risk|without (?:any )?risk|can(?:'t|not) lose|never (?:lose|go down|falls?)"
    r"|double your (?:money|savings)|(?:only|ever|always)(?: ever)? (?:go|goes|move|moves|grow"
    r"|grows|rise|rises)(?: \w+){0,3} (?:up|one way|higher)|sure thing|pre-?approved"
    r"|instant approval|approval guaranteed|beat(?:s|ing)? (?:the market|inflation)|get rich"
    r"|always (?:goes|go) up|safe(?:st)? (?:returns?|investment|bet|place))(?![a-z])"
)

_SAME_AGAIN = sieve(
    r"(?:今年|明年|这次|接下来|往后|后面|下半年)\w{0,8}(?:也|还|照样|仍|依然)\w{0,4}(?:是|有|能|会"
    r"|可以)?\w{0,3}(?:这个数|这么多|一样|涨|赚|不会低|差不了)|(?:照样|照旧|继续|接着|还会|只会|肯定|一定"
    r"|必定|迟早)\w{0,2}(?:涨|赚|翻)|闭(?:着)?眼(?:睛)?(?:买|入|投|续)|(?:坐等|躺着|睡着)\w{0,2}(?:收钱|赚"
    r"|拿钱|数钱)|翻番|翻(?:一|两|几)倍|本息\w{0,3}(?:有)?(?:保障|无忧|安全)|(?:cannot|can't"
    r"|won't) lose(?![a-z])|(?<![a-z])(?:returned|paid|earned|gained) \d[^.!?\n]{0,24} (?:again"
    r"|the same)(?![a-z])"
    r"|比(?:存银行|存款|定期|活期|银行)\w{0,4}(?:强|高|划算|多)|连本带利|一分(?:钱)?(?:都|也)?不(?:少|亏"
    r"|会亏)|亏(?:了|损)\w{0,3}(?:算|我|我们|公司|由我)\w{0,4}(?:赔|补|的|承担|兜)?|兜底|托底|(?:不会|绝不"
    r"|亏不|从(?:未|没|来没)|没)\w{0,2}亏(?:过|损|了|钱)?|零亏损|旱涝|准没错"
    r"|(?:百分百|100%|百分之百|必|秒|包|一定|肯定)(?:下款|放款|通过|批|过审)|(?:不看|不查|无视)征信|黑户"
    r"|人人可(?:贷|批)|板上钉钉|走个?(?:过场|形式)|一分(?:钱)?利息(?:都)?(?:没有|不[收要])|(?:等于"
    r"|相当于)\w{0,6}(?:白借|白送|白给|免费借)"
    r"|(?:公司|我们|平台|银行|基金经理)\w{0,8}(?:不会|哪能|怎么会)\w{0,4}(?:眼睁睁|看着|让)\w{0,8}(?:吃亏|亏)"
    r"|自己的钱\w{0,4}(?:垫|补|赔)|先垫上"
    r"|(?<![a-z])(?:expect (?:the same|as much|similar|it) (?:again|this year|next year|to repeat)"
    r"|same again (?:this|next)|history (?:will|is set to|tends to) repeat|(?:will|'ll|should|bound to|set to"
    r"|sure to|certain to|going to) (?:\w+ )?(?:do|grow|return|earn|pay|rise|climb|repeat|go up"
    r"|outperform)(?: \w+){0,3} (?:again|the same|as (?:much|well)|further|every year|year after year)"
    r"|where (?:they|it|your money) (?:grows?|works)|(?:money|savings|capital|deposit|cash"
    r"|nest egg)(?: \w+){0,3} (?:can't|cannot|won't|will never|never) (?:be lost|shrink|fall|go down|drop"
    r"|lose)|(?:completely|totally|perfectly|100%|absolutely|entirely) (?:safe|secure|protected|guaranteed)"
    r"|can't go wrong|no way to lose|nothing to lose|certain (?:profit|gain|return)s?|sure (?:profit|gain"
    r"|return)s?"
    r"|(?:profit|gain|return)s? (?:is|are) (?:\w+ )?(?:certain|assured|locked in)|never (?:had"
    r"|seen) a (?:losing|bad|down) (?:year|month)|everyone (?:gets|is) approved|no credit check"
    r"|approved in (?:seconds|minutes)|guaranteed (?:growth|acceptance|payout|win))(?![a-z])"
)

_FINANCE_TYPES = sieve(
    r"fund|saving|deposit|loan|credit|invest|insur|bond|wealth|card|基金|理财|存款|贷款|保险|债"
    r"|信用卡"
)

_YIELD = sieve(
    r"收益|回报|业绩|年化|净值|涨幅|利率|(?<![a-z])(?:returns?|yields?|performance|growth|interest"
    r"|aer|apr|apy|rate)(?![a-z])"
)

_RISK_LINE = sieve(
    r"风险|不代表|不保证|谨慎|浮动|波动|结合自身|(?<![a-z])(?:risk|can go down|may (?:fall|change"
    r"|go down)|variable|not guaranteed|not a (?:guide|guarantee)|past performance|capital at risk"
    r"|subject to)(?![a-z])"
)

_COMPARISON = sieve(
    r"同类|业绩|近(?:一|三|半|1|3)年|历史|跑赢|排名|相比|比\w{0,6}(?:高|好)"
    r"|(?<![a-z])(?:past (?:year|performance)|last year|compared|peers|similar (?:products|funds)"
    r"|benchmark|outperform\w*|higher than|better than)(?![a-z])"
)


def is_finance(message: Message) -> bool:
    facts = message.context.customer.facts
    return bool(_FINANCE_TYPES.search(str(facts.get("product_type") or "").casefold()))


def _finance(message: Message) -> Iterator[Finding]:
    finance = is_finance(message)
    for field in message.fields:
        text = field.masked(message)
        yield from _certain(field, text, message, finance)
        for match in _GUARANTEED.finditer(text):
            general = re.search(r"审批|额度|风险|risk|approv|return|收益|本金|保本|刚兑|principal", match.group())
            denied = is_denied_before(text, match.start()) or _denied_within(match, text)
            if (finance or general) and not denied and not _quoted_away(match, field, message):
                reason = "It promises a return, safety or approval that nobody can promise."
                yield field.finding("FINANCIAL_CLAIM", Severity.BLOCK, reason, *match.span(), field.tight)
        if finance:
            yield from _rates(field, message)


def _quoted_away(match: re.Match[str], field: Field, message: Message) -> bool:
    return is_warned_of(*match.span(), field) or is_disowned(
        Hit(match.start(), match.end(), Severity.BLOCK), field, message
    )


def _certain(field: Field, text: str, message: Message, finance: bool) -> Iterator[Finding]:
    """The past told as the future, loss ruled out, and terms of money that no clause carries."""
    reason = "It promises a return, safety or approval that nobody can promise."
    for match in _SAME_AGAIN.finditer(text) if finance else ():
        denied = is_denied_before(text, match.start()) or _quoted_away(match, field, message)
        if (
            not denied
            and not field.sentence(match.start()).rstrip().endswith(("?", "？"))
            and not message.licence.in_clause(match.group())
        ):
            yield field.finding("FINANCIAL_CLAIM", Severity.BLOCK, reason, *match.span(), field.tight)
    for match in _ADVISES.finditer(text) if finance else ():
        if not is_denied_before(text, match.start()):
            advice = "It says what to do with money. A person decides."
            yield field.finding("FINANCIAL_CLAIM", Severity.HUMAN, advice, *match.span(), field.tight)
    for start, end, term in spliced_terms(text):
        if _GUARANTEED.search(term):
            yield field.finding("FINANCIAL_CLAIM", Severity.BLOCK, reason, start, end, field.tight)
    for quantity in field.quantities if finance else ():
        if quantity.kind in ("amount", "percent", "days") and _COST.search(field.sentence(quantity.start)):
            known = message.licence.says(quantity) or message.licence.has_number(quantity.value)
            known = known or (quantity.kind == "amount" and shown(quantity.value, field, quantity.start, message))
            if not known and not is_denied_before(text, quantity.start):
                told = "No clause carries these terms."
                yield field.finding("FINANCIAL_CLAIM", Severity.BLOCK, told, quantity.start, quantity.end, field.tight)


_ADVISES = sieve(
    r"(?:产品|基金|理财|续|买|投|存|配置)[^。！？\n]{0,10}(?:比较|更|很|挺|可能)(?:合适|适合)|推荐您(?:买|续|投|配)"
    r"|建议您?(?:续期|买入|持有|加仓|追加|定投|赎回)|(?<![a-z])(?:can|may|might|would|could) suit(?: people"
    r"| you| those)"
    r"|(?<![a-z])(?:i'd|i would|we'd) (?:keep|leave|move|hold|invest|put) (?:it|your|the money)(?![a-z])"
)

_COST = sieve(
    r"违约金|手续费|赎回费|罚息|申购费|管理费|服务费|封闭期|锁定期|(?<![a-z])(?:penalt(?:y|ies)"
    r"|early withdrawal|exit (?:fee|charge)|management fee|lock-?in|locked in|withdrawal (?:fee"
    r"|charge)s?)(?![a-z])"
)


def _denied_within(match: re.Match[str], text: str) -> bool:
    """没有绝对安全的说法 denies; 没有风险 claims."""
    return bool(
        re.search(
            r"(?:不是|并非|没有|不存在|不承诺|不保证|非)\w{0,4}$", text[max(0, match.start() - 6) : match.start()]
        )
    )


def _rates(field: Field, message: Message) -> Iterator[Finding]:
    text = field.tight.text
    whole = "\n".join(each.tight.text for each in message.fields)
    qualifiers = set(re.findall(r"variable|fixed|浮动|固定|预期|七日年化|历史", message.licence.everything))
    for quantity in field.quantities:
        if quantity.kind not in ("percent", "percent_off"):
            continue
        sentence = field.sentence(quantity.start)
        if not _YIELD.search(sentence):
            continue
        if not message.licence.says(quantity):
            reason = "This rate is not the rate of the record."
            yield field.finding("FINANCIAL_CLAIM", Severity.BLOCK, reason, quantity.start, quantity.end, field.tight)
        elif qualifiers and not any(word in whole for word in qualifiers):
            reason = "The rate is given without its qualifier."
            yield field.finding("FINANCIAL_CLAIM", Severity.BLOCK, reason, quantity.start, quantity.end, field.tight)
    match = _COMPARISON.search(text)
    if match and _YIELD.search(field.sentence(match.start())):
        backed = message.licence.in_clause(field.sentence(match.start()).strip("。. \n"))
        if not backed and not re.search(
            r"(?:过往|历史|past)\w{0,3}(?:业绩| ?performance)[\w也都 ]{0,8}(?:不代表|is not|不保证)",
            text[match.start() - 4 if match.start() > 4 else 0 : match.end() + 24],
        ):
            severity = Severity.HUMAN if _RISK_LINE.search(whole) else Severity.BLOCK
            reason = "It compares returns; compliance must see it."
            yield field.finding("FINANCIAL_CLAIM", severity, reason, *match.span(), field.tight)


_FUND = {"customer": {"facts": {"product": "稳盈90天", "product_type": "fund"}}}

_ISA = {"customer": {"facts": {"product": "Easy ISA", "product_type": "savings"}}}


RULES: tuple[Rule, ...] = (
    Rule(
        "FINANCIAL_CLAIM",
        39,
        "Savings",
        "Advertising Law art. 25; FCA COBS 4",
        Severity.BLOCK,
        _finance,
        examples=(
            broken("稳盈90天保本保收益，零风险。", changes=_FUND),
            broken("Guaranteed returns, risk-free.", language="en"),
            broken("同类产品近一年业绩不错。基金有风险。", changes=_FUND),
            broken("去年赚了不少，今年照样涨。", changes=_FUND),
            broken("谁不知道我们的理财稳赚不赔，别信别家的。", changes=_FUND),
            broken(
                "我们的“保本”理财，请勿错过。", changes=_FUND, because="a warning beside the word takes nothing back"
            ),
            broken('Everyone says "guaranteed approval" about us. Don\'t say no.', language="en"),
            fine("凡是说保本、稳赚的，都不是真的。", changes=_FUND),
            broken("亏了算我们的，您闭眼买。", changes=_FUND),
            broken("这款bao本，您放心。", changes=_FUND),
            broken("提前赎回要交手续费200元。", changes=_FUND),
            broken("It did well, and it is bound to rise again.", language="en", changes=_ISA),
            broken("Your capital can never go down with us.", language="en", changes=_ISA),
            broken("There is a withdrawal fee of £25.", language="en", changes=_ISA),
            fine("有人说“稳赚不赔”，我们不敢这么讲，市场有涨有跌。", changes=_FUND),
            fine("会不会亏？有可能，这款不保证本金。", changes=_FUND),
            fine("Nobody can promise that it will rise again; the rate is variable.", language="en", changes=_ISA),
            fine("There is no withdrawal fee.", language="en", changes=_ISA),
            fine("这款产品并非保本产品，过往业绩不代表未来表现。", changes=_FUND),
            fine("Late in the year we rate every board.", language="en"),
        ),
    ),
)
