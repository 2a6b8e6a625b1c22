"""Share data and trade them: participants, products, offers, negotiations, agreements.

`operations` lists the verbs. `participants` keeps whom the node deals with, by the cards that
`card` reads and writes or by their DID. `products` packages datasets (`packages`), `previews` makes
the rows that may be shown of them; `offers` says on which terms they are to be had, which `fitting`
holds against the product; `listing` keeps which are open to whom, `catalogue` tells it. `asking`
reads the catalogues of others, `foreign` shows them. `negotiation` comes to agreements,
`agreements` shows and ends them; `transfer` says whether they may be used now; `process` is what
the two have in common. `diff` says before signing who would see what more, `exposed` draws it.
`dispute` writes all evidence of an agreement, `witness` has the heads of ledgers cosigned;
`evidence` lists their verbs. `protocol` answers the messages of other nodes.
"""
