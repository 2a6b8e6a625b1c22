"""A draw of the twelve tables of the corpus: valid rows, and as untidy as real ones."""

from __future__ import annotations

from random import Random

from tests.journeys.quality import moving, people, trade
from tests.journeys.quality.drawing import Tables

NAMES = (
    "residents", "companies", "products", "invoices", "lines", "permits", "admissions",
    "enrolments", "accounts", "readings", "trips", "parcels",
)  # fmt: skip
"""The tables; those that others refer to come first."""


def draw(seed: int) -> Tables:
    """All tables, other rows for each seed."""
    chances = {name: Random(f"{seed} {name}") for name in NAMES}
    companies = trade.companies(chances["companies"])
    products = trade.products(chances["products"])
    invoices, lines = trade.invoices(chances["invoices"], companies, products)
    return {
        "residents": people.residents(chances["residents"]),
        "companies": companies,
        "products": products,
        "invoices": invoices,
        "lines": lines,
        "permits": trade.permits(chances["permits"], companies),
        "admissions": people.admissions(chances["admissions"]),
        "enrolments": people.enrolments(chances["enrolments"]),
        "accounts": people.accounts(chances["accounts"]),
        "readings": moving.readings(chances["readings"]),
        "trips": moving.trips(chances["trips"]),
        "parcels": moving.parcels(chances["parcels"]),
    }
