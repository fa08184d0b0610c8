"""Logs: one JSON object a line, a sentence for people and fields for machines.

Never a customer's text or address: a line carries ids, counts, names of routes and of rules. What a caller typed is not
logged at all, and a path is logged as its pattern, because a path can hold a token.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

logger = logging.getLogger("holdfast")
_request_id: ContextVar[str] = ContextVar("holdfast_request_id", default="")


def request_id() -> str:
    """The id of the request that is being answered; empty outside of one."""
    return _request_id.get()


def set_request_id(value: str) -> None:
    _request_id.set(value)


def log(level: int, sentence: str, **fields: Any) -> None:
    logger.log(level, sentence, extra={"fields": fields})


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "say": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if identity := request_id():
            line["request_id"] = identity
        if record.exc_info and record.exc_info[1] is not None:
            # The message of an error may quote what somebody wrote; its class and place are enough to find the fault.
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)[-6:]
            line["error"] = type(error).__name__
            line["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False, default=str)


def log_to_stderr(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False
