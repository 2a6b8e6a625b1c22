"""Evidence: what makes a receipt something that a stranger can verify.

`canonical` fixes bytes, `digest` the bytes of an answer (`rowbytes`), `closeness` compares
floating answers, `merkle` proves the place in the ledger, `note` signs its head, `cosignature`
says that a witness saw it, `keys` certifies who signs, `didkey` names a node by its root key,
`jws` signs, `token` signs a request between nodes, `disclosure` opens what the ledger only
commits to, and `receipt` puts all of it together and checks it. Pure: seeds, salts and times are
handed in. `docs/receipts.md` is the specification.
"""
