"""The way in: init, doctor, completion."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from postiquette.cli.context import Context, pass_context

_STARTER = """\
# A starter configuration for Postiquette. `postiquette check` says what is wrong with it, `postiquette preview` shows
# what would go out, `postiquette run` publishes. Every setting is explained in config.example.toml.

[service]
timezone = "{timezone}"

[policy]
ratio = "1:4"                    # at most one share request for every four value posts
window = {{ posts = 20, days = 30 }}
on_excess = ["rewrite", "defer", "hold"]

# `postiquette demo --keep` starts the site that this account is on.
[accounts.demo]
site = "sandbox"
url = "http://127.0.0.1:8099"
username = "ada"
password = "sandbox"             # real ones belong into POSTIQUETTE_ACCOUNTS__DEMO__PASSWORD or a secrets folder
slots = ["Mon-Fri 09:00", "Mon-Fri 17:30"]

[[posts]]
id = "first-tip"
account = "demo"
text = "SQLite readers go on while a writer commits, if you switch on WAL mode. One line: PRAGMA journal_mode=WAL"

[[posts]]
id = "first-ask"
account = "demo"
text = "We wrote down how we moved 2 TB of photos without losing one. Please share it with your team!"
"""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@pass_context
def init(context: Context, folder: Path) -> int:
    """Write a short starter configuration and create its database."""
    from postiquette.cli.context import FILE_NAME
    from postiquette.errors import InputError, PostiquetteError
    from postiquette.queue.store import Store
    from postiquette.scheduler.project import load_project

    file = context.config or folder / FILE_NAME
    if file.exists():
        raise InputError(f"{file} is there already; it is left as it is")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_STARTER.format(timezone=_local_zone()), encoding="utf-8")
    try:
        project = load_project(file)
        Store.open(project.configuration.database_url, create=True).close()
    except PostiquetteError:
        file.unlink()
        raise
    click.echo(f"wrote {file}")
    click.echo("next: edit it; postiquette check, postiquette preview; postiquette login ACCOUNT, and postiquette run")
    return 0


def _local_zone() -> str:
    """The machine's IANA zone, UTC where it does not say."""
    from zoneinfo import available_timezones

    candidates = [os.environ.get("TZ", "")]
    link = Path("/etc/localtime")
    if link.is_symlink():
        candidates.append(str(link.resolve()).partition("zoneinfo/")[2])
    return next((name for name in candidates if name in available_timezones()), "UTC")


@click.command()
@click.option("--install-browser", is_flag=True, help="Get a browser where none is found.")
@pass_context
def doctor(context: Context, install_browser: bool) -> int:
    """Say what is missing on this machine, and how to get it."""
    from postiquette.errors import BrowserError, PostiquetteError
    from postiquette.publishing.find_browser import HOW_TO_GET_ONE, find_browser

    settings = None
    healthy = True
    if context.config_file.is_file():
        try:
            project = context.project()
            settings = project.configuration.settings.browser
            _say(True, f"configuration {context.config_file}")
        except PostiquetteError as error:
            healthy = _say(False, f"configuration {context.config_file}: {error}")
    else:
        _say(True, f"no configuration at {context.config_file} yet; `postiquette init` writes one")
    configured = settings.executable if settings else None
    if settings is not None and settings.remote:
        _say(True, "a remote browser is configured")
        return 0 if healthy else 2
    try:
        browser = find_browser(configured, headless=True)
    except BrowserError as error:
        if not install_browser or not _install_browser():
            _say(False, f"{error}. {HOW_TO_GET_ONE}")
            return 3
        browser = find_browser(configured, headless=True)
    version = _version(browser)
    healthy = _say(version is not None, f"browser {browser}: {version or 'does not start'}") and healthy
    return 0 if healthy else 3


def _say(good: bool, message: str) -> bool:
    click.echo(f"{click.style('✓', fg='green') if good else click.style('✗', fg='red')} {message}")
    return good


def _version(browser: Path) -> str | None:
    """What the browser says of itself; also proves that its libraries are there."""
    import subprocess

    arguments = [str(browser), "--no-sandbox", "--headless", "--version"]
    try:
        answer = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None if answer.returncode == 0 else None


def _install_browser() -> bool:
    """Try Playwright's own download, then Debian's package where we may."""
    import shutil
    import subprocess

    from postiquette.errors import BrowserError
    from postiquette.publishing.find_browser import find_browser

    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        packages = ["chromium", "chromium-headless-shell"]
        ways += [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        ]
        ways.append(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for way in ways:
        click.echo(f"trying: {' '.join(way)}")
        try:
            subprocess.run(way, check=False, timeout=900, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            click.echo(f"  {error}")
        try:
            find_browser(None, headless=True)
        except BrowserError:
            continue
        return True
    return False


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completions for a shell: eval "$(postiquette completion bash)"."""
    from click.shell_completion import get_completion_class

    from postiquette.cli.main import program

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(program, {}, "postiquette", "_POSTIQUETTE_COMPLETE").source())


COMMANDS = [init, doctor, completion]
