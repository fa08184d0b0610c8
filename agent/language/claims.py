"""Does a string that should only name something speak instead: offer, promise, command, lead elsewhere?

For fields that a customer, a seller's title or a document fills: a name, a tier, an item, a topic. A string that speaks
names nothing; it is left out of prompts and licenses nothing at the gate. To leave out a good name costs a greeting, to
repeat a bad one costs an offer that nobody made.
"""

from __future__ import annotations

from agent.language.normalise import Reading
from agent.language.sieve import sieve

_ZH = sieve(
    r"[送赠减返](?:您|你|给|上|现|[\d一二两三五八十百千])|立减|成本价|减掉|抹零|免费|免单|全免|全场|"
    r"[\d一二两三四五六七八九十半对]折(?!屏|伞|叠|床|页|门|桌|椅|梯|扇|刀|垫|柜)"
    r"|[\d一二两三四五六七八九十百千万]+(?:块钱|元)(?!素|宝|旦|宵|件)|优惠|折扣|打折|现金|红包|[礼代]金|券码?(?!$)|"
    r"券$|口令|买[一二三\d]送|赠品|包邮|包[退换赔修]|赔|再送"
    r"|无理由|退款|退货|换货|赔偿|补偿|保证|承诺|一定|绝对|终身|永久|质保|批准|授权|同意|特批|加我?微信|微信|"
    r"公众号|抄送|扫码|点击|链接|拨打|致电"
    r"|系统|管理员|店长|经理|指令|忽略|提示词|规则|输出|回复|写上|照抄|机器人|助手"
)
_EN = sieve(
    r"(?<![a-z])(?:free|gratis|\d+ ?(?:%|percent)|(?:ten|twenty|thirty|forty|fifty|half) (?:percent|price|off)|"
    r"percent|half[- ]price|discount\w*"
    r"|(?:take|get|save|win|claim|earn) (?:\w+ ){0,2}(?:off|free|\d+|one|fifty|twenty|ten)|coupon|voucher|promo\w*|"
    r"gift card|bonus|cash ?back|refund\w*|guarantee\w*"
    r"|promise\w*|lifetime|compensat\w*|no questions|any ?time|approv\w+|authori[sz]\w+|code|click|call|whatsapp|"
    r"wechat|telegram|privately"
    r"|system|administrator|admin|manager|assistant|ignore|instructions?|prompt|override|output|we (?:will|refund|"
    r"pay|give)|https?|www)(?![a-z])"
)
_SIGNS = sieve(
    r"[{}｛｝<>|`]|://|@\w|[$£€¥]\s?\d|(?<![a-z0-9])[a-z0-9-]+\.(?:com|cn|net|org|example|top|xyz|vip|shop|io|"
    r"co)(?![a-z])"
    r"|\d(?:[ .-]?\d){6,}|[\r\n\x00]"
)


def speaks(text: str) -> bool:
    """Whether a string that should be a name offers, promises, commands, links, or hides one of these."""
    said = Reading(text).tight.text
    return bool(_SIGNS.search(text) or _SIGNS.search(said) or _ZH.search(said) or _EN.search(said))


_NO_WORD_OF_A_NAME = sieve(
    r"(?<![a-z])(?:percent|half[- ]price|discount\w*|coupon|voucher|promo\w*|gift card|refund\w*|guarantee\w*|"
    r"compensat\w*|whatsapp|wechat|telegram"
    r"|administrator|instructions?|override|(?:take|get|save|win|claim|earn) (?:\w+ ){0,2}(?:off|free|\d+|one|"
    r"fifty|twenty|ten))(?![a-z])"
)


def is_no_name(text: str) -> bool:
    """Whether what stands in a name field cannot be a name. One word that also sells may be one: Free Adeyemi."""
    said = Reading(text).tight.text
    if (
        any(char.isdigit() for char in said)
        or _SIGNS.search(said)
        or _ZH.search(said)
        or _NO_WORD_OF_A_NAME.search(said)
    ):
        return True
    return len(_EN.findall(said)) >= 2


_PIECES = sieve(r"[【】\[\]()（）《》,，。;；!！?？|/+]+")
_HAN = sieve(r"[\u4e00-\u9fff]")
_ZH_PIECES = sieve(r"[\s【】\[\]()（）《》,，。;；!！?？|/+]+")


def quiet(title: str | None) -> str | None:
    """A title without its pieces that speak; None when nothing is left: 【买一送一】紫砂壶 → 紫砂壶."""
    if not title:
        return None
    pieces = (_ZH_PIECES if _HAN.search(title) else _PIECES).split(title)
    return " ".join(piece.strip() for piece in pieces if piece.strip() and not speaks(piece)) or None


# --- words for a machine ----------------------------------------------------------------------------------------------

_TO_MACHINE = sieve(
    r"(?:忽略|无视|覆盖|绕过|忘(?:掉|记))\w{0,6}(?:规则|指令|限制|提示|要求|设定|内容)|系统提示|提示词|(?:你|"
    r"您)?现在是\w{0,8}(?:助手|模型|机器人)|不受限制"
    r"|测试模式|开发者模式|(?:直接|请)?输出[:：「“\"]|一字不差|(?:原样|逐字)?照(?:抄|写)|写(?:进|上|"
    r"入)\w{0,4}(?:正文|主题|邮件|消息)?[:：][「“\"]"
    r"|(?:邮件|消息|正文|回复|短信|主题|结尾|开头|第一句|下一句)(?:里|中)?\w{0,6}(?:要有|必须|加上?|包含|写上?|放|"
    r"改成|是)\w{0,4}[:：]?[「“\"]"
    r"|(?:放在|加在|写在)\w{0,4}(?:第一句|结尾|开头|正文|主题)|(?:把|将)主题改|(?:如果|假如)你(?:正)?在读(?:这|到)|"
    r"先说[「“\"]|请解码|翻译成\w{1,3}并|店长说了|(?:撰稿|写稿|拟稿|起草|写信|执笔|文案)(?:者|人|员|助手)"
    r"|(?:客户|管理员|系统)已(?:同意|授权)[，,：:]"
    r"|(?<![a-z])(?:ignore|disregard|forget|override|bypass)\b[^.!?\n]{0,30}\b(?:above|previous|prior|earlier|all|"
    r"rules?|instructions?|limits?|prompt)"
    r"|(?<![a-z])(?:system|assistant|developer|admin)(?: (?:note|prompt|message|update|grant|override))? ?:|system "
    r"prompt|(?:you are|act as|you're) (?:now )?(?:an? )?"
    r"(?:\w+ )?(?:assistant|model|bot|ai)(?![a-z])|without (?:any )?limits|test mode|developer mode|(?:just |"
    r"simply )?output[: ]+[“\"']|word for word|verbatim"
    r"|(?:write|say|reply|copy|repeat|begin with|start with|first say|add|include|insert|append|"
    r"put)[^.!?\n“\"]{0,40}(?:[:：] ?)?[“\"]"
    r"|(?:mail|message|reply|body|subject|next reply)[^.!?\n“\"]{0,24}(?:must|needs|contain|to|"
    r"should)[^.!?\n“\"]{0,16}[:]? ?[“\"]|if you are reading this|decode this"
    r"|(?:for|dear|note to) (?:the |our )?(?:copywriter|drafter|writer|author|assistant|model|ai)(?![a-z])"
    r"|translate and|copy exactly|<\|[a-z_]+\|>|</?(?:data|system|user|assistant)>|```|\]\]>|##\s?system"
)
_BLOB = sieve(
    r"(?<![A-Za-z0-9+/])(?=[A-Za-z0-9+/]{0,60}[a-z])(?=[A-Za-z0-9+/]{0,60}[A-Z])(?=[A-Za-z0-9+/]{0,60}\d)[A-Za-z0-9"
    r"+/]{24,4000}={0,2}"
)


def tells_a_machine(text: str) -> bool:
    """Whether a document speaks to whoever drafts from it rather than to people: such a clause is not relied on."""
    reading = Reading(text)
    return any(_TO_MACHINE.search(view.text) for view in (reading.words, reading.tight)) or bool(_BLOB.search(text))
