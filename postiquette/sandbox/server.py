"""Serves the sandbox on 127.0.0.1, beside whatever else the program does."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from postiquette.errors import InputError
from postiquette.sandbox.site import application
from postiquette.sandbox.state import State


@dataclass(frozen=True)
class Sandbox:
    """A sandbox that is up."""

    url: str
    state: State


@contextmanager
def sandbox(members: dict[str, str], port: int = 0) -> Iterator[Sandbox]:
    """Serve a sandbox with these members (name -> password) until the block ends. Port 0 takes any free one.

    Raises InputError for a port that is taken.
    """
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        message = f"the sandbox cannot listen on port {port} ({os.strerror(error.errno or 0)})"
        raise InputError(message, hint="Name another one, or 0 for any that is free.") from None
    state = State(dict(members))
    config = uvicorn.Config(application(state), log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    try:
        yield Sandbox(f"http://127.0.0.1:{listener.getsockname()[1]}", state)
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()
