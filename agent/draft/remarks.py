"""Finds the message in what a model said around it: announcements, fences, several versions, notes on its own work.

Takes text, gives text. Only what plainly speaks about the message is taken off; what could be part of it stays, for the
checks to find.
"""

from __future__ import annotations

import re

SPOKEN_TO = re.compile(
    r"\{(?:salutation|first_name)\b|(?:^|[\n\"“>])\s*(?:hi|hello|dear|hey|尊敬的|亲爱的|您好|你好)", re.IGNORECASE
)
"""How a message begins that is meant for somebody."""
LABEL = re.compile(
    r"^[\s*_#>【\[(（]*(?:final )?(?:subject(?: lines?)?(?: options?)?|title|email subject|邮件主题|邮件标题|"
    r"短信标题|推送标题|主[题題]|[标標][题題])"
    r"[\s*_】\])）]*(?:[(（][^()（）\n]{1,20}[)）])?[*_]*\s*(?:[:：]|(?<=】)|(?<=\])|$)",
    re.IGNORECASE | re.MULTILINE,
)

# --- fences ----------------------------------------------------------------------------------------------------------

FENCED = re.compile(r"^[ \t]*(?P<mark>`{3,}|~{3,})[^\n`]*\n(?P<inside>.*?)(?:^[ \t]*(?P=mark)[ \t]*$|\Z)", re.S | re.M)


def unfenced(text: str) -> str:
    """What stands in the code fences; a subject above them is kept, what else is said around them is not."""
    blocks = list(FENCED.finditer(text))
    inside = "\n\n".join(block["inside"].strip("\n") for block in blocks if block["inside"].strip())
    if not inside:
        return re.sub(r"^[ \t]*(?:`{3,}|~{3,})\w*[ \t]*$\n?", "", text, flags=re.MULTILINE)
    before = text[: blocks[0].start()]
    if not LABEL.search(inside) and (subject := LABEL.search(before)):
        return before[subject.start() :].strip() + "\n\n" + inside
    return inside


# --- several versions ------------------------------------------------------------------------------------------------

VERSION = re.compile(
    r"^[^\w\n{]*(?:option|version|variant|variation|draft|alternative|方案|版本|选项|备选|草稿|文案|示例)\s*"
    r"(?:[A-Ea-e]|[1-5]|[一二三四五])(?![A-Za-z0-9])[^\w\n{]*"
    r"(?P<rest>[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
NUMBERED = re.compile(r"^\s*[1-5][.)、．]\s*(?P<rest>[^\n]*)$", re.MULTILINE)


def first_version(text: str) -> str:
    """Of several whole messages the first. Choices offered inside one message are none of its versions."""
    for heading in (VERSION, NUMBERED):
        heads = list(heading.finditer(text))
        if len(heads) < 2:
            continue
        ends = [*(head.start() for head in heads[1:]), len(text)]
        pieces = [_piece(head, text[head.end() : end]) for head, end in zip(heads, ends, strict=True)]
        if all(SPOKEN_TO.search(piece) for piece in pieces):
            return pieces[0]
    return text


def _piece(head: re.Match[str], after: str) -> str:
    """What follows a heading on its line is the message's beginning, or a word about the version ("warm")."""
    rest = head["rest"].strip()
    return f"{rest}{after}".strip() if SPOKEN_TO.search(rest) or LABEL.match(rest) else after.strip()


# --- remarks before and after ----------------------------------------------------------------------------------------

KIND = (
    r"(?:push |chat |text |final |sms |follow-?up )?(?:sms|message|e-?mail|draft|reply|response|"
    r"notification|version|text|copy|body|answer|output)"
    r"|(?:推送|短信|邮件|消息|文案|草稿|回复|正文|通知|内容|话术|输出)(?:内容|文案|正文|草稿)?"
)
ONLY_LABEL = re.compile(rf"^[\s*_#【\[(（]*(?:{KIND})[\s*_】\])）]*[:：]?[\s*_]*$", re.IGNORECASE)
INLINE_LABEL = re.compile(rf"^[\s*_#【\[]*(?:{KIND})[*_】\]]*\s*[:：][*_]*[ \t]*(?=\S)", re.IGNORECASE)
SPEAKER = re.compile(
    r"^\s*[*_]*(?:assistant|ai|bot|model|chatbot|助手|客服助手|AI\s?(?:客服|助手)|智能客服|客服)[*_]*\s*[:：]\s*",
    re.IGNORECASE,
)
ANNOUNCES = re.compile(
    r"\b(?:here(?:'s| is| are)|below|following|this is|draft(?:ed)?|wrote|written|prepared|message|e-?mail|sms|reply|"
    r"notification|version|json|options?)\b|以下|如下|下面|这是|草稿|短信|邮件|文案|回复|消息|推送|"
    r"版本|为您(?:撰写|准备|写)",
    re.IGNORECASE,
)
OPENER = re.compile(
    r"^[\s*_]*(?:sure|certainly|of course|absolutely|okay|ok|great|got it|understood|happy to|好的|好，|"
    r"当然|没问题|收到|明白|可以的?[，,。！!])",
    re.IGNORECASE,
)
STAGE = re.compile(
    r"^[\s*_]*[(（\[【][^()（）\[\]【】{}\n]{0,80}?(?:tone|words?|characters?|end of|emoji|translation|"
    r"version|draft|language|"
    r"语气|字数|\d\s*字|结束|翻译|正式|以下|完|版本)[^()（）\[\]【】{}\n]{0,200}[)）\]】][\s*_]*$",
    re.IGNORECASE,
)
NOTE_LABEL = re.compile(
    r"^[\s*_(（\[【#>-]*(?:notes?|explanation|slots? used|placeholders? used|(?:word|character) count|"
    r"translation|rationale|tone|"
    r"length|why this works|key points|changes|字数|说明|备注|注意事项|注意|注|解释|语气|写作说明|"
    r"修改说明|(?:中文|英文)?翻译|译文|思路|要点)"
    r"[\s*_】\])）]*[:：]",
    re.IGNORECASE,
)
ABOUT_WRITING = re.compile(
    r"\b(?:words?|tone|slots?|placeholders?|drafts?|message|e-?mail|sms|length|limit|promises?|brows\w+|instruct\w*|"
    r"requirements?|version|characters?|emoji|customer|mention\w*|kept|avoid\w*|count|salutation|offer_code)\b|\d+\s*$"
    r"|字|语气|占位符|要求|提及|提到|长度|版本|以上|顾客|推送|短信|邮件|活泼|承诺|温暖|限制|使用了|避免",
    re.IGNORECASE,
)
CLOSER = re.compile(
    r"^[\s*_(（]*(?:"
    r"(?:please )?(?:let me know|feel free|would you like me|do you want me|if you(?:'d| would)? "
    r"(?:like|want|need))\b[^\n]{0,60}"
    r"\b(?:adjust\w*|tweak\w*|chang\w+|edit\w*|modif\w+|shorter|longer|version|tone|revis\w+|rewrite|"
    r"playful|formal|alternatives?)\b"
    r"|(?:i )?hope this (?:helps|works|meets|fits)"
    r"|this (?:version|message|e-?mail|draft|sms|reply|text)\b[^\n]{0,40}\b(?:avoids?|uses?|keeps?|"
    r"stays?|is|does|follows?|contains?|includes?)\b"
    r"|i (?:have )?(?:kept|avoided|used|included|made sure|did not (?:write|mention|use))\b"
    r"|希望(?:这|以上|本)[^\n]{0,12}(?:符合|满意|有帮助|能帮)"
    r"|(?:如果?|若|您?如)(?:您)?(?:还)?(?:需要?|想要?|希望|有)[^\n]{0,16}(?:调整|修改|版本|改动|润色)"
    r"|(?:这|以上|本)(?:封|条|份|版|段|则)?(?:邮件|短信|消息|文案|回复|推送|内容|"
    r"版本)[^\n]{0,6}(?:没有|未|避免|包含|符合|采用|使用|控制|遵)"
    r")",
    re.IGNORECASE,
)
OFF_THE_MESSAGE = re.compile(r"^\s*(?:[-=—*_]{2,}|\* \* \*)\s*$")


def without_remarks(text: str) -> str:
    text = without_speaker(_without_closing(_without_opening(text)))
    return INLINE_LABEL.sub("", _unquoted(text)).strip()


def without_speaker(text: str) -> str:
    """“Assistant:” in front, as in a script."""
    return SPEAKER.sub("", text)


def _without_opening(text: str) -> str:
    """Lines before the message that announce it. They end where a line is left that could be said to a customer."""
    lines = text.strip().split("\n")
    while len(lines) > 1 and _announces(lines[0], "\n".join(lines[1:])):
        lines = lines[1:]
    return "\n".join(lines)


def _announces(line: str, rest: str) -> bool:
    if not line.strip() or OFF_THE_MESSAGE.match(line) or ONLY_LABEL.match(line) or STAGE.match(line):
        return True
    if "{" in line or LABEL.match(line) or not (SPOKEN_TO.search("\n" + rest) or LABEL.search(rest)):
        return False
    ends_open = line.rstrip(" *_").endswith((":", "："))
    return (ends_open and bool(ANNOUNCES.search(line))) or (bool(OPENER.match(line)) and (ends_open or len(line) <= 80))


def _without_closing(text: str) -> str:
    """Paragraphs after the message that speak about it, from the end upwards."""
    paragraphs = re.split(r"\n[ \t]*\n", text.rstrip())
    while len(paragraphs) > 1 and _is_note(paragraphs[-1]):
        paragraphs.pop()
    while len(paragraphs) > 1 and (cut := _note_below_a_rule(paragraphs)) is not None:
        paragraphs = paragraphs[:cut]
    lines = "\n\n".join(paragraphs).split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or _is_note(lines[-1])):
        lines.pop()
    return "\n".join(lines)


def _note_below_a_rule(paragraphs: list[str]) -> int | None:
    """A rule and a note under it end the message, however long the note is."""
    for at, paragraph in enumerate(paragraphs[1:], start=1):
        first, _, below = paragraph.strip().partition("\n")
        under = below.strip() or (paragraphs[at + 1].strip() if at + 1 < len(paragraphs) else "")
        if OFF_THE_MESSAGE.match(first) and under and _is_note(under):
            return at
    return None


def _is_note(paragraph: str) -> bool:
    first = paragraph.strip().split("\n")[0]
    if OFF_THE_MESSAGE.match(first):
        below = paragraph.strip().partition("\n")[2]
        return not below.strip() or _is_note(below)
    if STAGE.match(paragraph) or CLOSER.match(first):
        return True
    label = NOTE_LABEL.match(first)
    return label is not None and bool(ABOUT_WRITING.search(paragraph[label.end() :]) or "翻译" in first)


def _unquoted(text: str) -> str:
    """A message that stands in quotation marks as a whole."""
    text = text.strip()
    for left, right in (('"', '"'), ("“", "”"), ("「", "」"), ("'", "'"), ("『", "』")):
        if len(text) > 2 and text.startswith(left) and text.endswith(right) and text.count(left) <= 2:
            return text[1:-1].strip()
    return text
