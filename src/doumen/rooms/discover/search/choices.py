"""Names that are chosen from: kinds of things that are found, facets, orders. Nothing costly."""

from __future__ import annotations

DATASET, COLUMN, TERM, PRODUCT = "dataset", "column", "term", "product"
KINDS = (DATASET, COLUMN, TERM, PRODUCT)
"""What is found, as it is asked for; data elements and code lists are told as terms."""
FACETS = ("domain", "level", "label", "owner", "format", "state")
FORMATS = ("table", "attached")
RELEVANCE, BY_NAME, UPDATED = "relevance", "name", "updated"
SORTS = (RELEVANCE, BY_NAME, UPDATED)
