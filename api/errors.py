"""Every error → a problem document (RFC 9457), in one place. The sentence and the remedy are the error's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from agent.errors import HoldfastError
from api.logs import logger, request_id
from api.remedies import over_http
from knowledge.errors import KnowledgeError
from scoring.errors import ScoringError

PROBLEM = "application/problem+json"
OPENAI_PATHS = ("/v1/chat/", "/v1/models")
"""OpenAI's clients come here, and show the sentence only when it stands where their own server puts it."""
STATUS: Mapping[str, int] = {
    "usage": 400,
    "bad_input": 422,
    "unreadable": 422,
    "not_found": 404,
    "not_ready": 409,
    "not_allowed": 409,
    "plan_refused": 409,
    "no_draft": 409,
    "gate_refused": 422,
    "too_many": 429,
    "store_unavailable": 503,
    "writer_unavailable": 503,
    "channel_unavailable": 503,
    "delivery_unknown": 502,
}
RETRY_AFTER_S = {"store_unavailable": 2, "writer_unavailable": 30, "channel_unavailable": 30, "too_many": 1}


class Problem(Exception):
    """A refusal of the door itself: who are you, too large, too many."""

    def __init__(self, status: int, code: str, detail: str, remedy: str = "", retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.remedy = status, code, detail, remedy
        self.retry_after_s = retry_after_s


def problem(
    status: int,
    code: str,
    detail: str,
    instance: str,
    remedy: str = "",
    errors: Sequence[Mapping[str, Any]] = (),
    retry_after_s: int | None = None,
) -> JSONResponse:
    body = {
        "type": f"urn:holdfast:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
        "code": code,
        "remedy": remedy,
        "errors": list(errors),
        "request_id": request_id(),
    }
    if instance.startswith(OPENAI_PATHS):
        sentence = f"{detail} ({remedy})" if remedy else detail
        body["error"] = {"message": sentence, "type": "holdfast", "param": None, "code": code}
    headers = {"X-Request-Id": request_id()}
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="holdfast", Basic realm="holdfast"'
    return JSONResponse(body, status, headers, media_type=PROBLEM)


def answer_of(error: Exception, path: str) -> JSONResponse | None:
    """The problem document of an error that was raised on purpose; None for a fault of ours."""
    if isinstance(error, Problem):
        remedy = over_http(error.remedy)
        return problem(error.status, error.code, error.detail, path, remedy, retry_after_s=error.retry_after_s)
    code = getattr(error, "code", None)
    if isinstance(code, str) and hasattr(error, "remedy") and hasattr(error, "message"):
        status = STATUS.get(code, 422)
        remedy = over_http(error.remedy)
        return problem(status, code, error.message, path, remedy, retry_after_s=RETRY_AFTER_S.get(code))
    return None


def _no_json(request: Request, error: RequestValidationError) -> str | None:
    """Why the body is no JSON at all; None where it is and something in it is wrong."""
    broken = next((fault for fault in error.errors() if fault["type"] == "json_invalid"), None)
    if broken is not None:
        return f"the body is no JSON: {broken.get('ctx', {}).get('error', broken['msg'])}"
    whole = any(fault["loc"] == ("body",) for fault in error.errors())
    if whole and "json" not in request.headers.get("content-type", ""):
        return "the body is not read, because its Content-Type does not say JSON"
    return None


def handle_errors(app: FastAPI) -> None:
    @app.exception_handler(RequestValidationError)
    async def _unreadable(request: Request, error: RequestValidationError) -> JSONResponse:
        if (not_json := _no_json(request, error)) is not None:
            return problem(422, "unreadable", not_json, request.url.path, "send JSON as application/json")
        faults = [
            {"field": ".".join(str(part) for part in fault["loc"][1:]) or fault["loc"][0], "message": fault["msg"]}
            for fault in error.errors()
        ]
        detail = "; ".join(f"{fault['field']}: {fault['message']}" for fault in faults[:3])
        return problem(422, "unreadable", detail, request.url.path, "see /docs for the shape of this request", faults)

    @app.exception_handler(HTTPException)
    async def _refused(request: Request, error: HTTPException) -> JSONResponse:
        codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
        answer = problem(
            error.status_code, codes.get(error.status_code, "refused"), str(error.detail), request.url.path, "see /docs"
        )
        answer.headers.update(error.headers or {})
        return answer

    async def _on_purpose(request: Request, error: Exception) -> JSONResponse:
        answer = answer_of(error, request.url.path)
        assert answer is not None, "only registered for errors that have one"
        return answer

    for raised_on_purpose in (Problem, HoldfastError, ScoringError, KnowledgeError):
        app.add_exception_handler(raised_on_purpose, _on_purpose)

    @app.exception_handler(Exception)
    async def _failed(request: Request, error: Exception) -> JSONResponse:
        logger.error("a fault of ours", exc_info=error)
        return problem(
            500, "fault", "This is a fault of ours; it was logged.", request.url.path, "send us the request id"
        )
