"""The Dataspace Protocol 2025-1 (Eclipse), without clock, network or store.

`messages` reads and writes every message: `document` bounds the JSON, `forms` says how parts are
read, `discovery`, `catalog`, `negotiation` and `transfer` hold the messages, `policy` the offers
and agreements in them.
"""

from doumen.kits.standards.dsp.messages import CONTEXT, read, write

__all__ = ["CONTEXT", "read", "write"]
