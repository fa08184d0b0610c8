"""The gate as a question: may these words go? For a draft with its own context, or for an edit of one of ours."""

from __future__ import annotations

import json
from typing import Annotated, Any

from agent.access import Caller, Scope
from agent.domain import Words
from api import reviewing
from api.answers import judgement_answer
from api.auth import EVERYBODY, Shop, allowed
from api.gate_input import judged
from api.routes.router import v1
from api.schemas import CheckAnswer, EditCheck, GateLine

router = v1("check")
Asker = Annotated[Caller, allowed(EVERYBODY, Scope.CHECK)]


@router.post("/check", response_model=CheckAnswer)
def check(shop: Shop, by: Asker, body: EditCheck | GateLine) -> dict[str, Any]:
    """Judge words; nothing is stored. With `draft_id` our own state counts; else `context` is all there is."""
    if isinstance(body, GateLine):
        return judged(json.dumps(body.model_dump(exclude_unset=True), ensure_ascii=False, default=str))
    return judgement_answer(reviewing.judge(shop, body.draft_id, Words(body.subject, body.body)), body.draft_id)
