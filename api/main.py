"""The HTTP door: one FastAPI application over one opened home. `holdfast serve` runs it; tests build their own.

Routes are thin: read the request, ask the house, answer. The house is synchronous, so routes that touch it are plain
functions and run in threads; those that write drafts run in a few threads of their own. Nothing blocks the event loop.
"""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi_swagger import patch_fastapi
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api.bootstrap import Workshop
from api.console.pages import ROUTERS as PAGES
from api.doors import Doors
from api.errors import handle_errors
from api.metrics import Metrics
from api.middleware import Surroundings
from api.routes import ROUTERS

LARGEST_BODY = 512_000
OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]", "testserver")


def create_app(workshop: Workshop) -> FastAPI:
    app = FastAPI(
        title="Holdfast",
        summary="Retention agent: warns early, drafts with your own model, lets nothing unlawful out.",
        version=version("holdfast"),
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        max_body_size=LARGEST_BODY,
    )
    doors = Doors(workshop)
    app.state.doors = doors
    app.state.metrics = Metrics(doors.workshop)
    handle_errors(app)
    for router in (*ROUTERS, *PAGES):
        app.include_router(router)
    app.mount("/static", StaticFiles(packages=[("api.console", "static")]), name="static")
    patch_fastapi(app, docs_url="/docs", redirect_from_root_to_docs=False)
    app.add_middleware(Surroundings, metrics=app.state.metrics)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*OWN_HOSTS, *_hosts(workshop.settings.hosts)])
    return app


def _hosts(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
