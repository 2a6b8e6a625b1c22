"""Sealed data: a stream that only who has the key can read, change or cut unnoticed.

`stream` is the form of a sealed stream, `lock` keeps its key behind a passphrase.
"""

from doumen.kits.sealed.lock import Lock, read_lock
from doumen.kits.sealed.stream import seal, sealed_size, unseal

__all__ = ["Lock", "read_lock", "seal", "sealed_size", "unseal"]
