"""The HTTP door: one FastAPI application over one opened home. `holdfast serve` runs it; tests build their own.

Routes are thin: read the request, ask the house, answer. The house is synchronous, so routes that touch it are plain
functions and run in threads; those that write drafts run in a few threads of their own. Nothing blocks the event loop.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.staticfiles import StaticFiles
from fastapi_swagger import patch_fastapi
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api.bootstrap import Workshop
from api.console.pages import ROUTERS as PAGES
from api.doors import Doors
from api.errors import handle_errors
from api.jobs import STOPPED
from api.metrics import Metrics
from api.middleware import Surroundings, Unzipped
from api.routes import ROUTERS
from api.working import Worker

LARGEST_BODY = 512_000
BACKSTOP = 2 * LARGEST_BODY
"""For a body that comes in pieces and does not say how long it is; one that says so is refused before it is read."""
OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]", "testserver")


def create_app(workshop: Workshop, with_worker: bool = False) -> FastAPI:
    """`with_worker`: also send what is due and go through campaigns, in threads of this process."""
    doors = Doors(workshop)
    metrics = Metrics(doors.workshop)
    worker = Worker(doors.workshop, metrics)

    @asynccontextmanager
    async def while_open(_app: FastAPI) -> AsyncIterator[None]:
        shop = doors.workshop()
        await run_in_threadpool(shop.store.jobs.abandon, STOPPED, shop.clock.now())
        if with_worker:
            worker.start()
        yield
        await run_in_threadpool(worker.stop)

    app = FastAPI(
        title="Holdfast",
        summary="Retention agent: warns early, drafts with your own model, lets nothing unlawful out.",
        version=version("holdfast"),
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        max_body_size=BACKSTOP,
        lifespan=while_open,
    )
    app.state.doors = doors
    app.state.metrics = metrics
    handle_errors(app)
    for router in (*ROUTERS, *PAGES):
        app.include_router(router)
    app.mount("/static", StaticFiles(packages=[("api.console", "static")]), name="static")
    patch_fastapi(app, docs_url="/docs", redirect_from_root_to_docs=False)
    app.add_middleware(Unzipped, largest=LARGEST_BODY)
    app.add_middleware(Surroundings, metrics=metrics, largest=LARGEST_BODY)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(workshop))
    return app


def _hosts(workshop: Workshop) -> list[str]:
    """This machine, what the operator named, and the host of the links in our mails: the way out is never refused."""
    named = [name.strip() for name in workshop.settings.hosts.split(",") if name.strip()]
    way_out = urlsplit(workshop.brand.unsubscribe_url).hostname
    return [*OWN_HOSTS, *named, *([way_out] if way_out else [])]
