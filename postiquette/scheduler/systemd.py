"""Tells systemd how the service is, where it asks (sd_notify(3)); and writes the unit that runs it."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterable
from pathlib import Path


def notify(*lines: str) -> None:
    """Send lines such as "READY=1" to systemd; nothing happens where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect("\0" + address[1:] if address.startswith("@") else address)
        sender.sendall("\n".join(lines).encode())


def unit(config: Path, written: Iterable[Path]) -> str:
    """A hardened user unit that may write in the folder of its configuration, and in the folders `written`.

    What would kill Chromium's own sandbox (RestrictNamespaces, MemoryDenyWriteExecute, PrivateUsers) is left out on purpose.
    """
    # a folder that is not there yet is no fault
    folders = " ".join([_quoted(config.parent), *(_quoted(f"-{folder}") for folder in dict.fromkeys(written))])
    command = f"{_quoted(sys.executable)} -m postiquette --config {_quoted(config)} run".replace("$", "$$")
    return f"""\
[Unit]
Description=Postiquette: publishes scheduled posts, with manners
Documentation=man:systemd.service(5)
After=network-online.target
Wants=network-online.target

[Service]
Type=notify
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
WorkingDirectory={_spelled(str(config.parent))}
Restart=on-failure
RestartSec=10
WatchdogSec=90
TimeoutStopSec=15
KillMode=control-group
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths={folders}
ProtectKernelTunables=yes
ProtectControlGroups=yes
LockPersonality=yes
UMask=0077
MemoryMax=2G
TasksMax=512

[Install]
WantedBy=default.target
"""


def _spelled(path: str) -> str:
    """A path in which systemd finds no specifier (systemd.unit(5))."""
    return path.replace("%", "%%")


def _quoted(path: Path | str) -> str:
    """A path as one word of a line (systemd.syntax(7))."""
    plain = _spelled(str(path)).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
