"""Names of persons: those that are known, and those that their context gives away (我叫…, 王女士, my name is …).

A name by itself, with nothing around it to tell, is found where it is known, where it begins with a common given name
(English), or where it is made of the signs that people are called by (Chinese).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚"
    "谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁"
    "葛伍韦申尤毕聂丛焦"
    "柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍覃霍翁隋植甘景薄单包司柏宁"
    "柯阮桂闵解强华冷车"
)
COMPOUND = (
    "欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|慕容|令狐|宇文|长孙|公孙|夏侯|南宫|西门"
    "|独孤|端木|百里|东郭|呼延|轩辕|太史|闻人"
)
_SUR = rf"(?:{COMPOUND}|[{SURNAMES}])"
# what follows a name more often than it ends one
_AFTER = (
    "的是在要想买了我您你请电手地住先女这那说也就和跟收单号订下有没给到去来把被让叫不很都还又再才从向对为用能会可以"
    "呢吗吧啊哦，他她它已今昨前上个"
    "退换发寄打联快货本人签开刚问查看等需麻身微邮生男刷付转存办出入进每后最别只因所但而且或与及其于至之"
)
_GIVEN = rf"(?:[\u4e00-\u9fff][^\W\d_a-zA-Z{_AFTER}]|[\u4e00-\u9fff])"
_FULL_ZH = rf"(?:[\u4e00-\u9fff]{{2,6}}[·•][\u4e00-\u9fff]{{2,8}}|{_SUR}{_GIVEN})"
_CUED_ZH = re.compile(
    r"(?:我(?:的)?(?:名字)?(?:叫|是)|本人(?:是|叫)?|名叫|叫做|大名|姓名|真名|收件人|收货人|联系人|签收人|下单人|"
    r"订购人|客户名|户名|机主|持卡人|开户人|寄件人"
    r"|经办人|申请人|投保人|会员名|署名|名字|抬头|落款|朋友|同事|爱人|老公|老婆|妻子|丈夫|儿子|女儿|妈妈|爸爸|母亲|"
    r"父亲|妹妹|姐姐|哥哥|弟弟"
    r"|找|交给|转给|联系|客服|店员|快递员|师傅)"
    r"(?:\s|:|：|,|，|是|为|叫|写的?是?|改成|一栏|“|\"|「){0,4}"
    rf"(?P<name>{_FULL_ZH})(?![\u4e00-\u9fff]?[路街区县市省镇村号])"
)
_TITLED_ZH = re.compile(
    rf"(?<![\u4e00-\u9fff][{SURNAMES}])(?P<name>[\u4e00-\u9fff]{{2,6}}[·•][\u4e00-\u9fff]{{2,8}}|"
    rf"{_SUR}[\u4e00-\u9fff]{{0,2}}?)(?=先生|女士)"
    rf"|(?:(?<![\u4e00-\u9fff])|(?<=[位的找叫给请是和与向让被由谢到个]))(?P<other>{_SUR}(?:{_GIVEN})?)"
    r"(?=小姐(?!姐)|太太|阿姨|叔叔|大哥|大姐|师傅|经理|老师|同学|主任|律师|医生)"
)
_SURE_SURNAMES = (
    "王李张刘陈杨赵吴徐孙胡朱郭罗梁宋郑韩唐冯董萧曹袁邓傅沈彭吕苏卢蒋蔡贾魏薛阎潘杜戴谭廖邹熊陆郝崔邱秦侯邵龚庞樊"
    "殷施陶洪翟颜倪严俞葛韦聂焦柳邢岳莫辛祁耿卜詹凌靳裴席翁阮桂闵"
)
"""Surnames that seldom begin an ordinary word."""
_GIVEN_SIGNS = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛超霞刚桂兰英秀建国志明华平文斌辉玲红梅琳琴云雪莹婷雯颖倩佳欣怡悦思雨涵梓轩宇浩子"
    "俊豪峰凯鹏飞龙波宁晓小玉珍凤春燕莉萍慧蓉洁瑶琪菲妍媛蕾薇晨阳旭东海山林森博睿泽嘉诚鑫淼瑞祥德福永忠义仁信礼家宏"
    "振兴荣昌盛康健安邦世维启元亮光昊天逸然若曦诗语可心依冰晴岚彤茜柔馨蓓黎恒毅坤乾哲彦航帆远航楠柏松桐榕淑贞美惠爱"
    "翠素巧珊璐璇瑾琦珂珮翔翰越锋钧铭锐钰锦"
)
_BARE_ZH = re.compile(
    r"(?!潘婷|西门子|韩国|沈阳|王子|洪亮|桂林|唐山|苏宁|王国(?![\u4e00-\u9fff])|孙子|秦国|唐诗|东方红|宋朝|胡琴|吴江|杨梅|李子|李宁|罗森|苏菲|戴森|朱红|杜邦|韩文"
    r"|罗兰紫|紫罗兰)(?<!紫)(?<!姹)"
    rf"(?P<name>(?:{COMPOUND}|[{_SURE_SURNAMES}])"
    rf"(?:[{_GIVEN_SIGNS}]{{2}}|[{_GIVEN_SIGNS}](?![\u4e00-\u9fff])|[{_GIVEN_SIGNS}](?=[代收签的这说在来去买下付打])))"
)
"""With nothing around it to tell: a surname that begins no ordinary word, and characters that people are called by."""
_FAMILIAR_ZH = re.compile(
    rf"(?:客服|店员|叫|找|同事|快递员|师傅|朋友|"
    rf"我是)(?P<name>[小老阿][{SURNAMES}])(?![\u4e00-\u9fff]{{0,1}}[孩姐区路])"
)
_SIGNED_ZH = re.compile(
    rf"(?:^|\n|——|--|此致|敬礼|谢谢[！!。，,]?|祝好[！!。，,]?)\s{{0,4}}(?P<name>{_FULL_ZH})\s{{0,4}}(?=$|\n|敬上|"
    rf"上$|留|\d{{4}})"
)
_GREETED_ZH = re.compile(rf"(?:尊敬的|亲爱的|致)(?P<name>{_FULL_ZH})(?=[，,：:您先女\s]|$)")
_COMMON_ZH = frozenset(
    (
        "高兴 单子 包裹 于是 时候 关于 成功 路上 石头 安全 常常 方便 温柔 时间 任何 解决 "
        "强烈 管理 查询 谷歌 游戏 马上 何时 和平 华为 关系 何况 安排 简单 单独 单号 车子 "
        "成为 向来 关心 申请 申诉 项目 金额 白色 黄色 黑色 严重 高级 盛情 万一 万分 毕竟 "
        "终于 左右 常用 文字 钱包 费用 方面 连接 平时 顾客 管家 明白 马桶 江湖 石材 康复 "
        "乐意 安装 安心 通知 尤其 温度 常温 白茶 黄茶 花茶 路人 阳台 强调 解释 时常 白天 "
        "夏天 谢谢 童装 辛苦 凌晨 成长 童年 曾经 时前 钱时 时我 单位 马克 郑州 方式 方法 "
        "方向 车牌 车辆 文件 华丽 成品 车上 冷静 冷水"
    ).split()
)
_WORD = r"[A-ZÀ-Þ](?:[a-zß-ÿ]{1,20}|['’][A-ZÀ-Þ][a-zß-ÿ]{1,20}|[a-z]{1,3}[A-Z][a-z]{1,15}|\.)"
_FULL_EN = rf"{_WORD}(?:[ -](?:(?:van|von|de|da|del|di|la|le|bin|al|Mc|O['’])\s?)?{_WORD}){{0,3}}"
_STRONG_EN = (
    r"(?:my (?:full |real |sur|last |first )?name(?: is|'s|:|’s)|name(?: on (?:the )?(?:card|order|account|parcel|"
    r"label))?\s?(?:is|:)|the name(?: is)?|under the name(?: of)?"
    r"|in the name of|(?:account|card) ?holder(?: is)?:?|recipient(?: is)?:?|addressed to|addressee:?|signed for "
    r"by|signed by|attn:?|attention:?|c/o|on behalf of"
    r"|(?:customer|buyer|contact|consignee|passenger)(?: name)?(?: is|:)|i am called|people call me|ask for|speak "
    r"to|spoke (?:to|with)|talked to|named|called|known as"
    r"|my (?:husband|wife|partner|son|daughter|brother|sister|mother|father|mum|mom|dad|friend|neighbou?r|"
    r"colleague|boss|assistant|flatmate|roommate)(?:,| is|'s name is)?"
    r"|deliver(?:ed)? (?:it )?to|ship(?:ped)? (?:it )?to|gift for|order for|left (?:it )?with|handed (?:it )?to)"
)
_CUED_EN = re.compile(rf"(?i:(?<![A-Za-z]){_STRONG_EN})\s{{0,2}}[\"“']?(?P<name>{_FULL_EN})")
_LOWER_EN = re.compile(
    r"(?<![A-Za-z])(?:my (?:full )?name(?: is|'s|’s|:)|name\s?:|i am called)\s{1,2}(?P<name>[a-z][a-z'’-]{1,20}(?: "
    r"[a-z][a-z'’-]{1,20})?)(?![a-z])",
    re.IGNORECASE,
)
_TITLED_EN = re.compile(
    rf"(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam|MR|MRS|MS|DR|mr|mrs|ms|dr)\.?\s(?P<name>{_FULL_EN})"
)
_GREETED_EN = re.compile(
    rf"(?:^|\n|[.!?] )\s{{0,3}}(?i:hi|hello|hey|dear|morning|good (?:morning|afternoon|evening)|thanks|thank "
    rf"you)(?: there)?,? (?P<name>{_FULL_EN})(?=[,.!:;\n—–-]|$)"
)
_SAID_EN = re.compile(
    rf"(?<![A-Za-z])(?i:i'm|i’m|i am|this is|it's|here is|signed)\s(?P<name>{_FULL_EN})(?=[,.!;\n]|$| (?:here|from|"
    rf"speaking|and|again|writing|calling|with|at)(?![A-Za-z]))"
)
_SIGNED_EN = re.compile(
    rf"(?i:regards|sincerely|thanks|thank you|cheers|best|best wishes|yours|yours truly|faithfully|love|kindly|"
    rf"respectfully|thx|many thanks)[,.!]?\s{{0,2}}(?:\n\s{{0,4}}|[-–—~]\s?|,\s)(?P<name>{_FULL_EN})\s{{0,3}}(?=$|"
    rf"\n|[.,(])"
    rf"|(?:^|\n)\s{{0,4}}[-–—~]{{1,2}}\s?(?P<dash>{_FULL_EN})\s{{0,3}}(?=$|\n)"
)
_FIRST = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph "
    "Jessica Thomas Sarah Charles Karen "
    "Christopher Lisa Daniel Nancy Matthew Betty Anthony Margaret Mark Sandra Donald Ashley Steven Kimberly Paul "
    "Emily Andrew Donna Joshua Michelle "
    "Kenneth Carol Kevin Amanda Brian Dorothy George Melissa Edward Deborah Ronald Stephanie Timothy Rebecca Jason "
    "Sharon Jeffrey Laura Ryan Cynthia "
    "Jacob Kathleen Gary Amy Nicholas Angela Eric Shirley Jonathan Anna Stephen Brenda Larry Pamela Justin Emma "
    "Scott Nicole Brandon Helen Benjamin "
    "Samantha Samuel Katherine Gregory Christine Frank Debra Alexander Rachel Raymond Carolyn Patrick Janet Jack "
    "Catherine Dennis Maria Jerry Heather "
    "Tyler Diane Aaron Ruth Jose Julie Adam Olivia Nathan Joyce Henry Virginia Douglas Victoria Zachary Kelly "
    "Peter Lauren Kyle Christina Noah Joan "
    "Ethan Evelyn Jeremy Judith Walter Megan Christian Andrea Keith Cheryl Roger Hannah Terry Jacqueline Austin "
    "Martha Sean Gloria Gerald Teresa Carl "
    "Ann Sophia Chloe Fiona Gareth Graham Ian Isla Liam Lucas Luca Marco Mohammed Ahmed Fatima Aisha Priya Raj "
    "Ravi Anil Wei Ming Yuki Hiroshi Chen "
    "Nora Owen Rhys Siobhan Sinead Aoife Niamh Pierre Marie Hans Greta Ingrid Olga Ivan Sergei Natasha Carlos Juan "
    "Pedro Lucia Sofia Elena Diego "
    "Tom Tim Jim Joe Bob Rob Dan Ben Ken Ron Ray Ian Jon Greg Steve Mike Dave Nick Matt Chris Tony Andy Harry Oscar "
    "Felix Omar "
    "Ahmed Raj Anil Neha Carlos Juan Luis Miguel Pablo Jorge Ivan Olga Yuki Hiroshi Kenji Amir Fatima Leila Nadia "
    "Sven Lars "
    "Ingrid Astrid Pierre Claude Jacques Giulia Marco Paolo Luca Amy Sue Jill Kate Katie Becky Debbie Wendy Tina Gina "
    "Donna"
)
FIRST_NAMES = tuple(_FIRST.split())
_LISTED_EN = re.compile(
    rf"(?<![A-Za-z])(?P<name>(?:{'|'.join(FIRST_NAMES)}) (?:(?:van|von|de|da|del|di|la|le|bin|al) "
    rf")?{_WORD}(?:-{_WORD})?)(?![a-z])"
)
_NOBODY = frozenset(
    "very not so still writing a the sorry happy glad sure really here there team customer customers sir madam all "
    "everyone support service friend friends "
    "again you i we they he she it this that my your our and but or if when is was are just now please order "
    "number refund thanks thank hi hello hey dear "
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december "
    "english chinese british american german french uk us usa china london paris wonderful great good fine "
    "disappointed angry upset furious done new old "
    "recipient phone tel mobile email address flat apt unit order tracking parcel name id card code refund wechat "
    "telegram whatsapp ups visa no yes ok okay also only too more most much many some any every each both either "
    "helpdesk desk care sales manager everybody folks neighbour store shop "
    "company best regards kind amazon ebay paypal visa mastercard royal mail ups fedex dhl usps hermes gmail what why "
    "how who which where christmas easter".split()
)


def find_people(text: str) -> Iterator[tuple[int, int, str]]:
    if not text.isascii():
        for pattern in (_GREETED_ZH, _CUED_ZH, _TITLED_ZH, _FAMILIAR_ZH, _SIGNED_ZH, _BARE_ZH):
            for match in pattern.finditer(text):
                group = "other" if "other" in pattern.groupindex and match["other"] else "name"
                if match[group][:2] not in _COMMON_ZH:
                    yield *match.span(group), "[name]"
    for pattern in (_CUED_EN, _TITLED_EN, _GREETED_EN, _SAID_EN, _SIGNED_EN, _LISTED_EN):
        for match in pattern.finditer(text):
            group = "dash" if "dash" in pattern.groupindex and match["dash"] else "name"
            yield from _english(match, group)
    for match in _LOWER_EN.finditer(text):
        yield from _english(match, "name")


def _english(match: re.Match[str], group: str) -> Iterator[tuple[int, int, str]]:
    """Without the words at its end, or at its beginning, that are no name."""
    start = match.start(group)
    words = re.findall(r"\S+", match[group])
    while words and words[-1].strip(".,'’").lower() in _NOBODY:
        words.pop()
    if not words or words[0].strip(".,'’").lower() in _NOBODY:
        return
    said = match[group]
    end = start + said.rfind(words[-1]) + len(words[-1])
    if end - start >= 2:
        yield start, end - (1 if match.string[end - 1] == "." and len(words[-1]) > 2 else 0), "[name]"


def find_known(text: str, names: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """The names that the caller knows, whole words in any case; a Chinese surname with its form of address as well."""
    pattern = _known(tuple(names))
    if pattern is not None:
        for match in pattern.finditer(text):
            yield *match.span(), "[name]"


@lru_cache(maxsize=512)
def _known(names: tuple[str, ...]) -> re.Pattern[str] | None:
    wanted: set[str] = set()
    for name in names:
        for part in (name.strip(), *re.split(r"[\s·•.]+", name)):
            if len(part) >= (3 if part.isascii() else 2):
                wanted.add(re.escape(part))
        if name and not name.isascii() and re.match(_SUR, name):
            surname = re.match(_SUR, name)
            assert surname is not None
            wanted.add(f"{surname.group()}(?=先生|女士|小姐|太太|总|老师)")
            wanted.add(f"[小老阿](?:{surname.group()}|{re.escape(name[-1])})(?![\\u4e00-\\u9fff])")
    if not wanted:
        return None
    words = "|".join(sorted(wanted, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-zÀ-ÿ])(?:{words})(?![A-Za-zÀ-ÿ])", re.IGNORECASE)
