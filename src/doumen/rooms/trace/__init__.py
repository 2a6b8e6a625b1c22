"""Prove what happened: receipts verified and replayed, the ledger shown, the node examined."""
