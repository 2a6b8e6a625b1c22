"""What is true now: versioned facts, appended and folded (`catalog`)."""

from doumen.stores.catalog.catalog import Catalog

__all__ = ["Catalog"]
