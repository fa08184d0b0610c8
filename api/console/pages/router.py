"""What all pages share: the route class, and that they stand in no API document."""

from __future__ import annotations

from fastapi import APIRouter

from api.console.pages.route import PageRoute


def pages() -> APIRouter:
    return APIRouter(route_class=PageRoute, include_in_schema=False)
