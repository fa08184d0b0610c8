"""Is it alive, is it ready, what does it count. No key needed: nothing of a customer's is in here."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.auth import Shop
from api.errors import answer_of
from api.metrics import CONTENT_TYPE

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "Not ready, with the reason."}})
def ready(request: Request, shop: Shop) -> Response:
    """Database, schema and home are there. 503 with a problem document where not."""
    from fastapi.responses import JSONResponse

    try:
        customers = shop.store.people.count()
    except Exception as error:
        answer = answer_of(error, request.url.path)
        if answer is None:
            raise
        answer.status_code = 503
        return answer
    return JSONResponse({"status": "ready", "brand": shop.brand.id, "customers": customers})


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request) -> Response:
    """Prometheus text format."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE)
