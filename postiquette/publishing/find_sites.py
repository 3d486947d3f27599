"""Finds the site of an account: one that ships with Postiquette, one of the user's own, or one of a package they named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from postiquette.config.load import Configuration, did_you_mean
from postiquette.errors import InputError, Problem
from postiquette.model import Account, Mode
from postiquette.publishing import sites
from postiquette.publishing.site import Site


def known_sites(configuration: Configuration) -> Mapping[str, Site]:
    """Every site that this configuration may use, by name. A user's own replaces a shipped one of its name."""
    found = {site.name: site for site in shipped_sites()}
    found |= {site.name: site for site in _packaged(configuration)}
    found |= {name: Site(name, spec) for name, spec in configuration.settings.sites.items()}
    return found


def shipped_sites() -> Iterator[Site]:
    """The sites in `sites/`."""
    for info in iter_modules(sites.__path__):
        site: Site = import_module(f"{sites.__name__}.{info.name}").SITE
        yield site


def _packaged(configuration: Configuration) -> Iterator[Site]:
    wanted = configuration.settings.site_packages
    installed = {point.name: point for point in entry_points(group="postiquette.sites")} if wanted else {}
    for name in wanted:
        if name not in installed:
            message = f"no installed package offers the site {name!r}"
            raise InputError([configuration.problem(message, "site_packages")])
        site: Site = installed[name].load()
        yield site


def accounts(configuration: Configuration) -> dict[str, Account]:
    """Every account as the policies need to know it. Raises InputError with every account that does not fit its site."""
    known = known_sites(configuration)
    problems: list[Problem] = []
    found: dict[str, Account] = {}
    for name, settings in configuration.settings.accounts.items():
        site = known.get(settings.site)
        if site is None:
            message = f"unknown site {settings.site!r}" + did_you_mean(settings.site, list(known))
            problems.append(configuration.problem(message, "accounts", name, "site"))
            continue
        mode = settings.mode or site.spec.mode
        if mode is Mode.AUTO and site.spec.mode is not Mode.AUTO:
            message = f"{site.spec.title} is assist only: {site.spec.terms}"
            problems.append(configuration.problem(message, "accounts", name, "mode"))
        if settings.url is None and site.spec.url is None and site.spec.mode is Mode.AUTO:
            problems.append(configuration.problem("this site needs the url of its server", "accounts", name, "url"))
        found[name] = Account(
            name=name,
            site=site.name,
            audience=settings.audience or name,
            timezone=settings.timezone or configuration.settings.service.timezone,
            mode=mode,
            slots=settings.slots,
            limits=site.spec.policy_limits(),
        )
    if problems:
        raise InputError(problems)
    return found
