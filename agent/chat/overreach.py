"""What a chat cannot do, whoever asks: other rules, its own instructions, another role, a discount by word of mouth.

Takes words, gives the occasion of the plain answer, or "". Nobody is accused of anything: most who ask for money off
are customers who ask for money off. Nothing rests on this: the gate, and that a chat has no offers, keep out the rest.
"""

from __future__ import annotations

import re

from agent.language.spoken import fold

CANNOT, NO_DISCOUNT = "cannot", "no_discount"
_RULES_ZH = r"(?:规则|规矩|指令|指示|设定|限制|要求|提示词?|命令|约束|规定|政策|内容|训练|话)"
_INSTRUCTIONS = (
    r"(?:(?<!我)(?:忽略|无视|忘记|忘掉|忘了|不要管|别管|不用管|抛开|绕过|跳过|推翻|违反|不用?遵守|不要遵守|解除|关闭)(?:掉"
    r"|了|你|您|们|之前"
    rf"|以上|上面|前面|此前|先前|所有|全部|一切|这些|那些|任何|的|系统|安全)*{_RULES_ZH})"
    r"|(?:告诉|查|看看?|给我看|显示|列出).{0,8}(?:别的?|其他|其它|另一个?)(?:客户|顾客|人|用户|买家|会员)的"
    r"|(?:你|您|假装|假设|当作?)(?:现在|就)*没有(?:任何)?限制|没有(?:任何)?限制的(?:ai|助手|机器人|模型|人工智能)|后台(?:的)?(?:提示|指令|数据|权限|密码)"
    r"|\b(?:show|tell|give|list|look up|see|read)\b.{0,20}\b(?<!to )(?<!for )(?<!with )(?:other|another) "
    r"(?:customers?|persons?|users?|clients?|members?|people)\b(?! (?:say|think|like|buy|said|thought|use|wr))"
    r"|\bwhat\b.{0,20}\b(?:other|another) (?:customer|person|user|client|member|people)s?'"
    r"|\badmin(?:istrator)? (?:access|rights|password|panel)\b"
    r"|系统提示|提示词|初始指令|内部指令|system ?prompt|源代码|api ?key"
    r"|(?:输出|打印|告诉我?|显示|复述|重复|展示|念|给我看|公布|说出|泄露)(?:一下|一遍)?(?:你|您)(?:们)?的?(?:全部"
    r"|所有|内部|原始|系统)*"
    r"(?:指令|设定|规则|配置|密钥|密码|口令)"
    r"|你的(?:指令|设定|系统|底层)(?:是|有)(?:什么|哪些)|(?:你现在是|你就是|扮演|假装你?|装作"
    r"|假设你)(?!们)(?:.{0,2})(?:一个|一名|一位|个|老板"
    r"|店长|管理员|没有|海盗|黑客|我的|不受|可以)"
    r"|(?:开发者|管理员|调试|上帝|越狱|维护|无限制|dan) ?模式|我(?:就)?是(?:你们?的?|本店的?)(?:管理员|开发者"
    r"|开发人员|主人|工程师|程序员|老板|店长"
    r"|创造者)|跟我念|照着(?:我说的)?(?:念|说(?!明))|重复我(?:说)?的话"
    r"|\bforget (?:about )?(?:(?:all|any|your|these|those|previous|prior|above|earlier|every|of|own|system|safety) )+"
    r"(?:the )?(?:rules?|instructions?|prompts?|guidelines?|restrictions?|polic(?:y|ies)|programming|training|limits?"
    r")\b|\bforget the (?:rules|guidelines|prompts?|restrictions)\b"
    r"|\b(?:ignore|disregard|bypass|override|skip|drop|break|violate) (?:(?:all|any|your|the|these|those"
    r"|previous"
    r"|prior|above|earlier|every|of|about|such|what|own|system|safety|store|shop|company) )*(?:rules?|instructions?"
    r"|prompts?"
    r"|guidelines?|restrictions?|polic(?:y|ies)|programming|training|limits?|orders you)\b"
    r"|\b(?:system|hidden|secret) (?:prompt|instructions?)\b|\b(?:initial|original) prompt\b"
    r"|\byour (?:system|hidden|initial|original|secret) (?:instructions?|message)\b"
    r"|\b(?:print|show|reveal|tell|repeat|output|display|give|share|leak|paste|dump|what(?:'s| is| are))(?: (?:me|us"
    r"|out|all"
    r"|of))* your (?:own |exact |full |internal |system )*(?:prompt|instructions?|configuration|source code|guidelines"
    r"|api key|passwords?|rules verbatim)\b"
    r"|\b(?:you are|you're) now (?:(?:a|an|the|my) (?!(?:\w+ )?(?:week|day|month|hour|minute|year|bit"
    r"|little|couple|few|closed|only)s?\b)|dan\b|in \w+ mode|no longer (?:a|an|bound|limited|restricted)\b"
    r"|free (?:of|from|to)\b)"
    r"|\bfrom now on,? (?:you(?:'ll| will| must| should| only| always)* )?(?:act|answer|respond|are|be|speak|talk|obey"
    r"|pretend|have no|do what)\b"
    r"|(?<!it )(?<!this )(?<!that )(?<!also )\bact (?:as|like) (?:a|an|if|my|the)\b"
    r"|\bpretend (?:to be|you|that|i)\b|\brole-?play\b"
    r"|\b(?:developer|debug|god|admin|maintenance|dan|unrestricted) mode\b|\bjailbreak|\bi(?:'m"
    r"| am) your (?:developer|admin"
    r"|administrator|creator|owner|boss|engineer)\b|\brepeat after me\b|\bsay exactly\b|^(?:system|assistant"
    r"|developer) ?:"
)
_PLEA_EN = (
    r"(?:^|[.!?,;:] ?|\b(?:please|and|or|just|now|then|to) )(?:give|get|grant|offer|hand|send|apply|approve"
    r"|issue|create|generate|make|knock|take|do)"
    r" (?:me|us|it|this|that|my|an?|another|the|some|something|everything|everybody)\b"
    r"|(?:can|could|would|will|can't|couldn't|won't) you\b"
    r"|\b(?:can|could|may|might|can't|couldn't) (?:i|we) (?:please )?(?:get|have|take|buy|ask for)\b"
    r"|\b(?:i|we)(?:'d like| would like| want| need| demand)\b"
)
_OFF_EN = (
    r"\d+ ?(?:%|percent) (?:off|discount|less|cheaper|reduction)\b"
    r"|\d+ ?(?:yuan|rmb|kuai|dollars?|bucks|usd|euros?|pounds?)? ?off\b"
    r"|\bhalf (?:price|off)\b|\bdiscount|(?<!gift )\b(?:coupon|voucher)|\bpromo(?:tional)? code|\bmoney off"
    r"|\bfor free\b(?! (?:delivery|shipping|postage|returns?))|\bfreebie"
)
"""A wish is addressed to us, and for money off: who asks what is at half price, or tells of a voucher, wants none."""
_DISCOUNT = (
    r"(?:给|送|发|来|批|赠|开|帮我|让我|求|申请|想要|领)(?:我|咱)?(?:们)?(?:一?下|再|多|点|些|张|个|一张|一个|打|领"
    r"|搞|弄|要|发|给)*(?:一?[张个]?)?"
    r"(?:[一二三四五六七八九半\d.]+折|\d+ ?%|优惠|折扣|免单|红包|返现|代金券|无门槛|大额|内部价|员工价|券(?!没|不|用"
    r"|怎))"
    r"|(?:折|优惠码?|折扣)[^，。？！]{0,4}给我"
    r"|打(?:个|点|一?下)?(?:[一二三四五六七八九半\d.]+)?折(?:[吗嘛吧呗么不行]|$|.{0,3}[吗吧行])|(?:能|可以|可不可以"
    r"|能不能)(?:再)?(?:打折|优惠|便宜|少)"
    r"(?:一?点|些|我|吗|不|$)|(?<![款个哪种家有的更里还])便宜(?:一?点|一?些)(?!的)|便宜(?:一?点|一?些)[吧呗嘛]|少(?:点|算点|收点)钱|砍价|讲价|还价|抹(?:个)?零|免单"
    r"|(?:给我|给咱|帮我|能|可以|再)(?:再)?(?:便宜|少|让|给我减)(?:\d+|[一二两三四五六七八九十百几]+)(?:块|元|毛)"
    r"|给我?(?:再)?(?:减|优惠)(?:\d+|[一二两三四五六七八九十百几]+)(?:块|元|毛)"
    rf"|(?:{_PLEA_EN})[^.?!]{{0,32}}?(?:{_OFF_EN})"
    r"|\bany (?:discounts?|money off)\b|\ba (?:discount|money off) for me\b"
    r"|\b(?:make|have|get|do) it (?:\w+ )?cheaper|\blower (?:the|your) price|\bbest price\b|\bhaggle"
    r"|\bknock (?:something|a bit|a little|\S+) off"
)
_ABOUT_A_COUPON = re.compile(
    r"不能用|用不了|没到|过期|怎么用|怎么领|规则|叠加|新客|首单|退|找回|失效|学生|企业|批量"
    r"|\b(?:not work|n't work|working|invalid|expire|stack|combine|first order|new customer|return|refund|used?|using"
    r"|student|business|company|bulk|pieces|already|lost|deleted|gone|restore)"
)
_INSTRUCTED, _HAGGLED = re.compile(_INSTRUCTIONS), re.compile(_DISCOUNT)


def overreach_in(question: str) -> str:
    """CANNOT, NO_DISCOUNT or ""."""
    words = fold(question[:2_000])
    if _INSTRUCTED.search(words):
        return CANNOT
    return NO_DISCOUNT if _HAGGLED.search(words) and not _ABOUT_A_COUPON.search(words) else ""
