"""Evidence: what makes a receipt something that a stranger can verify.

`canonical` fixes bytes, `digest` the bytes of an answer (`rowbytes`), `closeness` compares
floating answers, `merkle` proves the place in the ledger, `note` signs its head, `keys`
certifies who signs, `jws` signs, `disclosure` opens what the ledger only commits to, and
`receipt` puts all of it together and checks it. Pure: seeds, salts and times are handed in.
`docs/receipts.md` is the specification.
"""
