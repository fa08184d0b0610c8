"""Clauses whose text speaks to a language model instead of to a customer ("ignore the rules above").

Takes clauses, gives those that command, with the words that do. Nothing is refused for it: a rule about passwords may
read alike, and whatever a clause says is data to the writer. A person should look before it is quoted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.documents import Clause

COMMAND = re.compile(
    r"(?:忽略|无视|忘记|忘掉|跳过|不要理会|不必遵守|绕过).{0,8}?(?:以上|之前|前面|上述|先前|所有|全部|系统).{0,6}?(?:指令|提示词?|规则|要求|设定|内容|限制)"
    r"|(?:系统|开发者)(?:提示词?|指令|消息)|提示词|你(?:现在)?是一?(?:个|名|位)?(?:AI|人工智能|语言模型|大模型|机器人|助手)"
    r"|(?:照抄|原样输出|逐字(?:输出|重复)|输出以下|必须回复|回复时必须|请在回复中(?:写|加|附))|(?:AI|模型|助手)(?:必须|应当|请|要)(?!.{0,4}人工)"
    r"|\b(?:ignore|disregard|forget|override|bypass)\b(?: \w+){0,4}? "
    r"(?:instructions?|prompts?|rules|guidelines|above|system)\b"
    r"|\b(?:system|developer) (?:prompt|message|instructions?)\b"
    r"|\b(?:you are (?:now )?|(?:act|behave) as )(?:an? )?(?:ai|assistant|language model|chatbot)\b"
    r"|\b(?:ai|assistants?|the model|chatbots?|llms?)(?: reading this)? (?:must|should|shall|has to)\b"
    r"|\b(?:output|repeat|print|reply with|respond with|write) (?:exactly|verbatim|the following|only)\b"
    r"|<\|?(?:im_start|system|assistant|user)\|?>|\[/?INST\]|^\s*(?:system|assistant)\s*[:：]",
    re.IGNORECASE | re.MULTILINE,
)
HIDDEN = re.compile("[\u200b-\u200f\u2060-\u2064\u00ad\U000e0000-\U000e007f]")


@dataclass(frozen=True, slots=True)
class Command:
    """`words`: as they were found, hidden characters taken out."""

    clause: Clause
    words: str

    @property
    def message(self) -> str:
        return (
            f"{self.clause.id} ({self.clause.clause}) speaks to a language model: “{self.words}”. "
            "Take the words out of the document if they are not meant for customers."
        )


def commands(clauses: Iterable[Clause]) -> Iterator[Command]:
    for clause in clauses:
        said = HIDDEN.sub("", unicodedata.normalize("NFKC", f"{clause.clause}\n{clause.text}"))
        if (match := COMMAND.search(said)) is not None:
            yield Command(clause, match[0].strip())
