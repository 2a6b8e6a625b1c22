"""Fifteen faults planted among readings, trips and parcels."""

from __future__ import annotations

from datetime import timedelta

from tests.journeys.quality.drawing import Row, Rows
from tests.journeys.quality.planting import (
    DECLARED,
    PROPOSED,
    Fault,
    changing,
    keeping,
    repeating,
    wide,
)


def nine_days_older(rows: Rows) -> Rows:
    """The same readings, as if nothing had come for nine days."""
    return [{**row, "at": row["at"] - timedelta(days=9)} for row in rows]


def fahrenheit(row: Row) -> Row:
    """The temperature of a reading in the other unit."""
    celsius = row["temperature"]
    return {"temperature": None if celsius is None else round(celsius * 1.8 + 32, 1)}


def in_kilograms(row: Row) -> Row:
    """The weight of a parcel in the other unit."""
    return {"weight_g": row["weight_g"] // 1000}


FAULTS = (
    Fault("readings", "nothing came for nine days", DECLARED, "freshness", ("at",), None,
          nine_days_older),
    Fault("readings", "most of the stations are missing", PROPOSED, "row_count", (), 1200,
          keeping(lambda row: row["station"] <= "WS04")),
    Fault("readings", "Fahrenheit at two stations", DECLARED,
          "distribution", ("temperature",), None,
          changing(600, fahrenheit, lambda row: row["station"] > "WS08")),
    Fault("readings", "an hour is read twice", PROPOSED, "unique", ("station", "at"), 6,
          repeating(6, lambda row: {"wind": 0.3})),
    Fault("readings", "9999 for an unknown pressure", PROPOSED, "maximum", ("pressure",), 5,
          changing(5, lambda row: {"pressure": 9999})),
    Fault("trips", "arrived before departure", PROPOSED, "compare", ("started", "ended"), 4,
          changing(4, lambda row: {"ended": row["started"] - timedelta(minutes=20)})),
    Fault("trips", "plates without their province", PROPOSED, "pattern", ("plate",), 6,
          changing(6, lambda row: {"plate": row["plate"][1:]})),
    Fault("trips", "fewer than no passengers", PROPOSED, "minimum", ("passengers",), 3,
          changing(3, lambda row: {"passengers": -row["passengers"] - 1})),
    Fault("trips", "the ends of a line are swapped", PROPOSED, "set", ("from",), 6,
          changing(6, lambda row: {"from": row["to"], "to": row["from"]})),
    Fault("trips", "metres for kilometres", PROPOSED, "maximum", ("km",), 5,
          changing(5, lambda row: {"km": row["km"] * 1000})),
    Fault("parcels", "numbers are cut off", PROPOSED, "pattern", ("tracking",), 5,
          changing(5, lambda row: {"tracking": row["tracking"][:10]})),
    Fault("parcels", "delivered at no time", DECLARED, "expression", ("state", "delivered"), 6,
          changing(6, lambda row: {"delivered": None}, lambda row: row["state"] == "delivered")),
    Fault("parcels", "postal codes of five digits", DECLARED, "postcode", ("postcode",), 7,
          changing(7, lambda row: {"postcode": row["postcode"][:5]},
                   lambda row: row["postcode"] is not None)),
    Fault("parcels", "kilograms from a third of the shops", DECLARED,
          "distribution", ("weight_g",), None, changing(660, in_kilograms)),
    Fault("parcels", "full-width letters", PROPOSED, "set", ("service",), 5,
          changing(5, lambda row: {"service": wide(row["service"])},
                   lambda row: row["service"] == "express")),
)  # fmt: skip
