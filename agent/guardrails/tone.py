"""A message presses nobody, threatens nobody and blames nobody."""

from __future__ import annotations

from agent.domain import Severity
from agent.guardrails.lexicon import Hit
from agent.guardrails.listed import by_list, is_cited
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve

_HARMLESS = sieve(r"不会|不受|不影响|(?<![a-z])(?:won't|will not|not be|isn't|doesn't)(?![a-z])")


def _threat(hit: Hit, field: Field, message: Message) -> Severity | None:
    """逾期不会影响信用 calms; a question asks; a letter that is not ours is cited."""
    if is_cited(hit.start, hit.end, field, message):
        return None
    text = field.tight.text
    asks = field.sentence(hit.start).rstrip().endswith(("?", "？")) and hit.severity is Severity.HUMAN
    return None if asks or _HARMLESS.search(text[hit.start : hit.end]) else hit.severity


RULES: tuple[Rule, ...] = (
    Rule(
        "TONE_PRESSURE",
        58,
        "Freedom to stay away",
        "UCPD Annex I no. 30; house rule",
        Severity.BLOCK,
        by_list("TONE_PRESSURE", "It presses with guilt, shame or pity. Leave the customer free."),
        examples=(
            broken("您真的忍心吗，小编都哭了。"),
            broken("Jenny may lose her job. How could you?", language="en"),
            broken("It's been quiet without you.", language="en", because="mild: a person looks"),
            fine("好久没见您，有空来坐坐。"),
            fine("We miss you. No pressure at all.", language="en"),
            fine("You owe us nothing.", language="en"),
            broken("Please don't go, I work on commission.", language="en"),
            fine("Please don't send cash.", language="en"),
            broken("您说走就走，对得起我们这些人吗？"),
            broken("别的家长都给孩子报了，就您还没动静。"),
            broken("您再不来，小店就撑不下去了。"),
            broken("Every cancellation costs someone here their job.", language="en"),
            broken("Good parents don't stop halfway.", language="en"),
            broken("We've done so much for you. Is this how you repay us?", language="en"),
            fine("想走就走，没有什么不好意思的。"),
            fine("孩子落下的课可以看回放，不着急。"),
            fine("要是别的家长问起，可以转给他们。"),
            fine("Other parents ask about this too; the notes stay up.", language="en"),
            fine("If she falls behind, we can add a lesson.", language="en"),
            fine("We're sorry to see you go, and the door stays open.", language="en"),
        ),
    ),
    Rule(
        "TONE_THREAT",
        58,
        "Freedom from fear",
        "UCPD art. 8-9",
        Severity.BLOCK,
        by_list("TONE_THREAT", "It threatens. Say what is true without the threat, or nothing.", _threat),
        examples=(
            broken("再不登录，您的账户将被注销。"),
            broken("Pay now or we'll close your account.", language="en"),
            fine("您的账户一切正常，不会被注销。"),
            fine("Your account stays open as long as you like.", language="en"),
            broken("再给差评，我们可是知道您家住哪儿的。"),
            broken("不续约的话，您存的照片当天就删。"),
            broken("再投诉，就把您拉进黑名单。"),
            broken("Leave early and we'll report you to the credit agencies.", language="en"),
            broken("Take the review down or our lawyers will be in touch.", language="en"),
            broken("We have your address, so think carefully.", language="en"),
            fine("逾期的账单不会影响您的其他业务。"),
            fine("提前解约按剩余月份收费，您自己掂量一下。"),
            fine("您不续费也没关系，照片都还在。"),
            fine("If you cancel first, the number may be released.", language="en"),
            fine("Cancel and your photos stay where they are.", language="en"),
            fine("Your score will not change when you leave.", language="en"),
        ),
    ),
    Rule(
        "TONE_INSULT",
        58,
        "Respect",
        "House rule",
        Severity.BLOCK,
        by_list("TONE_INSULT", "It insults or blames. Write it as you would to a guest."),
        examples=(
            broken("这都不会，怪您自己。"),
            broken("Well, genius, read the label.", language="en"),
            fine("不是您的问题，是我们没写清楚。"),
            fine("That is a good question.", language="en"),
            broken("这是您自己的问题。"),
            fine("个人信息是您自己的，账户是您自己的还是家人的？"),
            broken("这么简单的账，小学生都会算。"),
            broken("自己不看说明，怪谁？"),
            broken("别人都会用，怎么就您不会。"),
            broken("A calculator might help you here.", language="en"),
            broken("You left it in the rain for a week. Genius.", language="en"),
            broken("Congratulations on breaking it in a day.", language="en"),
            fine("这么简单的事让您跑了三趟，是我们的不是。"),
            fine("您配合着寄回来，我们却慢了。"),
            fine("您真细心，别人都没看出来。"),
            fine("Some people prefer it black, and that's fine.", language="en"),
            fine("It's an easy one to miss: the switch is under the lid.", language="en"),
            fine("People like you keep a small shop going.", language="en"),
        ),
    ),
)
