"""What a user's words want: out, a person, to complain, to chat, or an answer. Takes text, gives an Intent.

Leaving is looked for first, and what only resembles it (a parcel sent back, an order cancelled, "what if I
unsubscribed") is kept apart. Reads the last turn alone: an older wish was answered in its own turn.
"""

from __future__ import annotations

import re
from enum import StrEnum

from agent.chat.records import Intent
from agent.language.spoken import fold

_CHANNELS = r"(?:短信|邮件|邮箱|信息|消息|广告|推送|推广|营销|优惠|促销|活动|通知|电话|骚扰)"
_STOP = r"(?:别|不要|不想|不用(?=再|给我|继续)|请勿|勿|停止|取消|拒绝|拒收|不再|不愿|不需要|关掉|关闭|屏蔽)"
_OUT = re.compile(
    r"退[订訂](?![单單货貨金购購酒机機房票])|取消(?:所有|全部|一切)?(?:订阅|訂閱|关注推送)|(?:不想|不要|别)再?订阅"
    rf"|{_STOP}(?:再)?(?:继续)?(?:给|向|跟|对)?(?:我|本人)?(?:再)?(?:继续)?(?:群)?(?:发|推|推送|发送|寄|打"
    rf"|收到?|接收)了?"
    rf"(?:给我)?(?:任何|这些|那些|这种|什么|你们的?|垃圾|所有|的)*{_CHANNELS}"
    rf"|{_STOP}(?:任何|这些|那些|这种|你们的?|垃圾|所有|一切)*(?:营销|广告|推广|促销)?(?:短信|邮件|推送|广告|骚扰)"
    r"|(?:别|不要|不许)再?(?:骚扰|打扰|联系)我|把我(?:的?\w{0,4})?从\w{0,6}(?:名单|列表)\w{0,4}(?:删|移|去)"
    r"|\bun-?subscri(?:be|bing|bed)\b|\bopt(?:ing|ed)?[ -]?(?:me )?out\b|\bstop (?:texting|e-?mailing"
    r"|messaging|spamming"
    r"|contacting) me\b|\bstop (?:sending|the|all|with the|these|your)(?: me)?(?: (?:any|all|these|those|your|more|"
    r"the|so many|marketing|promotional|promo|spam))* ?(?:e-?mails?|texts?|sms|messages?|newsletters?|spam"
    r"|ads?|adverts?"
    r"|marketing|promotions?|notifications?|offers)\b"
    r"|\b(?:don'?t|do not|never|no longer) (?:want|wish|need)?(?: ?to)? ?(?:get|receive|send|e-?mail|text"
    r"|message|contact|spam)"
    r"(?:ing)?(?: me)?(?: (?:any|all|these|those|your|more|the|marketing|promotional|promo|spam))*"
    r"(?: (?:e-?mails?|texts?|sms|messages?|newsletters?|spam|ads|marketing|promotions?|again|any ?more)\b|[.!]*$)"
    r"|\bno more (?:marketing |promotional |promo )?(?:e-?mails?|texts?|messages?|newsletters?|marketing|spam|ads)\b"
    r"|\b(?:take|remove|delete|get) me (?:off|from)\b|\bleave me alone\b|\b(?:want|like to be|let me) off (?:your|the"
    r"|this|that)\b"
    r"|\b(?:want|like|wish|need)(?: you)? to stop (?:receiving|getting|hearing from you)"
)
_KEYWORD = re.compile(r"(?:td|t|r|qx|退|n|stop|stopall|quit|end|unsub)[.。!！]?")
_CLOSE = re.compile(
    r"注[销銷](?:掉)?(?:我的?|这个|一下|掉|你们的?)*(?:[账帐][号户戶號]|会员|會員|用户|账戶)?(?![\w])"
    r"|注[销銷](?:我的?|这个)?(?:[账帐]|会员|用户|一下)"
    r"|[账帐][号户](?:我)?(?:想|要|帮我|给我|怎么|如何|可以)*注销|销户"
    r"|(?:关闭|关掉|删除|删掉|取消|停用|终止|退出)(?:掉)?(?:我的?|这个|你们的?|在你们这的?)*(?:[账帐][号户]"
    r"|会员|帐户)(?![积日价周节卡])"
    r"|(?:删除|删掉|清除|抹掉)(?:掉)?(?:我的?|所有|全部|个人)+(?:资料|信息|数据|隐私)"
    r"|\b(?:close|delete|cancel|deactivate|terminate|remove|end|shut down|get rid of) (?:my|the|this|our)"
    r"(?: (?!order)\w+)? ?(?:account|profile|membership|subscription|registration)s?\b"
    r"|把(?:我的?|这个)*(?:[账帐][号户]|会员)(?:给)?(?:我)?(?:删|注销|关|销)|销号(?!码)"
    r"|(?:不想要|不要)(?:这个|我的|你们的)*(?:[账帐][号户]|会员)了|(?:[账帐][号户]|会员)我?(?:也|都)?不(?:想)?要了"
    r"|\b(?:delete|erase|remove|wipe) (?:all )?(?:of )?my (?:personal )?(?:data|details|information)\b"
    r"|\b(?:want|like|need|get|have) (?:my|the|this|our) (?:\w+ )?(?:account|profile|membership) (?:to be )?(?:closed"
    r"|deleted"
    r"|cancell?ed|removed|deactivated|terminated|gone)\b"
    r"|\b(?:don't|do not|no longer) (?:want|need) (?:an|this|my|the|that) (?:account"
    r"|membership)(?: with you)?(?: any ?more)?[.!]*$"
)
_SUPPOSED = re.compile(
    r"如果|假如|要是|万一|(?:退订|注销)(?:了|掉|之?后|以后)*(?:会(?!员)|是否|有没有|影响|还能|还会|对|的话)"
    r"|\b(?:if|when|after|once) (?:i|we|you) (?:un-?subscribe|opt|close|cancel|delete)|\bwhat happens\b"
    r"|\b(?:does|will|would|is|can) (?:un-?subscribing|opting|closing|cancell?ing|deleting)\b"
)
_BACK_IN = re.compile(r"重新订阅|恢复订阅|再订阅|\bre-?subscribe|\bsubscribe again|\bsign (?:me )?(?:up|back)")
_DENIED_BEFORE = re.compile(
    r"(?:没有?|不想|不要|别|从未|从来没|并未|不是(?:要|想)?|不(?:用|必|需要))(?:申请|要求|说过?|要|想|给我|帮我)*$"
    r"|(?:\bdon'?t|\bdo not|\bdidn'?t|\bdid not|\bnever|(?<!can )\bnot)(?: (?:want|wish|ask|mean|to|have|need))* $"
)
_STILL_IN = re.compile(r"(?:成功|掉|不了)|\w* ?(?:but|and (?:i )?still|yet)")
_HOW = re.compile(
    r"(?:(?:怎么|怎样|如何|咋|哪里|在哪儿?|哪儿|去哪儿?)(?:才|样|去|来|能|可以|可|够|申请|办理|操作|设置|把|将|我"
    r"|你们的?|自己|手动|主动)*"
    r"|\b(?:how|where)(?:'s|'d)?(?: (?:exactly|do|does|can|could|would|should|may|might|to|i|we|you|one|somebody"
    r"|someone|people"
    r"|go about|get to|best|easily|permanently|myself|possible|is it|it|possible to))* "
    r"|\bwhat (?:do|should|must|would) (?:i|we|one) (?:need to |have to )?(?:do|click|press|reply|send"
    r"|text) (?:in order )?to "
    r"|\b(?:way|ways|steps|instructions|process|procedure) (?:to|of|for) )$"
)
_HOW_AFTER = re.compile(
    r"(?:[号户掉了一下我你们的这些个]*(?:营销|推广|广告)?(?:短信|邮件|推送|消息|服务|[账帐][号户]|会员)?的?)(?:是|要|该"
    r"|得|需要)?"
    r"(?:怎么(?!还|没|不|老|总)|如何|在哪|去哪|哪里|方式|方法|流程|步骤|链接|入口|教程|需要(?:什么|哪些)|要(?:什么"
    r"|哪些))"
)
_HOW_ELSE = re.compile(
    r"\bhow (?:do|can|could|would|to)(?: (?:i|we|you))? stop (?:receiving|getting)\b|"
    r"(?:怎么|怎样|如何|咋)(?:样|才能|才可以|才|可以|能)?(?:不|别)(?:再)?(?:收到?|接收|看到).{0,8}(?:短信|邮件|消息"
    r"|广告|推送|信息)"
)
_NO_WAY = re.compile(
    r"(?:找不[到着]|没有?找到|没有|看不到|没有?看到|哪有)(?:任何|你们的?|这个|那个|可以|能|怎么|如何|在哪|哪里)*$"
    r"|\b(?:no|can(?:'?t|not| not) (?:find|see|get|figure out)|could(?:n't| not) (?:find|see|figure out)"
    r"|(?:isn't|is not|aren't) (?:a|any)|not (?:find|see)|don't (?:see|find)|didn't find)\b"
    r"[^.?!,]{0,20}?\b(?:ways?|links?|buttons?|options?|how|where|instructions|steps)\b[^.?!,]{0,12}$"
)
_WAY_ZH = (
    r"(?:营销|推广|广告)?(?:短信|邮件|推送|消息|服务)?的?(?:链接|入口|按钮|页面|选项|方式|方法|办法|流程|步骤|地方)"
)
_WAY = re.compile(_WAY_ZH)
_WAY_FAILS = re.compile(
    rf"{_WAY_ZH}.{{0,4}}?(?:打不开|失效|无效|没用|不管用|点不[了开动]|不能用|用不了|坏|没反应|不行|找不到|没有$)"
)
_INSISTS = re.compile(
    r"\b(?:i want out|let me out|get me out|stop it|just do it|do it (?:now|for me)|please do it)\b"
    r"|\blink (?:does ?n[o']t work|is broken|does nothing|is dead)"
    r"|(?:快点?|直接|马上|赶紧|立刻)(?:给我|帮我)?(?:退(?!货|款)|取消)|别再发了|受够了"
)
"""Whoever found no way out, or says in the same breath that they want out, does not ask how: they want it done."""
_HOW_CLOSE = re.compile(r"注[销銷].{0,6}(?:怎么|如何|流程|方法|步骤|入口|在哪)")

_WHY = re.compile(
    r"(?:为什么|为何|怎么会?|凭什么|干嘛|干吗)(?:会|要|老|总|一直|又)*(?:给|发|向|找|联系|推)?(?:我|本人)?.{0,6}"
    r"(?:发|收到|推送?|联系|打扰|选中|挑中).{0,10}(?:信息|消息|短信|邮件|推送|优惠|券|我|这个|这条|这封)"
    r"|(?:你们|您们)?(?:怎么|从哪儿?|哪里)(?:有|拿到|得到|知道|弄到|来)(?:了)?的?我的?(?:手机号?|号码|邮箱|信息|资料"
    r"|联系方式)"
    r"|(?:用|拿)我的?(?:信息|数据|资料|个人信息)(?:做|干|来做|用来做)(?:了)?什么|怎么(?:使?用|处理)我的(?:信息|数据"
    r"|资料)"
    r"|是(?:不是)?(?:机器|系统|算法|程序|自动)(?:选|挑|决定|推荐)(?:的|我)"
    r"|\bwhy (?:did|do|am|are|have|was|were|would) (?:i|you|we|me)\b.{0,30}\b(?:get(?:ting)?|receiv\w+|got|send\w*|sent"
    r"|contact\w*|writ\w+|wrote|messag\w+|e-?mail\w*|text\w*|pick\w*|chos\w+|select\w*)\b"
    r"|\b(?:how|where) did you (?:get|find|have) my (?:number|e-?mail|address|details|data|contact)\b"
    r"|\bhow (?:do|are) you us(?:e|ing) my (?:data|details|information)\b"
    r"|\bwhat do you (?:do with|use) my (?:data|details)\b"
    r"|\b(?:did|does|was|is) (?:a |an |it )?(?:computer|program|machine|algorithm|ai)(?: that)? "
    r"(?:decid\w+|choos\w+|pick\w*)"
)
_HOURS = re.compile(
    r"几点|什么时候|几时|时间|上班|在线吗|[周星期礼拜]末?[一二三四五六日天末]|晚上|夜里|半夜|中午|节假日|\bhours\b"
    r"|\bwhen\b|\bwhat time\b|\bopen\b"
)
_PERSON = re.compile(
    r"转人工|轉人工|(?:找|要|叫|换|接|联系|转接?|有没有|有)(?:个|一个|一下|你们的?)?(?:人工|真人|活人|客服"
    r"|人来?)(?!智能|的?(?:电话|手机|热线|号码|微信))"
    r"|(?:找|叫|让|换|要|请|喊|联系)(?:一下|你|你们|您们?|个|一个)?的?(?:经理|主管|领导|老板|店长|负责人|上级)"
    r"|^客服[.。!！]?$"
    r"|人工(?:客服|服务)|跟(?:真?人|客服|经理)(?:说|聊|谈)|^人工[.。!！]?$"
    r"|\b(?:speak|talk|chat|connect|transfer|put|pass)(?: me)?(?: through)? (?:to|with) (?:a |an |the |your "
    r"|some ?(?=one|body))?"
    r"(?:real |live |actual |human )?(?:human|person|agent|someone|somebody|one|body|representative|rep"
    r"|manager|advis[eo]r|operator"
    r"|supervisor|staff|colleague|people)\b|\b(?:real|live|actual) (?:person|human|agent)\b|\bhuman (?:agent"
    r"|being|please)\b"
    r"|^(?:human|agent|operator|representative|manager|supervisor)[.! ]*(?:please)?[.! ]*$"
    r"|\b(?:get|call|want|see|where is|where's) (?:me )?(?:a|the|your) (?:manager|supervisor)\b|\b(?:i want|i need"
    r"|get me"
    r"|give me) (?:a |an )?(?:human|person|agent|manager)\b"
)
_ARE_YOU = re.compile(
    r"你是(?:不是)?(?:个|一个)?(?:机器人|真人|人|ai|人工智能|程序)|\bare you (?:a |an )?(?:real |actual )?"
    r"(?:bot|robot|human|person|machine|ai|computer|program)\b|\bare you (?:for )?real\b|\bam i (?:talking|speaking"
    r"|chatting) (?:to"
    r"|with) (?:a |an )"
)
_HOW_COMPLAINTS = re.compile(r"投诉(?:怎么|如何|多久|流程|处理|几天|要)|\b(?:how|who|what).{0,40}\bcomplaints?\b")
_COMPLAINT = re.compile(
    r"投诉|举报|12315|消协|起诉|律师|骗(?:子|人|钱)|太差|很差|真差|差劲|太慢了|垃圾|恶心|气死|火大|愤怒|失望透"
    r"|忍无可忍|什么破|无语|坑人"
    r"|黑店|假货|差评|一直没人(?:理|管)|没人(?:理我|管)"
    r"|\b(?:complain|complaint|scam|scammers?|rip-?off|fraud|terrible|awful|horrible|disgust\w+|unacceptable"
    r"|outrag\w+|furious"
    r"|appalling|useless|worst|ridiculous|lawyer|sue you|fed up|disappointed|nobody (?:answers|replies|helps))\b"
)
_TALK = (
    r"(?:你好|您好|嗨|哈喽|在吗|在么|有人吗|早上好|早|晚上好|下午好|谢谢|谢谢你|谢谢您|多谢|感谢|好的|好"
    r"|知道了|明白了|再见|拜拜|嗯|ok"
    r"|hi|hello|hey|hey there|hi there|good (?:morning|afternoon|evening)|thanks|thank you|thanks a lot|cheers"
    r"|great|okay"
    r"|got it|bye|goodbye|see you|anyone there|are you there)"
)
_SMALL = re.compile(rf"(?:{_TALK}[\s,，.。!！?？~～啊呀哦呢]*)+")


ENDS = 1_000
"""Characters read at each end of a long text: a wish stands at its beginning or its end."""


def intent_of(text: str) -> Intent:
    if len(text) > 2 * ENDS:
        text = f"{text[:ENDS]}\n{text[-ENDS:]}"
    words = fold(text)
    if _wants(_OUT, words) or _KEYWORD.fullmatch(words):
        return Intent.UNSUBSCRIBE
    if _wants(_CLOSE, words):
        return Intent.CLOSE_ACCOUNT
    if _ARE_YOU.search(words) or _SMALL.fullmatch(words) or not words:
        return Intent.SMALL_TALK
    if _PERSON.search(words) and not _HOURS.search(words):
        return Intent.HUMAN
    if _WHY.search(words):
        return Intent.WHY
    if _COMPLAINT.search(words) and not _HOW_COMPLAINTS.search(words):
        return Intent.COMPLAINT
    return Intent.QUESTION


class Way(StrEnum):
    """Which way out somebody asks for."""

    OUT = "out"
    CLOSE = "close"


def asks_how_out(text: str) -> Way | None:
    """Whether they only ask how one leaves; None for a wish to leave, which is carried out, and for anything else."""
    words = fold(text[: 2 * ENDS])
    if _wants(_OUT, words) or _wants(_CLOSE, words):
        return None
    if _HOW_CLOSE.search(words) or any(_asked_how(match, words) for match in _CLOSE.finditer(words)):
        return Way.CLOSE
    asked = any(_asked_how(match, words) for match in _OUT.finditer(words)) or _HOW_ELSE.search(words)
    return Way.OUT if asked and not _BACK_IN.search(words) else None


def is_stop(text: str) -> bool:
    """Whether an answer to a message of ours ends them. Asking how is the wish itself there: no page stands beside an
    SMS on which one could do it. A chat answers at once, and tells how."""
    return intent_of(text) is Intent.UNSUBSCRIBE or asks_how_out(text) is Way.OUT


def wants_closed(text: str) -> bool:
    """Whether the account is to be closed, whatever else is asked for in the same breath."""
    return _wants(_CLOSE, fold(text))


_MEMBERSHIP = re.compile(r"会员|會員|\b(?:subscription|membership|registration)s?\b")
_ACCOUNT = re.compile(
    r"[账帐賬帳][号户戶號]|资料|信息|数据|隐私|注[销銷]|\b(?:accounts?|profile|data|details|information)\b"
)


def ends_membership(text: str) -> bool:
    """Whether a membership or subscription is to end and nothing is said of the account: it may be worth keeping."""
    words = fold(text)
    return bool(_MEMBERSHIP.search(words)) and not _ACCOUNT.search(words)


def asks_who_we_are(text: str) -> bool:
    """Whether somebody wants to know if a person or a machine answers: it is never left open."""
    return bool(_ARE_YOU.search(fold(text)))


def _wants(pattern: re.Pattern[str], words: str) -> bool:
    """Said as a wish: not denied, not supposed, not asked about, not the way back in.

    "How do I unsubscribe" is answered with how; "why can't I" is the wish of somebody who tried.
    """
    if _SUPPOSED.search(words) or _BACK_IN.search(words):
        return False
    for match in pattern.finditer(words):
        if _in_vain(match, words):
            return True
        denied = _DENIED_BEFORE.search(words[max(0, match.start() - 24) : match.start()])
        if _STILL_IN.match(words, match.end()) or not (denied or _asked_how(match, words)):
            return True
    return False


def _asked_how(match: re.Match[str], words: str) -> bool:
    if _INSISTS.search(words):
        return False
    before, after = words[max(0, match.start() - 40) : match.start()], words[match.end() :]
    within = re.search(r"怎么|如何", match[0]) is not None
    return within or bool(_HOW.search(before)) or bool(_HOW_AFTER.match(after))


def _in_vain(match: re.Match[str], words: str) -> bool:
    """Looked for the way out and found none, or one that does not work."""
    if _WAY_FAILS.match(words, match.end()):
        return True
    before = words[max(0, match.start() - 60) : match.start()]
    no_way = _NO_WAY.search(before)
    if no_way is None or no_way[0].isascii():
        return no_way is not None
    return bool(_WAY.match(words, match.end())) or re.search(r"怎么|如何|在哪|哪里", no_way[0]) is not None
