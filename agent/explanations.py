"""Why this message, said twice: for the rep with reasons and sources, for the customer in one honest sentence.

Takes a case and its fact sheet, gives both in both languages. The words live in prompts/rep_explanation; nothing here
claims a cause: a signal that went along with a score is called just that. The score itself is never told to a customer.
The decision's own `because` is English and made for the trace; in Chinese the same is worded from what is structured.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from agent.acts import act_table
from agent.domain import (
    UNHEARD,
    Case,
    Draft,
    FactSheet,
    Language,
    OfferDecision,
    OfferKind,
    OfferStatus,
    Purpose,
    Sensitivity,
    Spared,
)
from agent.situations import situations
from agent.slots.wording import offer_in_words
from prompts.template import load_prompt

Explanation = Mapping[str, Mapping[str, str]]
NOTHING = {Language.ZH: "无", Language.EN: "none"}
JOIN = {Language.ZH: "；", Language.EN: "; "}
FOOTER = frozenset({"unsubscribe", "postal_address", "signature", "brand", "sign_off", "shop_url"})
UNSCORED = {Language.ZH: "没有风险评分。", Language.EN: "No risk score."}
RISK = {
    Language.ZH: "截至{day}，模型估计的流失可能性为{percent}%（{model}）。",
    Language.EN: "As of {day}, the model puts the chance of leaving at {percent}% ({model}).",
}
HELP_ZH = {
    OfferKind.PERCENT: "折扣券",
    OfferKind.AMOUNT: "立减券",
    OfferKind.FREE_SHIPPING: "包邮券",
    OfferKind.POINTS: "积分",
    OfferKind.CONTENT: "内容推荐",
    OfferKind.ENGAGEMENT: "邀请评价",
    OfferKind.SERVICE_ACT: "解决问题",
    OfferKind.HUMAN_CALL: "客服回电",
    OfferKind.TIER_BENEFIT: "会员权益",
}
SPARED_ZH = {
    Spared.WOULD_STAY: "流失可能性低，本来就会留下，不发优惠",
    Spared.ALREADY_GONE: "很久没有下单，视为已经离开，不发优惠",
    Spared.LEFT_ALONE: "近来希望少被打扰，不发优惠",
    Spared.GAMING: "说要离开、拿到优惠后又说要离开，一段时间内不再发优惠",
    Spared.NO_PLACE: "这个渠道只能发审核过的模板，模板里没有放优惠码的位置，不发优惠",
}
RULE = {Language.ZH: "{said}（规则 {rule}：{title}）", Language.EN: "{said} (rule {rule}: {title})"}


def explain_case(case: Case, sheet: FactSheet, draft: Draft | None) -> Explanation:
    """{"rep": {"zh", "en"}, "customer": {"zh", "en"}}. Facts and promises are those that the draft says."""
    said = {language: _explain(case, sheet, draft, language) for language in Language}
    return {
        audience: {language.value: said[language][audience] for language in Language}
        for audience in ("rep", "customer")
    }


def _explain(case: Case, sheet: FactSheet, draft: Draft | None, language: Language) -> dict[str, str]:
    decision = case.decision
    spoken = {span.slot for span in draft.spans} if draft else set[str]()
    keys = [act.key for act in sheet.acts]
    rendered = load_prompt("rep_explanation", language.value).render(
        risk=_risk(case, language),
        reasons=_list([reason.text.get(language.value, reason.code) for reason in case.reasons], language),
        situation=situations().gist(sheet.situation, language),
        offer=offer_in_words(sheet.offer, language, None) if sheet.fact("offer") and sheet.offer else NOTHING[language],
        offer_because=why_this_offer(decision, case.purpose, language).rstrip("。."),
        acts=_list([act_table()[key].title[language] for key in keys if f"act:{key}" in spoken], language),
        facts=_list(_sources(sheet, spoken), language),
        about=situations().about(sheet.situation, language),
    )
    return dict(rendered)


def _risk(case: Case, language: Language) -> str:
    if case.score is None:
        return UNSCORED[language]
    score = case.score
    return RISK[language].format(
        day=score.as_of.date().isoformat(), percent=round(score.probability * 100), model=score.model
    )


def why_this_offer(decision: OfferDecision | None, purpose: Purpose, language: Language) -> str:
    """Why this offer, or none, and which rule of `strategies.toml` spoke, in one line for the rep."""
    if decision is None:
        return NOTHING[language]
    said = decision.because if language is Language.EN else _chosen_zh(decision, purpose)
    if not decision.rule:  # decided before rules were kept with decisions
        return said
    title = situations().title(decision.situation, language)
    return RULE[language].format(said=said.rstrip("。."), rule=decision.rule, title=title)


def _chosen_zh(decision: OfferDecision, purpose: Purpose) -> str:
    if decision.status is OfferStatus.HELD_OUT:
        return "属于对照组，不做营销"
    if decision.status is OfferStatus.OFFERED:
        return f"已预留{HELP_ZH[decision.help]}" if decision.help else "已预留"
    if purpose is not Purpose.MARKETING:
        said = "服务和回复类消息不带优惠"
        return f"{said}；近来的工单和评价里没有这件事，发出前请核实" if decision.rule == UNHEARD else said
    if decision.spared:
        return SPARED_ZH[decision.spared]
    if decision.help:
        return f"不用优惠，以{HELP_ZH[decision.help]}为主"
    return "没有选用优惠，只写关怀的话"


def _list(lines: list[str], language: Language) -> str:
    return JOIN[language].join(line.rstrip("。.") for line in lines) or NOTHING[language]


def _sources(sheet: FactSheet, spoken: Collection[str]) -> list[str]:
    shown = [fact for fact in sheet.facts if fact.slot not in FOOTER and fact.sensitivity is Sensitivity.QUOTE]
    return [f"{fact.slot} ({fact.source.type} {fact.source.id})" for fact in shown if fact.slot in spoken]
