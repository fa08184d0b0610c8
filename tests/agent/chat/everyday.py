"""What customers ask on an ordinary day, in many wordings, with the clause that answers it, or None where no rule does."""

from __future__ import annotations

ASKED: dict[str, str | None] = {}


def _are_answered_by(clause: str | None, questions: str) -> None:
    ASKED.update((question.strip(), clause) for question in questions.split("|"))


# --- 中文 -------------------------------------------------------------------------------------------------------------

_are_answered_by(
    "returns-zh#发错商品",
    """发错货了 | 你们发错货了 | 收到的不是我买的 | 收到的东西不对 | 货发错了怎么办 | 买的红色发来蓝色 | 跟我下单的不一样 | 你们寄错东西了
    | 给我发成别人的了 | 我买的是茶壶，寄来的是杯子 | 发来的型号不对 | 颜色发错了 | 这根本不是我订的那个 | 收到的跟订单对不上 | 东西寄错了，怎么处理
    | 我要的是大号，你们发了小号 | 收到货不对 | 错发了 | 不是我下单的那款 | 拆开发现不是我要的东西""",
)
_are_answered_by(
    "returns-zh#退款几天到账",
    """退款要几天到账 | 退款多久到 | 退的钱什么时候到账 | 退款什么时候能到 | 钱几天退回来 | 退款要多长时间 | 退款几个工作日 | 多久能收到退款
    | 退货后钱多久退 | 退款退到哪里 | 退款到账时间 | 退了货几天能拿到钱 | 退款一般几天 | 请问退款需要多久 | 我的退款大概几天能下来 | 申请退款后几天到账
    | 退款是原路返回吗 | 钱会退到哪张卡 | 退款周期是多少 | 货退回去了，啥时候给我退钱""",
)
_are_answered_by("returns-zh#退款逾期", "退款还没到 | 退款一直没收到 | 都两个星期了钱还没退 | 退款怎么还不到账 | 说好的退款呢")
_are_answered_by(
    "shipping-zh#运费",
    """包邮吗 | 满多少包邮 | 免邮吗 | 邮费多少 | 运费怎么算 | 要运费吗 | 快递费多少钱 | 多少钱免运费 | 你们家包邮不 | 新疆包邮吗 | 买一个杯子包邮吗
    | 运费是多少 | 收不收邮费 | 几十块包邮 | 寄到西藏要加钱吗 | 是不是全场包邮 | 请问包不包邮 | 运费几块""",
)
_are_answered_by(
    "returns-zh#寄回的运费谁出",
    """退货邮费谁出 | 退货运费谁承担 | 退货要自己出运费吗 | 退货运费 | 寄回去的邮费算谁的 | 退货的快递费谁付 | 退货包邮吗 | 不喜欢想退，运费谁出
    | 退回去要我出邮费吗 | 退货要不要运费 | 七天无理由退货运费谁出""",
)
_are_answered_by(
    "returns-zh#怎么申请退换",
    """想换货 | 我想换货 | 怎么换货 | 能换货吗 | 换个颜色 | 想换个颜色 | 可以换颜色吗 | 我要换货 | 怎么退货 | 退货流程 | 我想退货 | 退货怎么操作
    | 能不能换一个 | 想换成别的款式 | 申请换货 | 换货流程是什么 | 我想退货，怎么弄 | 退货地址是多少 | 退货寄到哪里 | 怎么申请退款""",
)
_are_answered_by("returns-zh#尺码不合适", "大了能换吗 | 想换个尺码 | 衣服小了怎么换 | 换个大一码 | 尺码买错了 | 鞋子大了一号想换 | 换码")
_are_answered_by(
    "shipping-zh#送达时间",
    """送到北京要几天 | 到北京几天 | 北京多久能到 | 几天能到 | 多久能到货 | 发到广州要多久 | 寄到上海几天 | 快递几天到 | 一般几天能收到 | 下单后多久送到
    | 到新疆要几天 | 我在成都，几天能到 | 能送到北京吗 | 你们发北京吗 | 哈尔滨几天到 | 快递要走几天 | 多久能收到货 | 几天送达 | 明天能到杭州吗""",
)
_are_answered_by(
    "service-zh#人工客服",
    """客服几点上班 | 几点下班 | 你们几点上班 | 营业时间 | 客服时间 | 晚上有人吗 | 客服工作时间是几点到几点 | 周末有客服吗 | 星期天上班吗 | 人工客服几点在
    | 你们什么时候有人 | 上班时间 | 服务时间 | 客服几点下班 | 几点有人工""",
)
_are_answered_by("service-zh#回电", "能给我打个电话吗 | 可以回电吗 | 让你们的人给我回个电话 | 打电话给我 | 能电话联系我吗")
_are_answered_by(
    "warranty-zh#发票",
    """怎么开发票 | 能开发票吗 | 发票怎么开 | 我要发票 | 有发票吗 | 开个发票 | 发票在哪里申请 | 电子发票 | 可以补开发票吗 | 发票多久能开 | 给开票吗
    | 需要报销，能开票吗 | 发票 | 忘记要发票了""",
)
_are_answered_by("warranty-zh#发票抬头改错", "发票抬头写错了 | 发票开错了 | 税号填错了能重开吗 | 发票抬头能改吗 | 换个发票抬头")
_are_answered_by(
    "shipping-zh#修改收货地址",
    """改地址 | 我想改地址 | 地址写错了 | 地址填错了怎么办 | 能换个收货地址吗 | 收货地址能改吗 | 怎么修改地址 | 寄到另一个地址行吗 | 我搬家了，地址要改
    | 下单地址选错了 | 收件人电话写错了 | 换个地址 | 把地址改成公司 | 地址错了 | 改一下收货信息""",
)
_are_answered_by(
    "shipping-zh#未发货取消订单",
    """取消订单 | 怎么取消订单 | 我想取消订单 | 订单能取消吗 | 不想要了，还没发货 | 帮我取消这单 | 下错单了 | 拍错了，能撤吗 | 刚下的单不要了 | 订单取消
    | 还没发货能退款吗 | 我要撤单 | 重复下单了，取消一个 | 买错了想取消 | 未发货退款""",
)
_are_answered_by(
    "shipping-zh#发货时间", "什么时候发货 | 几天发货 | 今天能发货吗 | 多久发货 | 下单后多久发货 | 周末发货吗 | 现在下单什么时候发 | 当天发吗"
)
_are_answered_by("returns-zh#无理由退货", "可以退货吗 | 几天内能退 | 七天无理由吗 | 不喜欢能退吗 | 不想要了能退吗 | 退货期限是多少天 | 支持无理由退货吗")
_are_answered_by(
    "returns-zh#质量问题", "杯子碎了 | 收到是坏的 | 东西破了怎么办 | 质量有问题 | 有瑕疵 | 用了两天就坏了 | 到手就裂了 | 壶漏水 | 收到的时候就碎了"
)
_are_answered_by("returns-zh#少件漏发", "少发了一件 | 少了一个杯子 | 漏发了 | 盖子没有寄来 | 买了三个只收到两个 | 东西没给全")
_are_answered_by("warranty-zh#电器保修", "保修多久 | 有保修吗 | 保修期几年 | 质保多久")
_are_answered_by("membership-zh#积分", "积分怎么算 | 积分有什么用 | 积分会过期吗 | 怎么攒积分 | 积分能抵多少钱")
_are_answered_by("membership-zh#会员等级", "怎么成为金卡 | 会员等级怎么分 | 银卡要消费多少 | 怎么升级会员")
_are_answered_by("membership-zh#忘记密码", "忘记密码了 | 密码忘了怎么办 | 怎么重置密码")
_are_answered_by("membership-zh#换绑手机号", "手机号换了怎么改 | 我换手机号了 | 怎么换绑手机")
_are_answered_by("coupons-zh#价格保护", "刚买就降价了 | 买贵了能退差价吗 | 有保价吗 | 降价了能补差吗")
_are_answered_by(
    None,
    """你们电话多少 | 客服电话是多少 | 电话多少 | 联系电话 | 有没有客服电话 | 你们的电话号码 | 热线电话 | 给个电话 | 客服热线是多少 | 你们手机号多少
    | 店铺地址在哪 | 你们有实体店吗 | 门店在哪里 | 能用微信支付吗 | 可以货到付款吗 | 海外能寄吗 | 能发到美国吗 | 茶壶能刻字吗 | 可以放微波炉吗 | 这个壶是什么材质
    | 你们老板是谁 | 今天天气怎么样 | 帮我写一首诗 | 有没有红色的 | 推荐一款茶壶 | 这个多少钱 | 能便宜点吗 | 招人吗 | 能用洗碗机吗 | 能寄到日本吗 | 可以送到香港吗""",
)

# --- English ----------------------------------------------------------------------------------------------------------

_are_answered_by(
    "returns-en#wrong-item-sent",
    """I got the wrong item | You sent me the wrong thing | this isn't what I ordered | wrong product received | I ordered a teapot and got a mug
    | received the wrong colour | not what I bought | you shipped the wrong item | what arrived is not what I ordered
    | the parcel had something else in it | I was sent somebody else's order | that's not the one I picked | incorrect item in the box
    | got a blue one instead of red | my order was mixed up | this is the wrong model | you sent the wrong one
    | the item I received is different from what I ordered | wrong order delivered""",
)
_are_answered_by(
    "returns-en#how-long-a-refund-takes-to-arrive",
    """how long does a refund take | when will I get my money back | when do I get my refund | how many days until the refund arrives
    | refund time | how fast are refunds | when does the refund show on my card | how long until I'm refunded | refund processing time
    | how long to get my money back after a return | when will the refund reach my account | how is the refund paid
    | where does the refund go | how do refunds work""",
)
_are_answered_by(
    "returns-en#a-late-refund",
    """my refund hasn't arrived | still no refund | I've been waiting for my refund for two weeks | where is my refund
    | haven't got my money back yet""",
)
_are_answered_by(
    "shipping-en#shipping-cost",
    """is shipping free | do you have free shipping | how much is shipping | what does delivery cost | shipping cost
    | do I have to pay postage | free delivery? | what are your shipping rates | how much do you charge for delivery
    | minimum order for free shipping | is delivery included | what's the delivery charge | is postage free | shipping fees?""",
)
_are_answered_by(
    "returns-en#postage-when-you-change-your-mind",
    """who pays the return postage | who pays for return shipping | do I have to pay to send it back | are returns free
    | is return shipping free | do I pay for the return | return postage | cost of returning an item | free returns?""",
)
_are_answered_by(
    "returns-en#asking-for-a-return",
    """I want to exchange it | how do I exchange something | can I swap it for another colour | I'd like a different colour
    | exchange please | how do I return something | I want to return this | how do I send it back | where do I send my return
    | return address | can I exchange this for another one | I want to swap it | start a return | how do returns work
    | I want a refund""",
)
_are_answered_by(
    "returns-en#wrong-size", "it doesn't fit | too small, can I change it | can I swap for a larger size | need a bigger size | wrong size"
)
_are_answered_by(
    "shipping-en#delivery-times",
    """do you deliver to Beijing | how long to Beijing | how long does delivery take | when will it arrive if I order today
    | how many days for delivery | do you ship to Shanghai | can you deliver to Xinjiang | delivery time to Guangzhou
    | how fast is shipping | how long does shipping take | how soon would I get it | delivery times | how long until it gets here
    | is next day delivery possible | can I get it by Friday | do you send to Chengdu""",
)
_are_answered_by(
    "service-en#people-who-answer",
    """what are your hours | business hours | when are you open | opening hours | what time do you close | are you open on Sundays
    | customer service hours | when is support available | is anyone there in the evening | what are your service hours
    | when can I reach someone | are you open at weekends | what time does customer service start | hours of operation""",
)
_are_answered_by("service-en#calling-back", "can you call me | please call me back | could someone phone me | can I get a call | give me a ring")
_are_answered_by(
    "warranty-en#invoices",
    """can I get an invoice | I need an invoice | how do I get an invoice | invoice please | do you issue invoices | where is my invoice
    | can you send me a receipt | I need a receipt for my company | vat invoice | how do I download the invoice | I forgot to ask for an invoice""",
)
_are_answered_by(
    "warranty-en#correcting-an-invoice", "the name on my invoice is wrong | can you correct my invoice | wrong tax number on the invoice"
)
_are_answered_by(
    "shipping-en#changing-the-address",
    """change my address | I want to change the delivery address | I entered the wrong address | can I change where it goes
    | wrong address on my order | how do I change the shipping address | send it to a different address | update my delivery address
    | I moved, please change the address | can you change the address on my order | I gave you the wrong address
    | deliver it to my office instead | change of address""",
)
_are_answered_by(
    "shipping-en#cancelling-before-dispatch",
    """cancel my order | how do I cancel an order | I want to cancel | can I cancel my order | please cancel order
    | I ordered by mistake | cancel it please | can I still cancel | I don't want it any more, it hasn't shipped
    | I'd like to cancel my purchase | order cancellation | how can I cancel | can I call off my order""",
)
_are_answered_by(
    "shipping-en#dispatch", "when do you ship | do you ship on weekends | how fast do you dispatch | same day dispatch?"
)
_are_answered_by(
    "returns-en#change-of-mind",
    """can I return it | what is your return policy | how long do I have to return something | can I return it if I don't like it
    | I changed my mind, can I return it | return window""",
)
_are_answered_by(
    "returns-en#faulty-or-damaged-goods",
    """it arrived broken | my mug is cracked | it's defective | the teapot leaks | it stopped working after two days | it came damaged
    | the item is faulty""",
)
_are_answered_by("returns-en#missing-pieces", "a part is missing | the lid was not in the box | I only got two of three | something is missing from my order")
_are_answered_by("warranty-en#small-appliances", "how long is the warranty | is there a warranty | warranty period | do you give a guarantee")
_are_answered_by("membership-en#points", "how do points work | what are points worth | do points expire | how do I earn points")
_are_answered_by("membership-en#tiers", "how do I become a gold member | what are the tiers | how much for silver")
_are_answered_by("membership-en#a-forgotten-password", "I forgot my password | reset my password | can't remember my password")
_are_answered_by("membership-en#a-new-phone-number", "I have a new phone number | how do I change my phone number | I changed my number")
_are_answered_by("coupons-en#price-drops", "it's cheaper now than when I bought it | the price dropped after I ordered")
_are_answered_by(
    None,
    """what's your phone number | phone number please | can I have your phone number | do you have a phone number | what number can I call
    | customer service number | telephone number | hotline | your number? | how can I call you
    | where is your shop | do you have a physical store | can I pay with bitcoin | do you ship to Germany | do you deliver abroad
    | can you ship to the US | is it dishwasher safe | who is your boss | what's the weather | write me a poem | is it microwave safe
    | what is it made of | do you have it in red | recommend a teapot | how much is this | can you make it cheaper | are you hiring
    | do you deliver to Japan | do you ship internationally | are you on Instagram""",
)
