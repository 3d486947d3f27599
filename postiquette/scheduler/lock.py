"""One service per SQLite database: a lock that the kernel gives back when its holder dies, and a heartbeat beside it."""

from __future__ import annotations

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from postiquette.errors import StateError


class ServiceLock:
    """Held for the life of a `run` or `publish`. Its file's modification time is the service's heartbeat."""

    def __init__(self, database: Path) -> None:
        self._path = lock_file(database)
        self._file: IO[str] | None = None

    def __enter__(self) -> ServiceLock:
        """Raises StateError where another process holds it."""
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            file.close()
            raise StateError(
                f"a service is already running on this database (process {pid})",
                hint="It publishes what falls due; `postiquette status` shows how it is.",
            ) from None
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        return self

    def __exit__(self, *error: object) -> None:
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.close()
            self._file = None

    def beat(self) -> None:
        """Say that the service is alive."""
        os.utime(self._path)


@dataclass(frozen=True)
class Heartbeat:
    """The sign of life of a service."""

    pid: int
    #: seconds since it last said that it is alive; None where only a server knows that it is connected
    age: float | None
    #: the machine that it runs on, where that may be another one
    host: str = ""

    def __str__(self) -> str:
        return f"process {self.pid}" + (f" on {self.host}" if self.host else "")


def lock_file(database: Path) -> Path:
    """The lock of a database."""
    return database.with_name(database.name + ".lock")


def heartbeat(database: Path) -> Heartbeat | None:
    """The service that holds a database; None where none does."""
    path = lock_file(database)
    try:
        with path.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                pid = file.read().strip()
                return Heartbeat(int(pid) if pid.isdigit() else 0, time.time() - path.stat().st_mtime)
            return None
    except FileNotFoundError:
        return None
