"""Truth beyond the coupon row: urgency, reference prices, subjects, and what is said of money products."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from agent.domain import Channel, Finding, Purpose, Severity
from agent.guardrails.lexicon import Hit, is_denied_before
from agent.guardrails.licence import leaves
from agent.guardrails.listed import is_disowned
from agent.guardrails.message import Field, Message
from agent.guardrails.offer_validity import is_wrong_deadline
from agent.guardrails.offer_value import presents_offer
from agent.guardrails.rule import Rule, broken, fine
from agent.language.normalise import fold
from agent.language.numbers import english_value
from agent.language.sieve import sieve
from agent.language.splices import spliced_terms

# --- urgency ----------------------------------------------------------------------------------------------------------

_SCARCE = sieve(
    r"(?:仅剩|只剩|还剩|最后|剩余|剩下|库存仅|限量|仅限前|前)(?:最后|不到|不足)?\s?(?P<zh>\d+"
    r"|[一二三四五六七八九十百两]+)\s?(?:件|个|套|台|份|张|双|箱|名|位|席|单|盒|瓶)|库存(?:告急"
    r"|紧张|不多|见底|所剩无几)|(?:即将|马上|快|就要)(?:售罄|卖完|卖光|断货|抢光|没货|涨价"
    r"|恢复原价)|抢(?:购|疯|光|完|空)|疯抢|手慢(?:无|则无)|售完(?:即止|不补)|名额(?:有限|不多"
    r"|告急)|错过(?:不再|再等|就没|没有|等一年|后悔|(?:就)?要等)|再不\w{1,3}就(?:没|来不及|晚)"
    r"|排着?(?:队)?\w{0,3}(?:几|好几)?(?:百|千|十)\w{0,2}人|(?P<people>\d+"
    r"|[一二三四五六七八九十百千万两几]+)\s?(?:多|余)?(?:人|位顾客|位客户|用户)(?:正在|已|都在|在"
    r"|刚刚)"
    r"|(?<![a-z])down to (?:the last |just |our last )?(?P<few>\d+|one|two|three|four|five|six|a few"
    r"|a handful)(?![a-z%])"
    r"|(?<![a-z])(?:only|just|last|final) (?P<en>\d+|one|two|three|four|five|six|seven|eight"
    r"|nine"
    r"|ten|a few|a handful)(?: \w+){0,2} (?:left|remaining|available|in stock|to go)"
    r"|(?<![a-z])(?:selling (?:out )?fast|almost gone|nearly gone|going fast|flying off"
    r"|running (?:out|low)|low stock|(?:stocks?|supplies|spots|seats|places) (?:is|are) (?:limited"
    r"|low|running)|before (?:it's|they're|it is|they are) (?:all )?gone|sold out soon|won't last"
    r"|limited (?:stock|quantity|supply|spots)|(?P<crowd>\d+|dozens of|hundreds of|many|several"
    r"|\w+teen) (?:other )?(?:people|shoppers|customers|others) (?:are|have|just|also|viewing"
    r"|looking))(?![a-z])"
)
_HURRY = sieve(
    r"最后(?:的)?(?:机会|一次机会|时刻|通牒|\d+小时|几小时)|倒计时|限时(?:抢|秒杀|特惠)"
    r"|即将(?:结束|截止|失效|过期|到期)|马上(?:结束|截止|失效|过期|到期)|(?:今晚|今天|今日"
    r"|零点)(?:就|将|内)?(?:截止|结束|失效|过期|作废|过后)|过期不候|过时不候|赶(?:快|紧)(?:下单|抢"
    r"|买|用|来)|速(?:抢|来|购)|仅此一(?:天|次|日)|再不(?:买|来|用|下单)就|欲购从速"
    r"|(?<![a-z])(?:last chance|final (?:hours|chance|call|notice)|act (?:now|fast)|hurry(?: up)?"
    r"|don't (?:miss out|delay|wait)|ends (?:soon|tonight|today|at midnight)|expires (?:soon"
    r"|tonight|today|at midnight)|today only|tonight only|now or never|(?:ending|expiring) (?:soon"
    r"|tonight|today)|clock is ticking|time is running out|countdown|one day only|(?<!and )this is it"
    r"|or it's gone)(?![a-z])"
)
_SOON = timedelta(days=3)


def _urgency(message: Message) -> Iterator[Finding]:
    for field in message.fields:
        text = field.masked(message)
        for match in _SCARCE.finditer(text):
            if _is_their_own(match, text):
                continue
            if not _stock_is_known(match, message) and not is_denied_before(text, match.start()):
                reason = "No input backs this scarcity. Drop it."
                yield field.finding("FAKE_URGENCY", Severity.BLOCK, reason, *match.span(), field.tight)
        for match in _HURRY.finditer(text):
            if (
                not _says_the_last_day(field, match.start(), message)
                and not _deadline_is_near(match.group(), message)
                and not is_denied_before(text, match.start())
            ):
                reason = "Nothing ends that soon. Give the true date."
                yield field.finding("FAKE_URGENCY", Severity.BLOCK, reason, *match.span(), field.tight)
        yield from _early_deadlines(field, message)


def _stock_is_known(match: re.Match[str], message: Message) -> bool:
    said = match["zh"] or match["en"] or match["few"] or ""
    stock = [
        value
        for path, value in leaves(message.context.customer.facts)
        if re.search(r"stock|left|seat|spot|unit|库存|余|限量|名额", path.casefold()) and not isinstance(value, bool)
    ]
    said = str(english_value(said) or said)
    if said.isdigit():
        return any(str(value) == said for value in stock) or message.licence.has_phrase(match.group())
    return bool(stock) and not match["people"] and not match["crowd"]


_YOURS = sieve(r"(?<![a-z])(?:your|you|you're|if)(?![a-z])[^.,;!?]{0,24}$")


def _is_their_own(match: re.Match[str], text: str) -> bool:
    """Your filter is running low: that is the customer's, and no stock of ours."""
    said = match.group().startswith("running")
    return said and bool(_YOURS.search(text[max(0, match.start() - 40) : match.start()]))


def _says_the_last_day(field: Field, at: int, message: Message) -> bool:
    """Whether the sentence itself names the true last day: then nobody is hurried by "after midnight it is gone"."""
    expires, (start, end) = message.context.offer and message.context.offer.expires_on, field.sentence_at(at)
    return any(mention.first == mention.last == expires for mention in field.dates if start <= mention.start < end)


def _deadline_is_near(said: str, message: Message) -> bool:
    """A hurry is honest when the offer ends within three days; "today" only on the last day itself."""
    offer, today = message.context.offer, message.context.local_now.date()
    if offer is None or offer.expires_on is None:
        return message.licence.has_phrase(said)
    today_only = re.search(r"今|零点|一天|一日|tonight|today|midnight|one day|hours|小时", said)
    reach = timedelta(0) if today_only else _SOON
    return today <= offer.expires_on <= today + reach


def _early_deadlines(field: Field, message: Message) -> Iterator[Finding]:
    offer = message.context.offer
    if offer is None or offer.expires_on is None or not presents_offer(message):
        return
    today = message.context.local_now.date()
    for mention in field.dates:
        if today <= mention.last < offer.expires_on and is_wrong_deadline(mention, field, message, offer):
            reason = f"The offer lasts until {offer.expires_on}; it does not end earlier."
            yield field.finding("FAKE_URGENCY", Severity.BLOCK, reason, mention.start, mention.end, field.tight)


# --- reference prices -------------------------------------------------------------------------------------------------

_MONEY = r"(?:[¥$£€]\s?\d[\d,.]*|\d[\d,.]*\s?(?:元|块|dollars|pounds|euros|美元))"
_REFERENCE = sieve(
    rf"(?:原价|划线价|市场价|专柜价|吊牌价|官方价|日常价|门店价|建议零售价)\s?(?:是|为|:"
    rf"|：)?\s?{_MONEY}|(?:历史|全年|史上|年度|近\s?\w{{1,4}}(?:天|日|个月"
    rf"|年))(?:以来)?(?:的)?(?:最低|新低|底价|低价)|史低|(?:从未|没有)(?:这么|如此)(?:便宜|低)"
    rf"|(?<![a-z])(?:was|were|usually|normally|originally|previously|regular(?:ly)?|rrp|msrp"
    rf"|(?:normally|usually|originally|previously|regularly) (?:goes|go|sells?|sold|costs?|retails?)(?: for| at)?"
    rf"|list price|compare(?:d)? (?:at|to)|down from|instead of|reduced from|used to be|worth"
    rf"|valued at|retails? (?:at|for))(?: price)?(?: of| is|:)? ?{_MONEY}|(?<![a-z])(?:down|reduced"
    rf"|cut) from ?\d+[.]\d\d|(?<![a-z])(?:lowest|best"
    rf"|cheapest) price (?:in|of|for|since|this|ever)(?: the)?(?: last| past)?(?: \w+){{0,2}}"
    rf"|(?<![a-z])(?:never been (?:this |so )?(?:cheap|low)|all[- ]time low|lowest ever"
    rf"|\d+[- ]day low)"
)


def _reference(message: Message) -> Iterator[Finding]:
    known = (
        {str(value) for _, value in leaves(message.context.price_history)} if message.context.price_history else set()
    )
    for field in message.fields:
        for match in field.find(_REFERENCE, field.tight):
            number = re.search(r"\d[\d,.]*\d|\d", match.group())
            value = number.group().replace(",", "") if number else ""
            if (
                value in known
                or message.licence.has_phrase(match.group())
                or is_denied_before(field.tight.text, match.start())
            ):
                continue
            if _is_own_price(value, message) and not _LOWEST.search(match.group()):
                continue
            reason = "No price history backs this comparison. Drop the reference price."
            yield field.finding("PRICE_REF", Severity.BLOCK, reason, *match.span(), field.tight)


_LOWEST = sieve(r"低|lowest|cheap|low(?![a-z])")


def _is_own_price(value: str, message: Message) -> bool:
    """What this customer paid is a fact of the record, and a policy may name a price."""
    if not value:
        return False
    said, licence = Decimal(value.rstrip(".")), message.licence
    return said in licence.money or any(q.kind == "amount" and q.value == said for q in licence.quantities)


# --- subjects ---------------------------------------------------------------------------------------------------------

_THREAD = sieve(r"^\s*(?:re|fw|fwd|回复|答复|转发)\s?[:：]", re.I)
_ALARM = sieve(
    r"停机|断网|断供|号码(?:将|被|即将)?(?:被)?回收|封号|被封|注销|销户|警告|警报|最后(?:警告|通牒|提醒)"
    r"|(?:账单|扣款|扣费|余额|积分)\w{0,2}异常|包裹\w{0,2}(?:被扣|退回|丢失|滞留|扣留)|海关|罚款|违约|征信"
    r"|冒用|盗(?:用|刷)|泄露|被盗|被(?:登录|盗|扣)|待(?:领取|认领)|(?:补贴|红包|奖金|退款|赔款"
    r"|补偿金?)\w{0,2}(?:到账|待领|待确认|已到)"
    r"|抽中|幸运(?:用户|客户|儿)|大奖|订单(?:取消|关闭|失败)|配送失败|投递失败|无法(?:投递|派送)|实名(?:失效"
    r"|过期)|(?:会员|账户|账号)\w{0,2}(?:失效|过期|到期|受限)|付款失败|支付失败|扣款失败|账单逾期|逾期|欠费"
    r"|账户异常|账号异常|安全(?:警报|警告|提醒|通知)"
    r"|异常登录|法院|传票|律师函|中奖|获奖|恭喜您?(?:中|获|抽)|订单异常|包裹异常|快递异常"
    r"|退款(?:失败|待领|待确认)|您有一笔|紧急(?:通知)?|最后通知|发票(?:待|已)|中签|未领取的?(?:奖"
    r"|款)|(?:账户|账号)\w{0,4}(?:冻结|停用|锁定)"
    r"|(?<![a-z])(?:suspension|suspended|terminat\w+|deactivat\w+|disconnect\w+|(?:cut|shut) off|breach\w*"
    r"|compromised|hacked|stolen|unauthori[sz]ed|declined|charge(?:d)? (?:failed|back|twice)|you owe"
    r"|balance due|(?:missed|failed|attempted) (?:payment|delivery|call)|(?:package|parcel|order) (?:held"
    r"|returned|seized|lost|cancell?ed)|customs|fraud\w*"
    r"|lawsuit|credit score|you(?:'ve| have) been (?:selected|chosen|charged|hacked)|(?:claim|collect) your"
    r"|reward (?:waiting|inside|unlocked)|(?:last|final) (?:warning|reminder)|expired card"
    r"|update your (?:payment|billing|card)|your (?:number|line|access) (?:will|is)|invoice|payment (?:failed"
    r"|declined|due|overdue|problem)|past due|overdue"
    r"|security (?:alert|notice|warning)|account (?:suspended|locked|alert|limited|closed|on hold"
    r"|problem)|unusual (?:activity|sign-?in)|court|subpoena|legal notice|you(?:'ve| have) won"
    r"|winner|prize|final notice|urgent|action required|delivery (?:failed|problem)"
    r"|your refund(?: request)?|refund (?:pending|waiting|approved)|order (?:problem|failed"
    r"|cancelled|on hold)|(?:receipt|confirmation) (?:for|of)|verify your)(?![a-z])"
)


_OWED_BY_US = sieve(r"(?<![a-z])(?:thank[- ]?you|thanks|apology|hello|reply|answer|note|word)(?![a-z])")


def _subject(message: Message) -> Iterator[Finding]:
    field = next((each for each in message.fields if each.name == "subject"), None)
    if field is None or message.context.channel not in (Channel.EMAIL, Channel.PUSH):
        return
    known = message.licence.everything
    thread = _THREAD.match(field.words.text)
    if thread and not _has_thread(field, message):
        reason = "The subject pretends to answer, but there is no thread."
        yield field.finding("DECEPTIVE_SUBJECT", Severity.BLOCK, reason, *thread.span())
    for match in _ALARM.finditer(field.tight.text):
        fits = message.purpose is not Purpose.MARKETING and _body_speaks_of(match.group(), message)
        if match.group() == "overdue" and _OWED_BY_US.search(field.tight.text):
            continue
        if match.group() not in known and not fits:
            reason = "The subject raises an alarm or a hope that nothing backs."
            yield field.finding("DECEPTIVE_SUBJECT", Severity.BLOCK, reason, *match.span(), field.tight)
    yield from _more_than_the_body(field, message)
    yield from _gift_of_nothing(field, message)


_ALL_FREE = sieve(
    r"(?:全[场单]|全部|统统|一律|样样)(?:都)?(?:免费|免单|白送|0元)|(?:免费|白)(?:送|领|拿)(?!货)|免单"
    r"|0元(?:领|拿|购)|(?<![a-z])(?:(?:everything|it|all)(?:'s| is|)? (?:\w+ )?free|free (?:gift|phone|month"
    r"|box|year|hamper|money|tablet|lessons?)|on us|on the house|a (?:gift|present|hamper|reward|prize"
    r"|surprise) (?:for you|inside|is waiting)|(?:half|50%) off everything|free for (?:life|all"
    r"|a year))(?![a-z])"
    r"|(?:礼物|大礼|好礼|礼品|礼盒)\w{0,3}(?:送|给|等|待|到|请)|送您\w{0,4}(?:礼|奖)"
)


def _gift_of_nothing(field: Field, message: Message) -> Iterator[Finding]:
    """A gift, or everything for nothing, in a subject whose body does not say so."""
    body = message.body.tight.text if message.body else ""
    for match in _ALL_FREE.finditer(field.tight.text):
        words = [
            word for word in re.findall(r"[a-z]{4,}|[\u4e00-\u9fff]{2}", match.group()) if word not in _EMPTY_WORDS
        ]
        small = not _WHOLLY.search(match.group()) and message.body is not None and message.benefits_of(message.body)
        if (
            not any(word in body for word in words)
            and not small
            and not is_denied_before(field.tight.text, match.start())
        ):
            reason = "The subject promises what the body does not hold."
            yield field.finding("DECEPTIVE_SUBJECT", Severity.BLOCK, reason, *match.span(), field.tight)


_WHOLLY = sieve(r"全|统统|一律|样样|免单|everything|(?<![a-z])all(?![a-z])|for life|half|50%")
_EMPTY_WORDS = frozenset({"everything", "waiting", "inside", "house", "your", "全场", "全部", "统统", "送您", "给您"})


def _has_thread(field: Field, message: Message) -> bool:
    ticket = message.context.open_ticket
    subject = _THREAD.sub("", field.words.text).strip()
    threads = [fold(str(value)).text for key, value in (ticket.details.items() if ticket else ()) if "subject" in key]
    threads += message.licence.fact_texts
    return any(thread and (thread in subject or subject in thread) for thread in threads if len(thread) > 2)


def _body_speaks_of(word: str, message: Message) -> bool:
    body = message.body.tight.text if message.body else ""
    return (
        word in body
        or any(pair in body for pair in (word[:2], word[-2:]) if not pair.isascii())
        or any(part in body for part in word.split() if len(part) > 4)
    )


def _more_than_the_body(field: Field, message: Message) -> Iterator[Finding]:
    body, offer = message.body, message.context.offer
    if body is None:
        return
    promised = message.benefits_of(field)
    kept = [quantity.kind for quantity in message.benefits_of(body)]
    names_code = offer is not None and offer.code is not None and offer.code.casefold() in body.tight.text
    for quantity in promised:
        if not kept and not names_code:
            reason = "The subject promises what the body does not hold."
            yield field.finding("DECEPTIVE_SUBJECT", Severity.BLOCK, reason, quantity.start, quantity.end, field.tight)


# --- money products ---------------------------------------------------------------------------------------------------

_GUARANTEED = sieve(
    r"保本|保(?:收益|息|底)|(?:零|0|无|没有(?:任何)?)风险|稳赚|包赚|必(?:涨|赚)|只赚不赔"
    r"|稳(?:稳)?(?:的)?(?:赚|收益)|保证(?:收益|本金|回报|兑付|您?\w{0,4}(?:收益|赚))"
    r"|刚(?:性)?兑(?:付)?|收益(?:有)?保障|本金(?:绝对)?(?:安全|无忧|有保障|不会)|绝对安全|躺赚"
    r"|旱涝保收|(?:审批|额度|贷款|放款)\w{0,4}(?:必过|包过|秒批|秒过|百分百|必下)|包过|无视(?:征信"
    r"|黑白)|预(?:计|期)\w{0,6}(?:收益|回报)\w{0,4}\d|跑赢|翻倍|高收益"
    r"|(?<![a-z])(?:guaranteed? (?:returns?|rates?|income|profits?|growth|gains?|approval|yield"
    r"|principal)|(?:returns?|rate|principal|capital|money|savings) (?:is"
    r"|are) (?:\w+ )?(?:guaranteed|protected|safe|risk[- ]free)|risk[- ]free|no[- ]risk"
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
    r"|人人可(?:贷|批)"
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


def _is_finance(message: Message) -> bool:
    facts = message.context.customer.facts
    return bool(_FINANCE_TYPES.search(str(facts.get("product_type") or "").casefold()))


def _finance(message: Message) -> Iterator[Finding]:
    finance = _is_finance(message)
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
    return is_disowned(Hit(match.start(), match.end(), Severity.BLOCK), field, message)


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


_QH = {"kind": "percent", "value": 20, "currency": "CNY", "code": "QH20", "min_spend": 0, "expires_on": "2026-09-30"}
_FUND = {"customer": {"facts": {"product": "稳盈90天", "product_type": "fund"}}}
_ISA = {"customer": {"facts": {"product": "Easy ISA", "product_type": "savings"}}}
_GIFT = {"kind": "points", "value": 200, "currency": "CNY", "code": None, "expires_on": "2026-09-30"}
RULES: tuple[Rule, ...] = (
    Rule(
        "FAKE_URGENCY",
        33,
        "Time to think",
        "UCPD Annex I no. 7; Anti-Unfair-Competition Law art. 9",
        Severity.BLOCK,
        _urgency,
        examples=(
            broken("手冲壶仅剩3件，126人正在抢购！"),
            broken("八折券QH20，今晚截止！", changes={"offer": _QH}),
            broken("Hurry, only 4 left in stock!", language="en"),
            fine("手冲壶仅剩3件。", changes={"customer": {"facts": {"stock_left": 3}}}),
            fine("八折券QH20即将到期，9月30日止。", changes={"offer": _QH, "now": "2026-09-29T10:00:00+08:00"}),
            fine("No hurry, take your time.", language="en"),
            broken("Stock is running low.", language="en"),
            fine("If your filter is running low, tell us. You waited for news, and this is it.", language="en"),
        ),
    ),
    Rule(
        "PRICE_REF",
        37,
        "Real bargains",
        "Rules on sales promotion; 98/6/EC art. 6a; 16 CFR 233.1",
        Severity.BLOCK,
        _reference,
        examples=(
            broken("原价399元的围巾。"),
            broken("It was $120 last month.", language="en"),
            broken("近30天最低价。"),
            fine("您上次付了268元。", changes={"customer": {"facts": {"last_order": {"amount": 268}}}}),
            fine("It was lovely to have 120 of you here.", language="en"),
        ),
    ),
    Rule(
        "DECEPTIVE_SUBJECT",
        38,
        "Subjects that say what is inside",
        "CAN-SPAM 7704(a)(2); UCPD art. 6",
        Severity.BLOCK,
        _subject,
        channels=("email", "push"),
        examples=(
            broken("新茶上架。", channel="email", subject="回复：您的退款", changes={"purpose": "marketing"}),
            broken(
                "New cases are in.",
                language="en",
                channel="email",
                subject="Payment failed",
                changes={"purpose": "marketing"},
            ),
            broken("新茶上架。", channel="push", subject="账户异常警告", changes={"purpose": "marketing"}),
            broken("秋茶到店，欢迎来坐。", channel="email", subject="全场白送", changes={"purpose": "marketing"}),
            broken("秋茶到店。", channel="push", subject="恭喜您被抽中", changes={"purpose": "marketing"}),
            broken(
                "New boards.", language="en", channel="push", subject="A gift for you", changes={"purpose": "marketing"}
            ),
            broken(
                "New boards.",
                language="en",
                channel="push",
                subject="Unauthorised sign-in",
                changes={"purpose": "marketing"},
            ),
            broken(
                "New boards.",
                language="en",
                channel="email",
                subject="Your parcel: customs hold",
                changes={"purpose": "marketing"},
            ),
            fine("退款268元已到账。", channel="push", subject="退款已到账", changes={"purpose": "service"}),
            fine("包裹因地址不详退回，请补充。", channel="push", subject="包裹退回", changes={"purpose": "service"}),
            fine(
                "Your parcel was returned to us.",
                language="en",
                channel="push",
                subject="Parcel returned",
                changes={"purpose": "service"},
            ),
            fine("No gift this time, just news.", language="en", channel="push", subject="Not a gift, just news"),
            fine(
                "关于茶壶的事已核实。",
                channel="email",
                subject="回复：茶壶漏水",
                changes={"history": {"open_ticket": {"type": "complaint", "status": "open", "subject": "茶壶漏水"}}},
            ),
            fine("Hi Will, thank you.", language="en", channel="email", subject="A thank-you that is overdue"),
            fine("请收下200积分。", channel="email", subject="送您200积分", changes={"offer": _GIFT}),
        ),
    ),
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
