"""Logins at rest: cookies and local storage of each account, always encrypted, readable by their owner alone."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from postiquette.errors import PostiquetteError, SignedOut

KEY_VARIABLE = "POSTIQUETTE_SESSION_KEY"


class SessionUnreadable(SignedOut):
    """A saved session cannot be decrypted. It is left as it is: unreadable state is never replaced by empty state."""


class Sessions:
    """The saved sessions in one folder. The key: environment, the system's keyring where installed, or a 0600 file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "sessions"

    def load(self, account: str) -> dict[str, Any] | None:
        """The storage state of an account; None where it never signed in."""
        file = self._file(account)
        if not file.exists():
            return None
        try:
            state: dict[str, Any] = json.loads(self._cipher().decrypt(file.read_bytes()))
        except InvalidToken:
            raise SessionUnreadable(
                f"the saved session of {account} cannot be decrypted with this key",
                hint=f"Restore the key ({KEY_VARIABLE}, the keyring or {self._key_file}), or run `postiquette login`.",
            ) from None
        return state

    def has(self, account: str) -> bool:
        """Whether a session is kept, readable or not."""
        return self._file(account).exists()

    def save(self, account: str, state: dict[str, Any]) -> None:
        """Keep a storage state; the one before it stays beside it as `.previous`."""
        file = self._file(account)
        sealed = self._cipher().encrypt(json.dumps(state).encode())
        _write_private(file, sealed, keep=file.with_suffix(".previous"))

    def forget(self, account: str) -> None:
        """Delete what is kept of an account's login."""
        for file in (self._file(account), self._file(account).with_suffix(".previous")):
            file.unlink(missing_ok=True)

    @property
    def _key_file(self) -> Path:
        return self._folder / "key"

    def _file(self, account: str) -> Path:
        return self._folder / f"{account}.session"

    def _cipher(self) -> Fernet:
        key = os.environ.get(KEY_VARIABLE) or self._from_keyring() or self._from_file()
        try:
            return Fernet(key)
        except ValueError:
            raise PostiquetteError(
                f"the key in {KEY_VARIABLE} is no session key", hint="Expected 32 bytes in URL-safe base64."
            ) from None

    def _from_keyring(self) -> str | None:
        try:
            import keyring
            import keyring.errors
        except ImportError:
            return None
        with suppress(keyring.errors.KeyringError):
            found: str | None = keyring.get_password("postiquette", "session-key")
            if found is None and not self._key_file.exists():
                found = Fernet.generate_key().decode()
                keyring.set_password("postiquette", "session-key", found)
            return found
        return None

    def _from_file(self) -> str:
        if not self._key_file.exists():
            _write_private(self._key_file, Fernet.generate_key())
        return self._key_file.read_text().strip()


def _write_private(file: Path, data: bytes, keep: Path | None = None) -> None:
    """Write all of it or nothing; what stood there before stays as `keep`."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = file.with_name(file.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    if keep is not None and file.exists():
        keep.unlink(missing_ok=True)
        keep.hardlink_to(file)
    temporary.replace(file)
