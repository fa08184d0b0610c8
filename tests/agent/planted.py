"""Tickets with planted personal data, whose places are known: our own wording, values made by chance from a seed.

Each ticket is put together from an opening, one to four sentences that carry a value, and a closing; some tickets carry
none. Values are right in form (check digits, area codes), and nobody's.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ticket:
    """`planted` are (kind, start, end)."""

    text: str
    language: str
    planted: tuple[tuple[str, int, int], ...]


# --- values -----------------------------------------------------------------------------------------------------------

SUR = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅"
    "沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
)
SURS = [*SUR, "欧阳", "司马", "上官", "诸葛", "慕容"]
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉梅雪梓涵浩宇子轩欣怡佳琪思远晓东建国嘉慧一诺若曦雨桐俊熙诗琪"
    "志鹏海燕春花德华文博"
    "书瑶可馨语嫣承泽沐阳清妍铭哲昊天悦宁婉婷正豪"
)
FIRST = (
    "Crystal Nora Will Priya Mohammed Siobhan Gareth Ingrid Luca Fatima Owen Harriet Tamsin Diego Yuki Anneliese "
    "Bartholomew Chidi Joanna Kit"
).split()
LAST = (
    "Minh Bell Carter O'Brien Van Dyke Okafor Fernandez Smith-Jones Lindqvist McAllister Huang Rossi Novak Petrov "
    "Ashworth Delacroix Kowalski Tanaka Byrne Hughes"
).split()
CITIES = [
    tuple(row.split(","))
    for row in (
        "浙江省,杭州市,西湖区 江苏省,南京市,鼓楼区 广东省,深圳市,南山区 四川省,成都市,武侯区 "
        ",北京市,朝阳区 ,上海市,浦东新区 "
        "湖北省,武汉市,洪山区 山东省,青岛市,市南区 福建省,厦门市,思明区 陕西省,西安市,雁塔区 黑龙江省,哈尔滨市,南岗区 "
        "云南省,昆明市,五华区"
    ).split()
]
ROADS = (
    "文三路 中山北路 人民大街 建国路 学院路 科技大道 延安西路 解放路 幸福里 和平街 长江路 桂花巷 梧桐大道 滨江东路"
).split()
ESTATES = "金色家园 阳光花园 翠苑小区 万科城市花园 绿地公寓 锦绣苑 银泰大厦 御景湾".split()
STREETS = (
    "Linden Lane,Maple Street,1st Ave,Harbor St,King's Road,Oak Hill Drive,Queen Victoria Street,Sunset Blvd,"
    "Mill Close,Church Road"
).split(",")
TOWNS = [
    ("Portland", "ME", "04101"),
    ("San Mateo", "CA", "94401"),
    ("Austin", "TX", "73301"),
    ("Columbus", "OH", "43085"),
]
UK = [("London", "SW1A 1AA"), ("Leeds", "LS1 4DY"), ("Bristol", "BS1 5TR"), ("Edinburgh", "EH1 1YZ")]
MONTHS = "January February March April May June July August September October November December".split()


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(count))


def _luhn(start: str, length: int, rng: random.Random) -> str:
    body = start + _digits(rng, length - len(start) - 1)
    total = 0
    for at, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def _name_zh(rng: random.Random) -> str:
    if rng.random() < 0.04:
        return rng.choice(["阿依古丽·买买提", "古力娜扎·拜合提亚尔", "迪丽热巴·艾力"])
    return rng.choice(SURS) + "".join(rng.choice(GIVEN) for _ in range(rng.choice([1, 2, 2])))


def _name_en(rng: random.Random) -> str:
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def _phone_zh(rng: random.Random) -> str:
    mobile = f"1{rng.choice('3456789')}{_digits(rng, 9)}"
    forms = [
        mobile, f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}", f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}",
        f"+86 {mobile}",
        f"0571-8{_digits(rng, 7)}", f"021{rng.choice('3456')}{_digits(rng, 7)}",
        f"(010){rng.choice('68')}{_digits(rng, 7)}",
        mobile.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        mobile.translate(str.maketrans("0123456789", "零一二三四五六七八九")),
        f"0755-2{_digits(rng, 7)}转{_digits(rng, 3)}",
    ]  # fmt: skip
    return rng.choice(forms)


def _phone_en(rng: random.Random) -> str:
    area, mid, last = f"{rng.randint(201, 989)}", f"{rng.randint(200, 999)}", _digits(rng, 4)
    forms = [
        f"({area}) {mid}-{last}", f"{area}-{mid}-{last}", f"+1 {area} {mid} {last}", f"{area}.{mid}.{last}",
        f"+44 20 7{_digits(rng, 3)} {last}", f"020 7{_digits(rng, 3)} {last}",
        f"07{_digits(rng, 3)} {_digits(rng, 6)}",
        f"+49 30 {_digits(rng, 7)}", f"1-{area}-{mid}-{last}", f"{area}{mid}{last}",
    ]  # fmt: skip
    return rng.choice(forms)


def _email(rng: random.Random) -> str:
    user = rng.choice(["lin.xiao", "nora_b", "cminh730", "w.carter+shop", "xueer88", "a1", "info-desk", "happy2024"])
    hosts = ["mail.example", "email.com", "qq.com", "example.co.uk", "163.com", "sub.shop.example"]
    return f"{user}{rng.randint(1, 99)}@{rng.choice(hosts)}"


def _id_zh(rng: random.Random) -> str:
    born = f"{rng.randint(1950, 2005)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    body = f"{rng.choice(['110105', '330106', '440305', '510107'])}{born}{_digits(rng, 3)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
    return body + (check if rng.random() < 0.8 else check.lower())


def _id_en(rng: random.Random) -> str:
    return rng.choice(
        [f"{rng.randint(100, 665)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}", f"AB{_digits(rng, 6)}C"]
    )


def _card(rng: random.Random) -> str:
    number = rng.choice([_luhn("4", 16, rng), _luhn("52", 16, rng), _luhn("6222", 19, rng), _luhn("34", 15, rng)])
    sep = rng.choice(["", " ", "-"])
    return sep.join(number[at : at + 4] for at in range(0, len(number), 4))


def _order(rng: random.Random) -> str:
    return rng.choice(
        [
            f"L{_digits(rng, 5)}",
            _digits(rng, 10),
            f"MP-{_digits(rng, 5)}",
            f"2026{_digits(rng, 12)}",
            f"QH{_digits(rng, 8)}",
            f"{_digits(rng, 3)}-{_digits(rng, 7)}-{_digits(rng, 7)}",
        ]
    )


def _tracking(rng: random.Random) -> str:
    return rng.choice(
        [
            f"SF{_digits(rng, 13)}",
            f"YT{_digits(rng, 13)}",
            f"1Z{_digits(rng, 3)}AA{_digits(rng, 11)}",
            f"RR{_digits(rng, 9)}CN",
            f"JD{_digits(rng, 13)}",
        ]
    )


def _code(rng: random.Random) -> str:
    return rng.choice(
        [
            f"QH20-{_digits(rng, 2)}XY",
            _digits(rng, 6),
            f"SAVE{_digits(rng, 2)}",
            f"x{_digits(rng, 3)}Kp{_digits(rng, 2)}",
            f"A{_digits(rng, 1)}MQ{_digits(rng, 1)}K0XM",
        ]
    )


def _address_zh(rng: random.Random) -> str:
    province, city, district = rng.choice(CITIES)
    road, number = rng.choice(ROADS), rng.randint(1, 899)
    tail = rng.choice([
        f"{rng.randint(1, 30)}幢{rng.randint(1, 4)}单元{rng.randint(101, 2802)}室",
        f"{rng.randint(1, 30)}号楼{rng.randint(101, 2802)}",
        f"{rng.choice(ESTATES)}{rng.randint(1, 30)}栋{rng.randint(101, 1802)}", "", f"{rng.randint(2, 28)}层",
    ])  # fmt: skip
    head = rng.choice(
        [f"{province}{city}{district}", f"{city}{district}", f"{district}", f"{city.removesuffix('市')}{district}"]
    )
    return f"{head}{road}{number}号{tail}"


def _address_en(rng: random.Random) -> str:
    street = f"{rng.randint(1, 9999)} {rng.choice(STREETS)}"
    if rng.random() < 0.4:
        town, code = rng.choice(UK)
        return (
            f"{rng.choice(['', 'Flat 3, '])}{street}, {town} {code}"
            if rng.random() < 0.5
            else f"{street}, {town}, {code}"
        )
    town, state, code = rng.choice(TOWNS)
    unit = rng.choice(["", f", Apt {rng.randint(1, 40)}", f" #{rng.randint(1, 40)}"])
    return f"{street}{unit}, {town}, {state} {code}"


def _link(rng: random.Random) -> str:
    return rng.choice(
        [
            f"https://pic.example/{_digits(rng, 5)}?u=lin",
            "www.my-shop.com/item/22",
            "bit.ly/3xY9",
            f"http://10.example.org/a{_digits(rng, 3)}",
            "taobao.com/u/linxiao",
        ]
    )


def _account(rng: random.Random) -> str:
    return rng.choice(
        [
            f"wx_lin{_digits(rng, 3)}",
            f"{rng.randint(10**7, 10**10)}",
            f"lin-xiao{_digits(rng, 2)}",
            f"Nora_{_digits(rng, 4)}",
        ]
    )


def _plate_zh(rng: random.Random) -> str:
    office = rng.choice("京沪浙苏粤川") + rng.choice("ABCE")
    return f"{office}{rng.choice(['', '·'])}{rng.choice('ABDF')}{_digits(rng, 4)}"


def _plate_en(rng: random.Random) -> str:
    return rng.choice(
        [f"AB{_digits(rng, 2)} CDE", f"7{rng.choice('KLM')}XY{_digits(rng, 3)}", f"LK{_digits(rng, 2)}VWX"]
    )


def _ip(rng: random.Random) -> str:
    return rng.choice([f"203.0.{rng.randint(0, 255)}.{rng.randint(1, 254)}", "2001:db8:85a3:0:0:8a2e:370:7334"])


def _day_zh(rng: random.Random) -> str:
    year, month, day = rng.randint(1950, 2006), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        [f"{year}年{month}月{day}日", f"{year}-{month:02}-{day:02}", f"{month}月{day}号", f"{year}.{month}.{day}"]
    )


def _day_en(rng: random.Random) -> str:
    year, month, day = rng.randint(1950, 2006), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        [
            f"{MONTHS[month - 1]} {day}, {year}",
            f"{day} {MONTHS[month - 1]} {year}",
            f"{month:02}/{day:02}/{year}",
            f"{day} {MONTHS[month - 1][:3]}",
        ]
    )


Make = Callable[[random.Random], str]
BOTH: Mapping[str, Make] = {
    "email": _email,
    "card": _card,
    "order": _order,
    "tracking": _tracking,
    "code": _code,
    "link": _link,
    "account": _account,
    "ip": _ip,
}
CHINESE: Mapping[str, Make] = {
    "name": _name_zh,
    "phone": _phone_zh,
    "id": _id_zh,
    "address": _address_zh,
    "plate": _plate_zh,
    "birthday": _day_zh,
}
ENGLISH: Mapping[str, Make] = {
    "name": _name_en,
    "phone": _phone_en,
    "id": _id_en,
    "address": _address_en,
    "plate": _plate_en,
    "birthday": _day_en,
}
VALUES: Mapping[str, Mapping[str, Make]] = {"zh": {**BOTH, **CHINESE}, "en": {**BOTH, **ENGLISH}}

# --- wording ----------------------------------------------------------------------------------------------------------

Carriers = Mapping[str, Mapping[str, Sequence[str]]]
CARRIERS: Carriers = {
    "zh": {
        "name": [
            "我叫{}，想问一下进度", "收件人：{}", "联系人是{}", "我是{}，之前打过电话", "快递上写的名字是{}",
            "请让{}先生给我回电话",
            "{}女士下的单", "麻烦转给{}经理", "户名{}", "这是送给我朋友{}的", "签收人写的是{}，我们家没有这个人",
            "姓名 {}",
            "我老公{}去取的", "客服{}态度很差", "本人{}要求退款",
        ],
        "phone": [
            "电话{}", "我的手机号是{}", "打{}找我", "{}随时可以联系", "请拨打 {} 确认", "联系方式：{}",
            "换了号码，新的是{}", "座机 {}，晚上在家", "有事call我{}",
        ],
        "email": ["邮箱{}", "发票发到{}谢谢", "我的邮件是 {}", "请回复到{}", "注册用的{}", "把结果寄给{}就行"],
        "id": ["身份证号{}", "我的身份证是{}，核对一下", "实名信息{}", "证件号码：{}", "{}这个号你们登记过",
        "用{}买的票"],
        "card": ["卡号{}", "退到银行卡{}", "我用{}付的款", "信用卡 {} 被扣了两次", "请打到{}这张卡", "建行{}"],
        "order": ["订单号{}", "订单{}还没发", "单号是 {}", "我查了订单编号：{}", "这个订单 {} 少了一件",
        "退货单号{}"],
        "tracking": ["快递单号{}", "运单{}三天没动了", "物流号：{}", "{}一直显示在途", "顺丰{}", "查一下包裹{}"],
        "code": ["验证码{}", "优惠码{}用不了", "券码：{}", "密码是{}，改一下", "取件码 {}", "兑换码{}提示失效"],
        "address": [
            "地址：{}", "我住在{}", "请寄到{}", "新地址{}，别发错了", "收货地址改成{}", "快递放在{}门口了",
            "退货寄回{}吗", "我家在{}，能送货上门吗",
        ],
        "link": ["图在这里 {}", "看{}", "我在{} 上看到的", "截图：{}", "商品链接 {}"],
        "account": ["微信号{}", "加我微信：{}", "QQ {}", "我的旺旺是{}", "vx：{}", "微信{}"],
        "plate": ["车牌{}", "我的车是{}", "车牌号：{}，放后备箱", "门口停的{}就是我的"],
        "ip": ["登录的IP是{}", "系统显示 {}", "异地登录 {}"],
        "birthday": ["我的生日是{}", "出生日期：{}", "生日 {}，会员价没给", "我{}出生的"],
    },
    "en": {
        "name": [
            "My name is {}", "This is {} from the office", "The parcel was signed for by {}",
            "I am {}, we spoke yesterday", "Please ask for {}",
            "Recipient: {}", "It was a gift for my sister {}", "Name on the card: {}", "Mr {} told me otherwise",
            "I spoke to {} last week",
            "Addressed to {}", "Ms {} never called back", "my husband {} picked it up", "The account holder is {}",
        ],
        "phone": [
            "Call me on {}", "My number is {}", "You can reach me at {}", "Phone: {}", "text {} when it is ready",
            "My mobile {} is always on",
            "I tried from {}", "Tel. {}",
        ],
        "email": ["My email is {}", "Write to {}", "Please send the invoice to {}", "I signed up with {}",
        "Reply at {} please", "contact {}"],
        "id": ["My social security number is {}", "SSN {}", "ID card {}", "national insurance {}",
        "They asked for {} as proof", "my ID number: {}"],
        "card": ["My card {} was charged twice", "I paid with {}", "Card number: {}", "Refund it to {}", "visa {}",
        "the account {} is mine"],
        "order": ["Order {}", "My order number is {}", "order ID: {}", "Regarding order #{}", "Invoice {} is wrong",
        "reference {}"],
        "tracking": ["Tracking number {}", "The tracking says {}", "parcel {} has not moved", "UPS {}",
        "shipment {} is lost", "It is {} with the courier"],
        "code": ["The code {} does not work", "My password is {}", "verification code {}", "Coupon {} was refused",
        "gift card {}", "promo code: {}"],
        "address": [
            "I live at {}", "My address is {}", "Please deliver to {}", "Ship it to {}", "It was left at {}",
            "We moved to {}", "Billing address: {}",
            "the courier went to {} instead",
        ],
        "link": ["See {}", "Photo here: {}", "I found it on {}", "screenshot {}", "the page {} is broken"],
        "account": ["My WeChat is {}", "username {}", "my telegram is {}", "WhatsApp {}", "I am {} on instagram"],
        "plate": ["My licence plate is {}", "number plate {}", "The van {} blocked my drive", "registration {}"],
        "ip": ["The login came from {}", "IP {}", "someone at {} used my account"],
        "birthday": ["I was born on {}", "My birthday is {}", "date of birth: {}", "DOB {}"],
    },
}  # fmt: skip
UNSEEN: Carriers = {
    "zh": {
        "name": ["货是我妹{}代收的", "下单用的是{}这个名字", "{}，男，三十五岁", "麻烦通知一下{}", "面单上印着{}收"],
        "phone": ["晚点拨{}给我说声", "{}，加急", "备用号{}", "这边{}没人接", "留个号 {} 方便联系"],
        "email": ["给{}抄一份", "发我{}", "账号绑的{}"],
        "id": ["这是本人的{}", "报销要填{}", "身份核验用{}"],
        "card": ["钱从{}走的", "工行尾{}那张", "请原路退{}"],
        "order": ["就是{}那一单", "编号{}查不到", "上次的{}也是这样"],
        "tracking": ["{}到哪了", "中通{}显示签收", "面单上的{}扫不出来"],
        "code": ["输了{}说无效", "短信里的{}过期了", "我的密语{}"],
        "address": ["放到{}就行", "人现在在{}", "门牌是{}", "旧的那个{}不用了"],
        "link": ["截图放{}了", "参考{}", "别家{}才卖九块"],
        "account": ["加企鹅{}聊", "绿泡泡{}", "站内昵称{}"],
        "plate": ["{}停在楼下", "取货的车是{}"],
        "ip": ["后台写着{}", "陌生地址{}登录过"],
        "birthday": ["我是{}的", "{}过生日", "身份证上写{}"],
    },
    "en": {
        "name": [
            "{} took it in for me",
            "It went out under {}",
            "{} here, ordering again",
            "Could {} ring me back",
            "Label says {}",
        ],
        "phone": ["Ring {} after six", "{} is best", "Reach me on {} or not at all", "my landline, {}"],
        "email": ["Copy {} in", "{} is my inbox", "the login was {}"],
        "id": ["proof of identity: {}", "I gave them {}", "the form wanted {}"],
        "card": ["You took it off {}", "the one ending in a mess, {}", "debit {}"],
        "order": ["It was {}", "See {} as well", "same as {} before"],
        "tracking": ["{} says delivered", "Where is {}", "the label reads {}"],
        "code": ["I typed {} and nothing", "{} is expired they say", "secret word {}"],
        "address": ["Drop it at {}", "{} is where I am now", "not {} any more"],
        "link": ["Have a look at {}", "cheaper on {}", "as in {}"],
        "account": ["find me as {}", "ping {} there", "handle {}"],
        "plate": ["a van, {}, nearly hit me", "my car {} was outside"],
        "ip": ["the log shows {}", "a stranger from {}"],
        "birthday": ["I came into the world on {}", "{} is my day", "it is on my passport, {}"],
    },
}
"""Carriers written after the last mend of agent/language/masking, and never mended on."""
OPENINGS: Mapping[str, Sequence[str]] = {
    "zh": [
        "你好，", "请问一下，", "急！", "", "我要投诉，", "上周买的茶具到现在没收到，", "杯子碎了，",
        "退款怎么还没到，", "第三次问了，", "麻烦看看，", "东西不错就是慢，",
    ],
    "en": [
        "Hi, ", "Hello there, ", "", "Urgent! ", "I want to complain. ", "My teapot never arrived. ",
        "The cup came broken. ", "Where is my refund? ",
        "Third time I ask. ", "Nice shop, slow delivery. ",
    ],
}  # fmt: skip
CLOSINGS: Mapping[str, Sequence[str]] = {
    "zh": [
        "。",
        "，谢谢",
        "，尽快处理！",
        "。等了5天了。",
        "。花了268元呢。",
        "，再不解决我就差评",
        "。一共买了3件，收到2件。",
    ],
    "en": [
        ". Thanks",
        ". Please hurry!",
        ".",
        ". I waited 5 days.",
        ". It cost $26.80.",
        ". I bought 3 and got 2.",
        ". Not happy at all.",
    ],
}
HARMLESS: Mapping[str, Sequence[str]] = {
    "zh": [
        "等了5天还没到", "一共花了268元", "买了3件只收到2件", "7天无理由退货怎么申请", "4月15号能发货吗",
        "第2次买了还是一样好", "壶的容量是350毫升", "比上次便宜了20%",
        "客服说明天回复，结果没人理我", "先生您好这种客套话就免了", "希望老师傅的手艺别丢",
        "茶香很浓，泡了8遍还有味", "快递小哥态度不错", "打了三次电话没人接", "颜色和图片上有点不一样",
        "马上要过年了，能快点吗", "关于发票的问题想问下", "高兴是高兴，就是包装差了点", "安全气囊都比这纸箱厚",
        "这是第3个了", "5星好评", "给妈妈买的生日礼物，她很喜欢",
        "方便的话换一个大号的", "单子太长了，看不清", "积分1280怎么用", "晚上8点以后才有空", "2026年的新茶到了吗",
        "壶嘴断水不好", "收货的时候箱子是湿的", "路上走了一个星期",
    ],
    "en": [
        "I waited 5 days", "It cost $26.80", "I ordered 3 and got 2", "How do I return within 7 days",
        "Can it ship on April 15", "Second time I bought it and it is still good",
        "It holds 350 ml", "20% cheaper than last time", "Support said tomorrow and nobody answered",
        "Dear customer service, this is slow", "The craftsman knows his job",
        "It can be brewed 8 times", "The courier was friendly", "I called three times",
        "The colour is not like the picture", "Christmas is coming, please hurry",
        "A question about the invoice", "I am Very disappointed", "The box was wet when it arrived",
        "Three weeks on the road", "5 stars", "A birthday present for my mother",
        "Please swap it for a larger one", "How do I use 1280 points", "I am free after 8 pm",
        "Is the 2026 tea in yet", "The spout drips", "Hello team, thanks for nothing",
        "I drove 20 miles in a day for this", "It broke after 2 days of use",
    ],
}  # fmt: skip
JOIN = {"zh": "，", "en": ". "}


def tickets(count: int, clean: int, seed: int = 1, carriers: Carriers = CARRIERS) -> Iterator[Ticket]:
    """`count` tickets with one to four planted values and `clean` with none, half in each language."""
    rng = random.Random(seed)
    for at in range(count + clean):
        language = ("zh", "en")[at % 2]
        kinds = [] if at >= count else rng.sample(sorted(VALUES[language]), rng.choice([1, 2, 2, 3, 4]))
        yield _ticket(language, kinds, rng, carriers)


def _ticket(language: str, kinds: Sequence[str], rng: random.Random, carriers: Carriers) -> Ticket:
    text = rng.choice(OPENINGS[language])
    planted: list[tuple[str, int, int]] = []
    parts: list[tuple[str, str | None]] = [(rng.choice(carriers[language][kind]), kind) for kind in kinds]
    parts += [(said, None) for said in rng.sample(list(HARMLESS[language]), rng.choice([0, 1, 1, 2]) if kinds else 3)]
    rng.shuffle(parts)
    for number, (carrier, kind) in enumerate(parts):
        text += JOIN[language] if number else ""
        if kind is None:
            text += carrier
            continue
        value = VALUES[language][kind](rng)
        before, _, after = carrier.partition("{}")
        planted.append((kind, len(text) + len(before), len(text) + len(before) + len(value)))
        text += before + value + after
    return Ticket(text + rng.choice(CLOSINGS[language]), language, tuple(planted))
