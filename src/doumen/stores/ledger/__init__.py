"""What happened: an append-only ledger whose every entry is provable.

`ledger` appends, proves and sums; `tree` keeps the hashes of its Merkle tree; `audit`
recomputes all of it from the bytes of the entries and holds it against what was signed
(`heads`); `keyring` has the keys.
"""

from doumen.stores.ledger.heads import Flaw
from doumen.stores.ledger.keyring import Keyring
from doumen.stores.ledger.ledger import Ledger, Placed

__all__ = ["Flaw", "Keyring", "Ledger", "Placed"]
