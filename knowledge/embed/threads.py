"""One thread for a matrix product.

Threads that share a product wait for each other, and wait busily: as soon as another program wants a core, a product of
two milliseconds takes sixteen. Work is divided above the products instead.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[Any]:
    limit: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limit


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()  # looks through the loaded libraries, which takes as long as a short text
