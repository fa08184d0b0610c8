"""Questions to the policies: clauses in force, best first; nothing found is an answer too."""

from __future__ import annotations

from typing import Annotated, Any

from agent.access import Caller, Scope
from api.answers import language_of, passage_answer
from api.auth import EVERYBODY, Shop, allowed
from api.routes.router import v1
from api.schemas import RetrieveAnswer, RetrieveRequest
from knowledge.search import Asker

router = v1("policies")
Reader = Annotated[Caller, allowed(EVERYBODY, Scope.POLICIES)]


@router.post("/retrieve", response_model=RetrieveAnswer)
def retrieve(shop: Shop, by: Reader, body: RetrieveRequest) -> dict[str, Any]:
    """Clauses in force today, in the language of the question unless you name one."""
    language = body.language or language_of(body.query)
    asker = Asker(body.region, body.tier)
    found = shop.retriever.ask(body.query, language, shop.clock.now().date(), body.k, asker)
    return {
        "results": [passage_answer(passage) for passage in found.passages],
        "covered": bool(found.passages),
        "language": language,
        "because": found.miss.value if found.miss else None,
    }
