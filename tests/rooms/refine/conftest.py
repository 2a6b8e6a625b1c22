"""The fake desk, with flights under a contract."""

from tests.desks import contract, desk, fake

__all__ = ["contract", "desk", "fake"]
