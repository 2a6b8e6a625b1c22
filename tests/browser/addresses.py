"""The pages that the matrix looks at: all that are open, or of the owner of the city.

A page without names in its path is looked at by itself. For one with names, or with tabs, `MORE`
holds examples; a page that has none fails a test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from doumen.faces.web.pages import PAGES

MORE: Mapping[str, tuple[str, ...]] = {
    "/d": ("/d?q=charging", "/d?q=nothing-is-called-so"),
    "/collect": ("/collect?upload={upload}", "/collect?upload={upload}&encoding=klingon"),
    "/jobs": ("/jobs?state=failed",),
    "/jobs/{job}": ("/jobs/{job}",),
    "/schedules/{schedule}": ("/schedules/nightly",),
    "/alerts/{alert}": ("/alerts/oncall",),
    "/report/{dataset}": ("/report/traffic.charging",),
    "/trace": ("/trace?subject=traffic.charging&type=query",),
    "/trace/{event}": ("/trace/{event}",),
    "/invitation": ("/invitation?ticket={ticket}",),
    "/collect/{event}": ("/collect/{collection}",),
    "/sources/{source}": ("/sources/shop",),
    "/govern/quarantine/{dataset}": ("/govern/quarantine/traffic.charging",),
    "/govern/rules/{id}": ("/govern/rules/analysts-read-traffic",),
    "/govern/meaning/{kind}/{key}": ("/govern/meaning/term/energy",),
    "/market/products/{name}": ("/market/products/charging",),
    "/market/products/{name}/offer": ("/market/products/charging/offer",),
    "/market/offers/{id}": ("/market/offers/charging-1",),
    "/market/negotiations/{negotiation}": ("/market/negotiations/{negotiation}",),
    "/market/negotiations/{negotiation}/counter": ("/market/negotiations/{negotiation}/counter",),
    "/market/agreements/{agreement}": ("/market/agreements/{agreement}",),
    "/d/{dataset}": tuple(
        f"/d/traffic.charging?tab={tab}"
        for tab in ("schema", "sample", "quality", "lineage", "contract", "use", "audit")
    ),
    "/settings/access": ("/settings/access?dataset=traffic.charging", "/settings/access?actor=ana"),
}
"""Path of a page → addresses of it, beside its path itself."""
WRONG: Mapping[str, int] = {"/nowhere": 404, "/d/traffic.nothing": 404, "/invitation": 403}
"""Addresses that show what is wrong → their status."""
AWAY = {
    "/settings",
    "/settings/look",
    "/signin/to/{provider}",
    "/signin/from/{provider}",
    "/trace/keys",
    "/trace/{event}/receipt",
    "/work/names.json",
    "/work/a/{receipt}/{form}",
}
"""Paths that show nothing by themselves: they send the browser on, give a file, or need a link."""
OWN = {"/work/a/{receipt}", "/work/q/{actor}/{id}"}
"""Paths whose examples are made on the way: tests of their own look at them."""


@dataclass(frozen=True, slots=True)
class Address:
    """One page, as somebody sees it.

    Attributes:
        path: Where it is on the service, with its query.
        actor: Who is signed in; nobody where it is empty.
    """

    path: str
    actor: str = "owner"

    @property
    def name(self) -> str:
        """Of the page, as names of files are written."""
        return re.sub(r"\W+", "-", self.path).strip("-") or "home"

    @property
    def expected(self) -> str:
        """What the console tells of it that is meant."""
        return f"status of {WRONG[self.path]}" if self.path in WRONG else ""


def addresses() -> tuple[Address, ...]:
    """All pages."""
    shown = tuple(
        Address(each, "" if page.open else "owner")
        for page in PAGES
        if page.path not in AWAY
        for each in (*(() if "{" in page.path else (page.path,)), *MORE.get(page.path, ()))
    )
    return shown + tuple(Address(each) for each in WRONG if Address(each, "") not in shown)
