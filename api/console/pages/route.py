"""The route class of every page: what goes wrong becomes a page too, in the rep's language, never a bare error.

Whoever is not signed in is led to the sign-in; a form that they had filled in goes along as hidden fields.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from agent.errors import HoldfastError
from api.console.flash import Flash
from api.console.render import page
from api.console.session import SignInFirst, local_path, person, typed
from api.errors import STATUS, Problem
from api.logs import logger, request_id
from api.remedies import on_a_page
from knowledge.errors import KnowledgeError
from scoring.errors import ScoringError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
ON_PURPOSE = (Problem, HoldfastError, KnowledgeError, ScoringError)


class PageRoute(APIRoute):
    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handle(request)
            except SignInFirst:
                return await _sign_in_first(request)
            except RequestValidationError as error:
                fault = error.errors()[0]
                detail = f"{fault['loc'][-1]}: {fault['msg']}"
                return await run_in_threadpool(problem_page, request, 422, detail, "")
            except ON_PURPOSE as error:
                return await run_in_threadpool(refused, request, error)
            except Exception as error:
                logger.error("a fault of ours", exc_info=error)
                return await run_in_threadpool(problem_page, request, 500, "", "", request_id())

        return shown


async def _sign_in_first(request: Request) -> Response:
    if request.method != "POST":
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/sign-in?next={quote(request.url.path + query)}", 303)
    kept = await typed(request)
    back = local_path("/".join(request.url.path.split("/")[:3]))  # /cases/ID/approve → /cases/ID
    return await run_in_threadpool(sign_in_page, request, back, kept, 401)


def sign_in_page(
    request: Request, back: str, kept: Any = (), status: int = 200, name: str = "", said: Flash | None = None
) -> Response:
    ended = (
        Flash("sign_in.ended_kept" if kept else "sign_in.ended", tone="warn") if status == 401 and not said else None
    )
    address = f"/sign-in?next={quote(back)}"
    return page(
        request, "sign_in.html", status=status, said=said or ended, here=address, next=back, kept=dict(kept), name=name
    )


def refused(request: Request, error: Exception) -> Response:
    """A refusal on purpose, with its own sentence and remedy."""
    if isinstance(error, Problem):
        return problem_page(request, error.status, error.detail, on_a_page(error.remedy))
    assert isinstance(error, HoldfastError | KnowledgeError | ScoringError)
    return problem_page(request, STATUS.get(error.code, 422), error.message, on_a_page(error.remedy))


def problem_page(request: Request, status: int, detail: str, remedy: str, ident: str = "") -> Response:
    by = getattr(request.state, "caller", None) or person(request)
    kind = {403: "may_not", 404: "not_found", 409: "conflict", 429: "too_many", 500: "fault", 503: "outage"}
    return page(
        request, "problem.html", by, status, here="/",
        kind=kind.get(status, "refused"), detail=detail, remedy=remedy, ident=ident,
    )  # fmt: skip
