"""By which channels alone somebody wants no more marketing: "texts no, e-mails yes". Takes text, gives channels.

The whole message must be made of such clauses and nothing else. Whatever says more (another matter, "everything", a
denial) is left to the wish to leave altogether, which errs on the side of silence, or is no wish at all.
"""

from __future__ import annotations

import re

from agent.domain import Channel
from agent.language.spoken import fold

_CALLED = {
    Channel.SMS: r"短信|短消息|sms|text messages?|texts?|texting",
    Channel.EMAIL: r"电子邮件|邮件|e-?mails?|e-?mailing|newsletters?",
    Channel.PUSH: r"推送|弹窗|push(?: notifications?| messages?)?",
    Channel.CHAT: r"微信消息|微信|we-?chat|whatsapp",
}
_ONE = "(?:" + "|".join(_CALLED.values()) + ")"
_SOME = rf"(?:{_ONE}(?:(?:[和跟、与及]| and | or | & )?{_ONE})*(?: alerts?)?)"
_PART = re.compile(
    r"[,，.。;；!！?？\n]|但是?|不过|可是|\b(?:but|though|however|and (?=keep|still|leave|continue|send))\b"
)
_COURTESY = re.compile(
    r"请|麻烦您?|谢谢您?|您好|你好|好吗|可以吗|一下|^(?:ok|okay)\b|\b(?:please|thanks|thank you|hi|hello|any ?more)\b"
)
_SHORT = r"(?:marketing |promotional |promo )?"
_STOP = re.compile(
    rf"(?:only |just the )?{_SOME} (?:no|off|only off)"
    rf"|(?:can you |could you |i want you to |i want to |i would like to |i'd like to )?(?:only )?"
    rf"(?:stop|end|cancel|turn off|disable|no more|no|unsubscribe(?: me)? from|opt(?: me)? out of|take me off)"
    r"(?: sending(?: me)?)?(?: only| just)?(?: the| your| my| any| all| these| with)* "
    rf"{_SHORT}{_SOME}(?: only| alone)?"
    rf"|(?:only )?stop {_SOME} me(?: only| alone)?"
    rf"|(?:i )?(?:don't|do not) (?:want|send|send me|need)(?: the| your| my| any| more)* {_SHORT}{_SOME}"
    rf"|(?:don't|do not) (?:text|e-?mail) me"
    rf"|(?:我|本人)?[只仅光]?(?:想|要)?(?:退订|取消|停掉?|关掉|关闭|屏蔽|拒收|不要|不想再?(?:收到?|要)|不收|(?:别|不要|不用|停止?)(?:再)?(?:给我)?(?:发|推|寄))"
    rf"(?:我的?|你们的?|这些|所有|营销|广告|推广|促销|的)*{_SOME}(?:了|就行|就好|吧)*"
    rf"|{_SOME}(?:就)?(?:都)?(?:别|不要|不用|不必|可以不|不想|不)(?:再)?(?:给我)?(?:发|推送?|寄|要|收)(?:给我)?了?吧?"
    rf"|{_SOME}(?:就)?(?:都)?(?:给我)?(?:退订|停掉|停了|停发|关掉|关闭|取消|停)了?吧?"
)
_KEEP = re.compile(
    rf"(?:can i |could i |i want to |i would like to |i'd like to )?(?:still )?(?:keep|continue|leave|send)(?: me)?"
    rf"(?: sending| getting| with)?(?: me)?(?: the| your| my)* {_SHORT}{_SOME}(?: on| coming| instead| me)?"
    rf"|(?:the |your |my )?{_SOME} (?:is|are|stays?|can stay|is still|are still) "
    r"(?:fine|ok|okay|good|welcome|on|alright|all right)"
    rf"|{_SOME} (?:yes|only|instead|is enough|me instead)|not (?:the |my |your )?{_SOME}"
    rf"|(?:i )?(?:only|just)(?: want| need| send| by| use)*(?: the| your| my)* {_SOME}"
    rf"|{_SOME}(?:就|还|都|也|请)*(?:可以|继续|照常|照旧|照|留着|保留|没关系|没问题|行|要|想要|想收|不变|不用停|别停|不停|不退订|不取消)"
    rf"(?:继续|收|发|推送?|给我|我)*(?:就行|就好|了|吧)*"
    rf"|(?:继续|还是|还|可以|只|仅|光)(?:是|要|发|收|用|留|保留|想收|想要|给我)+{_SOME}(?:就行|就好|即可|吧)*"
    rf"|(?:保留|留着?|(?:别|不要|不用)(?:停|取消|退订)){_SOME}"
)
_ONLY = re.compile(r"[只仅光]|\b(?:only|alone)\b|\w just\b")
"""Just these; but "just stop" is impatience."""
READ = 200
"""Characters: such a wish is short, and a long letter that speaks of mail and texts is read by a person."""


def channels_to_end(text: str) -> tuple[Channel, ...]:
    """The channels to be silent on; none where nothing is to end, all of it is, or something else is said as well."""
    if len(text) > READ:
        return ()
    ended, kept, only = set[Channel](), set[Channel](), False
    for part in _PART.split("\n".join(fold(line) for line in text.splitlines())):
        said = " ".join(_COURTESY.sub(" ", part).split())
        if not said:
            continue
        if found := _KEEP.fullmatch(said):
            kept |= _named(found)
        elif found := _STOP.fullmatch(said):
            ended |= _named(found)
            only |= bool(_ONLY.search(said))
        else:
            return ()
    return tuple(sorted(ended - kept)) if kept or only else ()


def _named(found: re.Match[str]) -> set[Channel]:
    return {channel for channel, called in _CALLED.items() if re.search(rf"(?<![a-z])(?:{called})(?![a-z])", found[0])}
