"""Signing in by a provider of OpenID Connect.

`document` says who it is and what its claims mean here, `directory` knows its addresses and keys,
`claims` checks what it says, `person` makes an actor of it, and `flow` leads a browser there and
back.
"""
