"""The customer's language, and its writing: no foreign sentence, no traditional characters for who reads simplified."""

from __future__ import annotations

from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.normalise import HANZI, LOOKALIKES
from agent.language.scripts import count_scripts, is_traditional, traditional_characters
from agent.language.sieve import sieve

_EN_WORDS = frozenset(
    "the and you your for with our is are of to in on a we have it this that will has at from be "
    "can not if or by as was "
    "thank thanks hi dear hello new order please us now off until".split()
)

_OTHER_WORDS = frozenset(
    "le la les des vous votre pour avec nous est une bonjour merci el los las su para con "
    "gracias usted por hola una der "
    "die das und sie ihr ihre wir für mit ist nicht danke il che per sua grazie ciao obrigado "
    "você não olá de commande".split()
)

_WORD = sieve(r"[a-zà-ÿ]+")

_FOREIGN_SHARE = 0.25

# Simplified text never holds these; one of them is enough.
_ONLY_TRADITIONAL = frozenset(
    char
    for char in "優惠贈禮價錢們這個說話國團車東歡請購買點領訂單貨運費員會積開關門時間問題還為與從來對經過實現"
    "應該讓給號碼體驗專屬"
    "親愛謝誠摯聯繫繼續將據數訊網頁賬戶電郵寄達發現誤選變換狀態務區類條無處總計額滿減萬億幾兩雙週歲歷書樂"
    if is_traditional(char)
)


def _wrong_language(message: Message) -> Iterator[Finding]:
    wanted = message.context.customer.language
    for field in message.fields:
        text = _without_own_names(field, message)
        if wanted == "zh":
            yield from _not_chinese(field, text)
        else:
            yield from _not_english(field, text)


_ADDRESS = sieve(r"https?://\S+|[\w.+-]+@[\w.-]+|(?<!\w)[\w-]+(?:\.[\w-]+)+(?:/\S*)?")


def _without_own_names(field: Field, message: Message) -> str:
    """Names, items, links, codes and the address may be in any language."""
    context = message.context
    text = _ADDRESS.sub(" ", field.raw)
    customer = context.customer
    known = [
        *context.brand.names,
        context.brand.postal_address,
        context.brand.sign_off,
        customer.name or "",
        customer.first_name or "",
    ]
    known += [value for value in message.licence.fact_strings if len(value) > 1]
    known += [context.offer.code or "", context.offer.exclusions] if context.offer else []
    for name in sorted({entry for entry in known if entry}, key=len, reverse=True):
        text = text.replace(name, " ")
    return text


_LATIN_SENTENCE = sieve(r"[A-Za-z][A-Za-z' ,\-]{24,}")

_HANZI_SENTENCE = sieve(rf"[{HANZI}，、]{{6,}}")

_STOP_LINE = sieve(r"(?i)reply|text|txt|stop|unsubscribe")

_LATIN = sieve(r"[A-Za-z]{2,}")


def _not_chinese(field: Field, text: str) -> Iterator[Finding]:
    counts = count_scripts(text)
    # capitals are mostly products and brands (iPhone 15 Pro Max); English betrays itself by its small words
    foreign = sum(word.islower() or word.casefold() in _EN_WORDS for word in _LATIN.findall(text)) + counts.other
    if foreign >= 3 and 1.6 * foreign / (counts.hanzi + 1.6 * foreign) > _FOREIGN_SHARE:
        yield field.raw_finding("WRONG_LANG", Severity.BLOCK, "The customer reads Chinese.", 0, len(field.raw))
        return
    for match in _LATIN_SENTENCE.finditer(text):
        words = _WORD.findall(match.group().casefold())
        if len(words) >= 5 and _EN_WORDS.intersection(words) and not _STOP_LINE.search(match.group()):
            at = max(field.raw.find(match.group().strip()), 0)
            reason = "A sentence is not in Chinese."
            yield field.raw_finding("WRONG_LANG", Severity.BLOCK, reason, at, at + len(match.group().strip()))
    odd = traditional_characters(text)
    if len({text[at] for at in odd}) >= 2 or any(text[at] in _ONLY_TRADITIONAL for at in odd):
        at = next(i for i, char in enumerate(field.raw) if char == text[odd[0]])
        yield field.raw_finding("WRONG_LANG", Severity.BLOCK, "The customer reads simplified characters.", at, at + 1)


def _not_english(field: Field, text: str) -> Iterator[Finding]:
    # a disguised letter is MIXED_SCRIPT's matter; here it counts for what it plays
    counts = count_scripts(text.casefold().translate(LOOKALIKES))
    weight = counts.hanzi + 1.6 * counts.latin_words + counts.other
    foreign = (counts.hanzi + counts.other) / weight if weight else 0.0
    run = _HANZI_SENTENCE.search(text)
    if (foreign > _FOREIGN_SHARE and counts.hanzi + counts.other >= 3) or run:
        start, end = (0, len(field.raw)) if run is None else _locate(field, run.group())
        yield field.raw_finding("WRONG_LANG", Severity.BLOCK, "The customer reads English.", start, end)
        return
    words = _WORD.findall(text.casefold())
    other = sum(word in _OTHER_WORDS for word in words)
    ours = sum(word in _EN_WORDS for word in words)
    if (len(words) >= 5 and other >= 3 and other > ours) or (len(words) >= 4 and other >= 2 and not ours):
        yield field.raw_finding("WRONG_LANG", Severity.BLOCK, "The customer reads English.", 0, len(field.raw))


def _locate(field: Field, text: str) -> tuple[int, int]:
    at = field.raw.find(text)
    return (at, at + len(text)) if at >= 0 else (0, len(field.raw))


RULES: tuple[Rule, ...] = (
    Rule(
        "WRONG_LANG",
        63,
        "One's own language",
        "House rule",
        Severity.BLOCK,
        _wrong_language,
        examples=(
            broken("Hi, your order is on its way to you.", because="the customer reads Chinese"),
            broken("您的訂單已經發出。"),
            broken("您好，the order has left our warehouse this morning and is on the way。"),
            broken("您的订单已发出，请注意查收。", language="en"),
            broken("Bonjour, votre commande est en route pour vous avec nous.", language="en"),
            fine("您好，QH20券与iPhone 15 Pro Max保护壳均已就绪。"),
            fine("¡Gracias, Tomás!", language="en"),
            fine(
                "您的Flex 25GB套餐已续费。",
                changes={"customer": {"facts": {"plan": "Flex 25GB"}}},
            ),
            fine("陳大文先生，您好。", changes={"customer": {"name": "陳大文"}}),
        ),
    ),
)
