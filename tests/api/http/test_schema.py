"""Everything that /openapi.json says is tried with made-up calls: answers keep their schema, and nothing breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import ignored_auth, unsupported_method

from agent.access import Role
from api.main import create_app
from tests.small_shop import a_small_shop

pytestmark = pytest.mark.slow
EXAMPLES = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
# Who may call what is tested by name in test_conventions; Starlette answers 405 to what no route takes.
ELSEWHERE = [ignored_auth, unsupported_method]


def test_every_route_keeps_what_it_says(tmp_path: Path) -> None:
    shop = a_small_shop(tmp_path / "home", rate_limit="1000000/minute")
    key = {"Authorization": f"Bearer {shop.key(Role.ADMIN)}"}
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(shop.workshop))
    failures: list[str] = []
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 35
    for operation in operations:

        @EXAMPLES
        @given(case=operation.as_strategy())
        def tried(case: Case) -> None:
            case.call_and_validate(headers=key, excluded_checks=ELSEWHERE)

        try:
            tried()
        except (FailureGroup, Exception) as failure:
            failures.append(f"{operation.label}: {failure}")
    assert not failures, "\n\n".join(failures)
