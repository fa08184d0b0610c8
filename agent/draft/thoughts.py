"""Takes off what a model thought, and the marks its chat template uses between turns.

Takes raw text, gives what was said to the reader. A thought that never ends leaves nothing: to guess where the message
begins inside it would send a thought to a customer.
"""

from __future__ import annotations

import re

LONGEST = 40_000
"""Characters that are read at all; a model that runs on for longer has not written a message."""
TAGS = "think|thinking|thought|thoughts|reasoning|reflection|analysis|scratchpad|思考|思考过程|推理"
OPEN = re.compile(rf"<\s*(?:{TAGS})\s*>|◁think▷|<\|begin_of_thought\|>|\[THINK\]", re.IGNORECASE)
CLOSE = re.compile(rf"<\s*/\s*(?:{TAGS})\s*>|◁/think▷|<\|end_of_thought\|>|\[/THINK\]", re.IGNORECASE)
THOUGHT = re.compile(f"(?:{OPEN.pattern}).*?(?:{CLOSE.pattern}|\\Z)", re.DOTALL | re.IGNORECASE)
FINAL_CHANNEL = re.compile(r"<\|channel\|>\s*final\s*<\|message\|>")
ANSWER = re.compile(r"<(answer|final|output|response|final_answer|reply)>\s*(.*?)\s*(?:</\1>|\Z)", re.DOTALL | re.I)
FINAL_LABEL = re.compile(
    r"^[\s*_#【\[]*(?:final (?:answer|version|message|draft|sms|e-?mail|text|reply|output)|最终(?:答案|版本?|"
    r"短信|邮件|文案|回复|消息|输出|稿))"
    r"[*_】\]]*\s*[:：]?[*_]*[ \t]*(?:\n|(?<=[:：*_】]))",
    re.IGNORECASE | re.MULTILINE,
)
SOLUTION = re.compile(r"<\|begin_of_(?:solution|answer|box)\|>\s*(.*?)\s*(?:<\|end_of_\w+\|>|\Z)", re.DOTALL)
START_MARKS = re.compile(
    r"\A\s*(?:<\|(?:im_start|start_header_id|start)\|>\s*assistant\s*(?:<\|end_header_id\|>)?|"
    r"<start_of_turn>\s*model\b|"
    r"<[|｜]\s*assistant\s*[|｜]>|\[gMASK\]|<sop>|<bos>|<s>|\[/INST\]|assistant\s*\n)\s*",
    re.IGNORECASE,
)
END_MARKS = re.compile(
    r"<\|(?:im_end|eot_id|end|return|endoftext|end_of_text|user|im_start|start_header_id)\|>|<end_of_turn>|</s>|<eos>|"
    r"<[|｜]end▁of▁sentence[|｜]>|<[|｜]User[|｜]>|\[INST\]",
    re.IGNORECASE,
)
MARKS = re.compile(r"<[|｜][^|｜<>\n]{1,30}[|｜]>|</?s>|\[/?INST\]|<(?:start|end)_of_turn>")
OTHER_TURN = re.compile(r"\n[ \t]*[*_]*(?:user|human|用户|顾客提问)[*_]*\s*[:：]", re.IGNORECASE)


def said(text: str) -> str:
    """Without thoughts, template marks, and whatever turns the model made up after its own."""
    text = re.sub(r"\n{3,}", "\n\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _own_turn(_aloud(text[:LONGEST]))


def _aloud(text: str) -> str:
    if final := list(FINAL_CHANNEL.finditer(text)):
        return text[final[-1].end() :]
    if "<|channel|>" in text:
        return ""  # only thoughts came
    text = THOUGHT.sub("", text)
    if strays := list(CLOSE.finditer(text)):  # the opening tag was part of the prompt
        text = text[strays[-1].end() :]
    for wrapper in (SOLUTION, ANSWER):
        if inside := wrapper.search(text):
            return inside[inside.lastindex or 1]
    finals = list(FINAL_LABEL.finditer(text))
    return text[finals[-1].end() :] if finals else text


def _own_turn(text: str) -> str:
    while start := START_MARKS.match(text):
        text = text[start.end() :]
    if (end := END_MARKS.search(text)) and text[: end.start()].strip():
        text = text[: end.start()]
    if (other := OTHER_TURN.search(text)) and text[: other.start()].strip():
        text = text[: other.start()]
    return MARKS.sub("", text).strip()
