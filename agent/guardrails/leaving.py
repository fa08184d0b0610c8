"""Leaving must be as easy as joining: no obstacle, no denial, no shame, no silence that counts as staying.

An obstacle counts where the words tie it to leaving; what a clause in force says as well may be told. An order that is
on its way is no plan: whether it can be stopped is a promise like others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve

_REASON = "It hides or obstructs leaving. Say plainly how to cancel."

_LEAVE = (
    r"(?:取消|退订|解约|注销|(?:关闭|关掉|停掉|停用|终止)\w{0,4}(?:续费|续订|服务|账户|账号|业务|会员|套餐|合约)"
    r"|销户|销号|退会|退(?:出会员|群|课)|携号转网|携转|转网|解绑|不再续)"
)
_HURDLE = (
    r"(?:(?:打|拨)\w{0,6}(?:电话|热线)|致电|拨打|来电|到(?:店|场|营业厅|门店|网点|现场|柜台|您?当初)|去(?:店"
    r"|营业厅|门店|网点|柜台)|前往|亲自|本人|申请表|表格|邮寄|寄(?:到|回|来|给|一份)|传真|书面|公证|手写"
    r"|挂号信|经理|主管|审批|审核|说明(?:理由|原因)"
    r"|缴|违约金|手续费|回访|问卷|满意度|签字|当面|面谈|面签|专员|顾问|挽留|客服(?:确认|同意)|等(?:待|上"
    r"|满)?\w{0,2}(?:\d+"
    r"|[一二三四五六七八九十两几])\w{0,2}(?:天|日|个月|工作日)|才(?:有人|能|给|可以|会)\w{0,2}(?:接|办|处理"
    r"|受理|生效))"
)
_MUST = r"(?:先|必须|须|需|只能|得|要|还要|才|只有|仅限|仅可|一律)"
_OBSTACLES = sieve(
    rf"{_LEAVE}[？?]?[^。！？!?\n]{{0,16}}?{_MUST}[^。！？!?\n]{{0,16}}?{_HURDLE}"
    rf"|{_MUST}[^。！？!?\n]{{0,14}}?{_HURDLE}[^。！？!?\n]{{0,14}}?(?:才|方|再|后|之后)(?:能|可|可以|给|行"
    rf"|予以)?[^。！？!?\n]{{0,6}}{_LEAVE}"
    rf"|{_LEAVE}的?(?:办法|方法|方式|流程|步骤|手续)(?:是|如下|为|:|：)[^。！？!?\n]{{0,30}}?{_HURDLE}"
    rf"|{_LEAVE}\w{{0,4}}请?在?(?:工作日|每周|周[一二三四五六日]|上午|下午|\d+点)\w{{0,12}}(?:打电话|致电|来电"
    rf"|到店|前往|办理)|{_LEAVE}[^。！？!?\n]{{0,24}}(?:由|经|等)\w{{0,4}}(?:经理|主管|领导|专员|财务"
    rf"|总部)\w{{0,3}}(?:审批|审核|批准|同意|签字|批)"
    r"|(?<![a-z])(?:have to|need to|must|only|required to|got to)(?: [\w']+){0,4} (?:phone|call|ring|visit"
    r"|write|mail|post|come in|go to|speak|talk|meet)(?: [\w']+){0,10} (?:to (?:cancel|close|leave|end"
    r"|unsubscribe)|before (?:you can )?(?:cancel|leav|clos))"
    r"|(?<![a-z])to (?:cancel|leave|close your account|end your (?:plan|membership|subscription)),? (?:just "
    r"|please |simply )?"
    r"(?:call|phone|ring|visit|write to|fax|come)(?! (?:off|out))[^.!?\n]{0,40}(?:between|weekdays?|explain"
    r"|why|reason|speak|office)"
    rf"|{_LEAVE}[^。！？!?\n]{{0,24}}(?:只(?:有|在)|仅)\w{{0,12}}(?:上班|接听|办理|受理|开放)"
    r"|(?<![a-z])(?:cancel\w*|clos(?:e|ing) (?:your|the|my|an) account|leav(?:e|ing) (?:us|the plan"
    r"|your plan)|end(?:ing)? (?:your|the) (?:plan|subscription|membership|contract)|unsubscrib\w+"
    r"|terminat\w+|port(?:ing)?(?: out)?|opt(?:ing)? out|quit(?:ting)?|stop(?:ping)? (?:your"
    r"|the) (?:subscription|plan|deliveries|box)|delet\w+ your account)"
    r"[^.!?\n]{0,40}?(?:(?:must|have to|has to|need to|needs?|'d need|first|only|requires?|required|only by"
    r"|without|until|takes?)(?: [\w',-]+){0,6} (?:phone|post|mail(?:ed|ing)?(?! us)|letter|fax(?:ed)?"
    r"|in (?:writing|person|store|branch)|call(?:ing)?(?! us free)|ring(?:ing)?|visit(?:ing)?|notari[sz]ed"
    r"|signed|form|manager|specialist|advisor|speak(?:ing)? (?:to|with)|talk(?:ing)? (?:to|with)|spoken (?:to"
    r"|with)"
    r"|interview|survey|reason|\d+ (?:business |working )?(?:days?|weeks?)|(?:two|three|four|six) weeks"
    r"|business days|approval|approved|fee|exit charge)(?![a-z]))"
    r"|(?<![a-z])(?:can't|cannot|won't|unable to|not able to|couldn't|we don't)(?: \w+){0,4} (?:until|unless"
    r"|before|without)(?: [\w']+){0,6} (?:spoken|talk\w*|speak\w*|call\w*|visit\w*|meet\w*"
    r"|met)(?: [\w']+){0,4} (?:team|manager|specialist|advisor|department|desk|us|colleague|agent|branch"
    r"|store)"
    r"|(?:mail|post|fax|send)(?:ing)? (?:us |in )?a (?:signed|notari[sz]ed|handwritten|written|paper"
    r"|certified)(?: \w+)? (?:letter|form|request|notice)"
)
_DENIED = sieve(
    rf"(?:不能|无法|不可以?|不支持|不给|不允许|没法|暂不|办不了|做不了|没有办法|不让)(?:在线|线上|网上|自行"
    rf"|随时|提前|自己|帮您|给您|办理?)?{_LEAVE}"
    rf"|{_LEAVE}(?!了|成功|后)\w{{0,4}}[，,？?。、]?\w{{0,6}}(?:没有(?:这个|这项|这种|此)?(?:业务|功能|服务"
    rf"|入口|选项|说法|按钮)|办不了|(?:是)?不(?:能|可以|支持|行|给|让|允许|开放|受理)(?:的|办)?|没法(?:办|弄)"
    rf"|做不到|暂停(?:受理|办理)|不予(?:受理|处理)|暂不(?:受理|处理|支持))"
    rf"|(?:找不到|隐藏|藏|关闭了?|下线|撤)\w{{0,6}}(?:取消|退订|注销)\w{{0,3}}(?:按钮|入口|选项)|(?:取消|解约"
    rf"|退订|注销)\w{{0,4}}(?:按钮|入口|选项|页面)\w{{0,6}}(?:已|关闭|下线|隐藏|藏|没有|不显示|撤)"
    rf"|{_LEAVE}\w{{0,8}}(?:改(?:成|为)|转(?:成|为)|换成|变成)\w{{0,4}}(?:暂停|保留|续费|试用)|(?:视为|就当"
    rf"|算作?|等于|默认)(?:您)?(?:已)?(?:同意|愿意|放弃|继续|自动|接受)\w{{0,4}}(?:继续|续费|续订|使用|保留"
    rf"|取消|续)|先(?:给您)?(?:留着|保留着)[，,]?(?:不|没)(?:给您)?取消"
    r"|(?:取消|退订|注销|解约)(?:的)?(?:申请|请求|要求)?\w{0,6}(?:压着|压下|搁(?:置|着)|先放着|不处理|忽略"
    r"|没理|拖着|驳回|不批|先不办)|(?:取消|退订|注销)\w{0,2}(?:入口|按钮"
    r"|选项)\w{0,8}(?:第[三四五六七八九十]层|最深|很深|最底|不好找|难找)"
    r"|(?:取消|退订|注销|解约|退出)(?:的)?(?:入口|按钮|链接|选项)\w{0,6}(?:没放|不放|没做|没设|没开|不在"
    r"|收起来)|(?:聊完|说完|谈完|问完|讲清楚)[^。！？!?\n]{0,8}再(?:发|给|开|告诉)\w{0,4}(?:入口|链接|办法|方法)"
    r"|(?:给|帮|替)(?:您|你)(?:改|换|转|调)(?:成|为|到)\W?(?:暂停|冻结|保号|停机|降档|续|半年|低价|保留)"
    r"|(?:写|寄|交|填)(?:一?[封份张])?\w{0,6}(?:挂号信|说明|声明|承诺书|检讨|申请)[^。！？!?\n]{0,24}(?:才"
    r"|再)(?:给|能|可|帮|办|由)"
    r"|(?<![a-z])(?:cancel\w*|clos\w+ (?:an|your|the) account|leaving)(?: [\w']+){0,3} (?:isn't|is not"
    r"|are not|aren't) (?:something|a thing|anything|an option|possible|allowed)|(?<![a-z])(?:ignored|held"
    r"|parked|shelved|declined|refused|rejected|sat on|put aside|haven't processed|not processed"
    r"|delayed)(?: \w+)? (?:your|the) (?:\w+ )?cancell?ation|(?:don't|won't|never|can't) let (?:people"
    r"|customers|you|anyone|members)(?: \w+)? (?:cancel|leave|port|close|unsubscribe|go)(?![a-z])"
    r"|(?<![a-z])(?:(?:you )?(?:can't|cannot|can not|aren't able to|are not able to|may not|won't be able to"
    r"|not possible to|no way to|unable to|not allowed to|there's no) (?:\w+ ){0,3}(?:cancel|unsubscribe"
    r"|opt out|close your account|port (?:out|your)|leave (?:your|the|this) (?:plan|contract)|end (?:your"
    r"|the) (?:plan|contract|subscription)|delete your account)"
    r"|(?:can't|cannot) be cancell?ed|cancell?(?:ing|ation)s? (?:isn't|is not|aren't|are not"
    r"|is no longer)(?: \w+)? (?:possible|available|an option|offered|accepted|allowed|supported)|we (?:won't"
    r"|will not|can't|don't) (?:\w+ )?(?:process|accept|allow|do|offer)(?: \w+){0,2} (?:cancell?ations?"
    r"|porting|port-?outs?)"
    r"|cancel(?:lation)? (?:button|link|page|option) (?:is|has been|was)(?: \w+)? (?:hidden|removed|disabled"
    r"|moved|gone|buried)|(?:instead of cancell?ing|rather than cancel)[^.!?\n]{0,20}(?:paused|kept|renewed"
    r"|moved)|(?:silence|no (?:reply|answer|response))(?: \w+){0,4} (?:means|counts|is taken|will be taken)"
    r"|we've kept (?:it|you|your \w+) (?:active|running|open|on))(?![a-z])"
)
_HIDES = sieve(
    r"不(?:会|想|能|打算|方便)?告诉(?:您|你)\w{0,8}(?:取消|退订|注销|退出|退会)|赎回[^。！？\n]{0,8}(?:要|须"
    r"|必须|只能)\w{0,6}(?:当面|到网点|签字|面签|本人)"
    r"|(?<![a-z])cancell?ing (?:means|involves|takes)(?: \w+){0,4} (?:calls?|forms?|letters?|visits?"
    r"|interviews?|meetings?)"
    r"|(?:rather not|won't|not going to|can't|don't) (?:tell|say|show)(?: you)? (?:where|how)(?: \w+){0,6} cancel"
    r"|(?:only|just) (?:take|accept|process|handle)s? cancell?ations? (?:in|on|by|during|between|from)(?![a-z])"
)
_SHAMES = sieve(
    r"不(?:了|用了?|必了?)?[，,、]\s?我(?:就是|宁愿|宁可|愿意|喜欢|要|选择|不在乎|不想|不需要|情愿|更愿|甘愿"
    r"|爱)\w{0,10}|(?:残忍|狠心|无情|忍痛|执意|依然|铁了心)(?:地)?(?:拒绝|取消|离开|退订|放弃|抛弃)|我(?:不想"
    r"|不要|不需要|不在乎|放弃)(?:省钱|优惠|变美|变好|健康|进步|折扣|更好|福利)|(?:确认|继续)放弃(?:优惠|权益"
    r"|省钱|福利)?"
    r"|(?<![a-z])no(?:,? thanks?(?: you)?)?,? i(?:'d| would|'m|'ll| am| will)? (?:\w+ )?(?:rather|prefer|hate"
    r"|don't|do not|like|love|enjoy|choose|want to (?!cancel|leave|close|stop|unsubscribe|opt)|happy"
    r"|fine (?:with )?(?:paying|losing|missing)|give up|pay|keep paying|care nothing)(?! (?:cancel|to cancel"
    r"|leave|to leave|need (?:it|them|this)|want (?:it|them|this|any|these|more)|unsubscribe))"
    r"|(?<![a-z])i (?:don't (?:want|like|care)|hate|prefer not) (?:to )?(?:sav\w+ money|saving|good (?:coffee"
    r"|sleep|skin)|discounts|deals|better|my (?:kids?|child|skin|health))"
)
# an order on its way, a visit, a lesson: to stop it is a matter of clauses
_NO_PLAN = sieve(
    r"(?:这|该|那)?(?:订单|这单|包裹|快件|发货|出库|预约|挂号|这节课|当日课|运单|券|优惠|比赛|活动)"
    r"|(?<![a-z])(?:order|shipped|dispatched|parcel|lesson|session|appointment|booking|pickup|label|slot"
    r"|class)(?![a-z])"
)
_EASY = sieve(
    r"(?:不用|无需|不需要|不必|没有|免|不收|无)\w{0,8}(?:电话|到店|理由|表格?|费|手续|审核|说明)?|随时"
    r"|(?<![a-z])(?:no need|need not|don't need|needn't|without (?:calling|a call|any|giving)|any time"
    r"|anytime|never|free|no (?:call|fee|form|reason|questions|notice|penalty))(?![a-z])"
)


def _cancel_dark(message: Message) -> Iterator[Finding]:
    for field in message.fields:
        for pattern in (_OBSTACLES, _DENIED, _HIDES, _SHAMES):
            for match in field.find(pattern, field.tight):
                if pattern is _SHAMES or not _may_be_said(match, field, message, pattern is _OBSTACLES):
                    yield field.finding("CANCEL_DARK", Severity.BLOCK, _REASON, *match.span(), field.tight)


def _may_be_said(match: re.Match[str], field: Field, message: Message, obstacle: bool) -> bool:
    said, sentence = match.group(), field.sentence(match.start())
    if _NO_PLAN.search(sentence) and not _PLAN.search(sentence):
        return True
    if (obstacle and _EASY.search(said)) or (
        obstacle and _EASY.search(sentence) and not re.search(r"必须|只能|must|only", said)
    ):
        return True
    return _clause_says(said, message) and not _granted_online(message)


_PLAN = sieve(
    r"会员|套餐|续费|续订|合约|账户|账号|携号|转网|自动扣|(?<![a-z])(?:plan|subscription|membership|account"
    r"|contract|number|auto-?renew\w*)(?![a-z])"
)
_TELLING = sieve(
    r"致电|电话|营业厅|到店|门店|网点|书面|申请表|本人|邮寄|违约金|手续费|\d+个?(?:天|日|个月|工作日)"
    r"|(?<![a-z])(?:call|phone|visit|writing|letter|form|fee|notice|\d+ days?|post|branch|store"
    r"|penalty)(?![a-z])"
)


def _clause_says(said: str, message: Message) -> bool:
    """The whole of it stands in a clause, or a clause about leaving names every hurdle that is told."""
    if message.licence.in_clause(said):
        return True
    told = {hurdle.group() for hurdle in _TELLING.finditer(said)}
    about = [
        clause
        for clause in message.licence.clause_sentences
        if re.search(_LEAVE + r"|cancel|close|leav|port|terminat", clause)
    ]
    return bool(told) and any(all(hurdle in clause for hurdle in told) for clause in about)


def _granted_online(message: Message) -> bool:
    return any(
        re.search(
            r"cancell?(?:ed)? (?:\w+ ){0,3}(?:online|at any time|any time|anytime|in settings)"
            r"|随时(?:可以?)?(?:在\w{0,8})?(?:取消|解约|关闭|退订)|(?:设置|线上|在线|app)\w{0,8}(?:取消|关闭"
            r"|退订)",
            clause,
        )
        for clause in message.licence.clauses
    )


_CANCEL = {"policy": [{"id": "nc", "text": "Plans can be cancelled online at any time."}]}
_IN_WRITING = {"policy": [{"id": "nc", "text": "注销账户须本人到网点办理。"}]}
RULES: tuple[Rule, ...] = (
    Rule(
        "CANCEL_DARK",
        44,
        "Leaving freely",
        "ROSCA 15 U.S.C. 8403; consumer law regulations art. 10; EU 2023/2673",
        Severity.BLOCK,
        _cancel_dark,
        examples=(
            broken("会员无法在线取消，须本人到店办理。"),
            broken("You can't cancel online.", language="en", changes=_CANCEL),
            broken("退会要先跟专员面谈，谈完才能办。"),
            broken("转网？我们这儿没有这个业务。"),
            broken("三天内没有回复，视为同意继续续费。"),
            broken("不了，我宁愿多花钱"),
            broken("To leave the plan you'd need to post us a signed form.", language="en"),
            broken("We can't do that until you've talked to our loyalty team.", language="en"),
            broken("No thanks, I'd rather pay full price", language="en"),
            broken("Instead of cancelling, we have paused it for you.", language="en"),
            fine("您可以随时在设置里取消。"),
            fine("You can cancel online at any time.", language="en", changes=_CANCEL),
            fine("取消会员不用打电话，也不用说明理由，在设置里点一下就好。"),
            fine("注销账户须本人到网点办理。", changes=_IN_WRITING),
            fine("订单已经出库，取消不了，签收后可以退。"),
            fine("To cancel, open Settings and tap Leave; there is no fee and no call.", language="en"),
            fine("Your parcel has left, so the order can't be cancelled now.", language="en"),
            fine("No thanks needed.", language="en"),
            broken("I've put you on a pause instead, which is basically the same thing as cancelling.", language="en"),
        ),
    ),
)
