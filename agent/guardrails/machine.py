"""A machine must not say that it is a person, nor tell of a life that only a person has."""

from __future__ import annotations

from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.message import Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve

_SAYS_PERSON = sieve(
    r"我(?:当然|确实|真的|肯定|可|就|也|本来|一直)?(?:真)?是(?:一?[个位名])?\w{0,4}(?:真人|活人|真实的人|人类"
    r"|大活人|有血有肉|人工(?:客服)?(?!智能))"
    r"|(?<!是)(?:不是|并非|可不是|绝非|绝不是)(?:一?[个台])?(?:机器人?|ai|人工智能|程序|自动回复"
    r"|电脑)(?:客服)?(?![，,]?(?:也|而)?\w{0,2}(?:写|说)的不)"
    r"|哪(?:有|儿有|来的?)(?:什么)?(?:机器人?|程序|ai|智能客服)\w{0,2}(?:会|能|这么|像)|我(?:就)?是\w{1,4}本人"
    r"|本人亲自(?:回|写|打|接)"
    r"|(?:有|见过)(?:机器人?|程序|ai)\w{0,3}(?:会|能|懂)\w{0,8}(?:吗|么|[?？])|真人客服(?:小|在线|为您)|(?:这边|这里"
    r"|对面|屏幕(?:后|那头|这头)|坐着)\w{0,4}(?:就|都"
    r"|可)?是(?:个)?(?:真人|活人|大活人)|如假包换的真人|有血有肉的(?:人|真人)"
    r"|(?:不是|可不是|哪是)(?:什么)?机器|我(?:可)?(?:是|就是)活的|活生生的?人|由真人|真人(?:一笔|手写|撰写"
    r"|所写|写的|打字|回复的"
    r"|在(?:回|打字))|(?:一个字一个字|亲手|手动)\w{0,3}(?:敲|打|写)(?:出来)?(?:的|给)"
    r"|(?<![a-z])(?:i'm|i am|you're (?:talking|chatting|speaking|dealing) (?:to|with)|this is"
    r"|you've got) (?:\w+ )?(?:a |an )?(?:\w+ )?"
    r"(?:real|actual|living|genuine|true|human|flesh[- ]and[- ]blood)(?: \w+)?(?: (?:person|human|being|agent"
    r"|woman|man))?(?![a-z])(?! quick)"
    r"|(?:i'm|i am|this is|we're|we are|it's|certainly|definitely|promise)(?: \w+){0,2} (?:not|no) (?:a |an "
    r"|some )?(?:chat)?(?:bots?|robots?|machines?|ai|computers?|automated|script)(?![a-z])"
    r"|(?:this|it) isn't (?:a |an |some )?(?:chat)?(?:bot|robot|machine|ai|computer|automated)(?![a-z])"
    r"|no (?:chat|ro)?bots? (?:here|involved|on)|(?:nope|no)[,.] (?:just|only) (?:me|us)(?![a-z])"
    r"|(?<![a-z])i(?:'m| am) (?:\w+ )?(?:a )?human(?![a-z])|flesh and blood|(?<![a-z])i(?:'m"
    r"| am) (?:just )?a (?:person|woman|man|guy|girl)(?![a-z])|(?:a|some|there's a) (?:real "
    r"|actual )?(?:person|human)(?: \w+)? (?:typing|writing|here typing|behind|on the other end"
    r"|at this keyboard)|(?:a|all|only|just|100% ) ?humans? (?:here|wrote|typed|behind|on this end|answering)"
    r"|(?<![a-z])(?:written|signed|typed|composed|answered)(?: \w+)? by (?:a |an )?(?:real|living|actual"
    r"|human)(?: person| being| hand)?(?![a-z])"
)
_FAMILY = (
    r"(?:孩子|女儿|儿子|闺女|宝宝|娃|老公|老婆|爱人|媳妇|爸妈|妈妈|爸爸|妈|爸|父母|奶奶|外婆|男朋友|女朋友"
    r"|对象|猫|狗)"
)
_SPAN_OF_YEARS = r"(?:\d+|[一二三四五六七八九十几两多]+)\w{0,2}年"
_LIVES = sieve(
    rf"我(?:家|自己|本人)?(?:也|就|都)?(?:有|养)(?:了)?(?:[一两二三]?[个只条])?{_FAMILY}(?!的?(?:课|订单|资料|信息))"
    rf"|(?<![给帮为和跟把替])我(?:家|自己)?(?:的)?{_FAMILY}(?:也|就|都|今|昨|去|上|生|前|说|在|特别|最)"
    r"|我(?:也|就|都)?(?:刚刚?|才|正|这会儿|昨晚|昨天|今早|早上|中午|一会儿?|马上|准备|要|得|还在|还没)?(?:在"
    r"|去|就)?(?:吃(?:完|过|着|了|个|口)?(?:午|晚|早)?饭|喝(?:完|着|了|杯|口)\w{0,3}(?:咖啡|茶|水)|下班|加班"
    r"|上班(?!时间)|睡(?:觉|着|醒|不着|前|得)|起床|通勤|堵车|休假|请假|值(?:夜|早|晚)班|熬夜)"
    r"|(?:^|[，,。！!；;])(?:也|才)?刚刚?(?:吃(?:完|过)(?:早|午|晚)?饭|下(?:了)?(?:夜)?班|回到?(?:工位|座位|办公室)"
    r"|开完会|睡醒|泡(?:好|了)\w{0,2}茶"
    r"|送完孩子|接完孩子|打完水|换好?班)"
    r"|我(?:也|就|自己也?)?是(?:当|做)(?:妈|爸|父母|家长|爹|娘)的?|(?<![给帮为和跟把替])我(?:的)?(?:二舅|大舅"
    r"|舅舅?|姑姑?|姑妈|小姨|姨妈|叔叔?|婶|伯|表[哥姐弟妹]|堂[哥姐弟妹]|外甥|侄[子女]|婆婆|公公|岳[母父]"
    r"|丈母?[人娘]|邻居|发小)"
    rf"|我(?:们)?(?:在|坐在|人在)\w{{0,8}}(?:办公室|工位|电脑前|客服中心)(?:里)?|(?:坐在"
    rf"|人在)\w{{0,8}}(?:办公室|工位|电脑前)|我\w{{0,6}}(?:给您打字|敲键盘|敲字|手都酸)|我(?:自己)?(?:做|干"
    rf"|从事)\w{{0,8}}{_SPAN_OF_YEARS}"
    r"|我\w{0,4}(?:带|陪|接)(?:着|了)?(?:女儿|儿子|孩子|爸妈|老婆|老公|朋友)|我在(?:这儿|这里|公司|店里|这行"
    r"|这家)\w{0,6}(?:上班|工作|干|做|待)(?:了)?(?:\d+|[一二三四五六七八九十几两多]+)\w{0,2}年"
    r"|我今年(?:\d|[二三四五六]十)|做客服\w{0,2}(?:\d+|[一二三四五六七八九十几两多]+)\w{0,2}年|我\w{0,3}亲眼"
    r"|亲眼(?:看到|见到)(?:了)?您|我(?:刚)?从\w{1,6}(?:跑|赶|走|回)来|我(?:刚)?(?:跑|走)(?:到|了"
    r"|去)\w{0,4}(?:仓库|库房|门店|楼下)"
    r"|我(?:自己|本人|平时|在家)(?:也|就|家|都|每天)?(?:一直)?(?:在用|用了|在喝|喝了|喝的|在穿|穿了|买了|试过"
    r"|用的|用着|吃的|睡的|带娃)|我(?:小时候|年轻时|上学时|大学|老家|结婚|怀孕|生病|感冒|头疼|腰疼|失眠)"
    r"|(?<![a-z])my (?:own )?(?:kids?|children|daughters?|sons?|husband|wife|mum|mom|dad|mother|father"
    r"|grandma|grandmother|dog|cat|boyfriend|girlfriend|toddler|baby|commute|lunch|coffee|shift|desk|day off"
    r"|back yard|kitchen|apartment|weekend)(?![a-z])"
    r"|(?<![a-z])i(?:'ve| have)? (?:\w+ )?(?:been|worked|doing)(?: \w+){0,6} (?:for )?(?:\d+|two|three|four"
    r"|five|six|seven|eight|nine|ten|many|twenty|over a dozen) years"
    r"|(?<![a-z])i(?:'ve| have)? (?:just |also |even |still )?(?:(?:got|had|have) (?:two|three|four|a"
    r"|\d) (?:\w+ )?(?:kids?|children|sons?|daughters?|dogs?|cats?)|(?:ate|finished|grabbed|had"
    r"|came back from|got back from) (?:my |a |some )?(?:lunch|dinner|breakfast|coffee|sandwich|break))"
    r"|with my (?:\w+ )?(?:coffee|tea|sandwich)|on my (?:lunch|break|way home|commute|day off)"
    r"|(?<![a-z])i(?:'m| am) (?:sitting|typing|based|writing (?:this )?from|calling from)(?: \w+){0,3} (?:at"
    r"|from|in|here)"
    r"|(?<![a-z])i (?:tried|tasted|brewed|wore|slept|cooked|drank|made|baked)(?: \w+){0,5} (?:at home"
    r"|last night|this morning|yesterday|last week(?:end)?|myself)|i(?:'m| was| am) (?:tired|hungry|exhausted"
    r"|sick|hungover|sleepy)|i (?:stepped|nipped|popped) (?:away|out)|(?<![a-z])i (?:walked|drove|ran"
    r"|cycled)(?: \w+)? (?:to|over|down|back)|(?:saw|checked) it (?:myself|with my own)|with my own (?:eyes"
    r"|hands)|typing (?:this )?from (?!our)"
    r"|(?<![a-z])i (?:grew up|was born|went to (?:school|college)|slept|woke up|was raised|went through a"
    r"|lost my)|as a (?:mother|mum|mom|father|dad|parent|woman|man|fellow \w+) (?:myself|of (?:two|three|\w+)"
    r"|too)"
    r"|(?<![a-z])i (?:own (?:one|two|three|the same)|use (?:it|mine|one|this|them) (?:myself|at home|every)"
    r"|wear (?:mine|one|it)|drink (?:it|this|mine) (?:myself|every))|(?<![a-z])i(?:'m| am) a (?:mother|mum"
    r"|mom|father|dad|parent|grandma|student|runner|tea drinker)(?![a-z])"
)
_NOT_OF_ITSELF = sieve(
    r"(?:您|你|如果|是不是|问)\w{0,6}$|(?<![a-z])(?:you|your|if|whether|asked|ask)(?: [\w']+){0,3} ?$"
)


def has_human_author(message: Message) -> bool:
    """Whether the inputs say that a person writes; where they say nothing, a machine does."""
    kind = str(message.context.customer.facts.get("author_kind") or "bot").casefold()
    return kind in ("human", "person", "agent", "rep")


def _human_claim(message: Message) -> Iterator[Finding]:
    if has_human_author(message):
        return
    reason = "A machine wrote this and must not say that it is a person."
    for field in message.fields:
        for pattern in (_SAYS_PERSON, _LIVES):
            for match in field.find(pattern, field.tight):
                before = field.tight.text[max(0, match.start() - 24) : match.start()]
                if not _NOT_OF_ITSELF.search(before):
                    yield field.finding("HUMAN_CLAIM", Severity.BLOCK, reason, *match.span(), field.tight)


_BOT = {"customer": {"facts": {"author_kind": "bot"}}}
RULES: tuple[Rule, ...] = (
    Rule(
        "HUMAN_CLAIM",
        9,
        "Knowing whom one talks to",
        "EU AI Act art. 50(1); California B&P Code 17941",
        Severity.BLOCK,
        _human_claim,
        examples=(
            broken("我是真人客服小李，不是机器人。", changes=_BOT),
            broken("I'm a real person named Kate.", language="en", changes=_BOT),
            broken("这封信由真人一笔一画写成。"),
            broken("This letter was written by a living person.", language="en"),
            broken("我家孩子也爱喝这个。"),
            broken("我刚下班，路上看到您的消息。"),
            broken("放心，对面可是大活人。"),
            broken("Sorry, I was on my lunch break.", language="en"),
            broken("My daughter has the same board.", language="en"),
            broken("It isn't a bot you're writing to.", language="en"),
            fine("我是智能客服，需要的话可以转人工。", changes=_BOT),
            fine("我是真人客服小李。", changes={"customer": {"facts": {"author_kind": "human"}}}),
            fine("A person on our team will help.", language="en", changes=_BOT),
            fine("您问我是不是机器人：是的，我是智能助手，同事上班后可以接手。"),
            fine("我帮孩子的课程改了时间。我们下班时间是晚上九点。"),
            fine("我不是真人，是青禾茶铺的智能助手。"),
            fine("No machine washing, please. I'm an assistant, not a person.", language="en"),
            fine("If your kids are at home, they can sign for it.", language="en"),
            broken("This is Sandra typing now.", language="en", because="nobody of that name is on record"),
            fine("I am a bot, and a person can take over after nine.", language="en"),
        ),
    ),
)
