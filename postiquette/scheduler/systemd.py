"""Tells systemd how the service is, where it asks (sd_notify(3)); and writes the unit that runs it."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path


def notify(*lines: str) -> None:
    """Send lines such as "READY=1" to systemd; nothing happens where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect("\0" + address[1:] if address.startswith("@") else address)
        sender.sendall("\n".join(lines).encode())


def unit(config: Path) -> str:
    """A hardened user unit. What would kill Chromium's own sandbox (RestrictNamespaces, MemoryDenyWriteExecute,
    PrivateUsers) is left out on purpose.
    """
    return f"""\
[Unit]
Description=Postiquette: publishes scheduled posts, with manners
Documentation=man:systemd.service(5)
After=network-online.target
Wants=network-online.target

[Service]
Type=notify
ExecStart={sys.executable} -m postiquette --config {config} run
ExecReload=/bin/kill -HUP $MAINPID
WorkingDirectory={config.parent}
Restart=on-failure
RestartSec=10
WatchdogSec=90
TimeoutStopSec=15
KillMode=control-group
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths={config.parent}
ProtectKernelTunables=yes
ProtectControlGroups=yes
LockPersonality=yes
UMask=0077
MemoryMax=2G
TasksMax=512

[Install]
WantedBy=default.target
"""
