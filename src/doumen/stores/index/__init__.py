"""The index: what was computed of texts and takes long to compute again."""

from doumen.stores.index.index import FILE, Index

__all__ = ["FILE", "Index"]
