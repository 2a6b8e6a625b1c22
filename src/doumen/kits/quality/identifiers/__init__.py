"""The shelf of schemes of identifiers: one file per scheme, all listed here."""

from doumen.kits.quality.identifiers.interface import Scheme

SCHEMES: tuple[Scheme, ...] = ()
"""All schemes, in the order of the reference."""
BY_NAME = {scheme.name: scheme for scheme in SCHEMES}

__all__ = ["BY_NAME", "SCHEMES", "Scheme"]
