"""Structured logs: for people on a terminal, JSON lines otherwise. No post text and no secret is ever logged."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO

import structlog

#: names under which a secret could slip into a log line
_SECRET = re.compile(r"password|token|cookie|secret|authorization", re.IGNORECASE)


def configure(stream: TextIO | None = None, *, verbose: bool = False) -> None:
    """Send all logs to `stream`, standard error by default; debug lines too where `verbose`."""
    stream = stream or sys.stderr
    terminal = stream.isatty()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso", utc=not terminal),
        _without_secrets,
    ]
    last: list[Any] = (
        [structlog.dev.ConsoleRenderer(colors=True)]
        if terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for noisy in ("apscheduler", "asyncio", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _without_secrets(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    return {name: "[hidden]" if _SECRET.search(name) else value for name, value in event.items()}
