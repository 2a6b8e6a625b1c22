"""Digests of rows in processes of their own, so that a large answer does not wait for them."""

from doumen.engines.digests.hashers import Hashers

__all__ = ["Hashers"]
