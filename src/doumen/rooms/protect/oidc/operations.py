"""The verbs of providers of identity."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_HERE = "doumen.rooms.protect.oidc.verbs"
_NAME = Param("name", "Name of the provider.", positional=True, required=True, metavar="NAME")
_TOLD = ("name", "title", "issuer", "client", "scopes", "roles", "secret")

PROVIDERS: tuple[Operation, ...] = (
    Operation(
        ("provider", "set"),
        "Let actors sign in by a provider of OpenID Connect, as a document says.",
        f"{_HERE}:put",
        (
            Param("file", "YAML: the issuer, and what its groups and claims mean here.", "path",
                  positional=True, required=True),
            Param("secret_file", "File whose first line is the secret of the client; it is kept "
                  "sealed.", "path"),
        ),
        details="docs/signin.md describes the form. Set again, it keeps its secret unless issuer "
        "or client change.",
        examples=("doumen provider set bureau.yaml --secret-file bureau.secret",),
        scope="write",
        local="It names files of that machine, and where people sign in.",
        gives=(*_TOLD, "redirect_uri", "receipt"),
    ),
    Operation(
        ("provider", "list"),
        "List the providers by which actors sign in; for the owner.",
        f"{_HERE}:show_all",
        gives=("providers",),
    ),
    Operation(
        ("provider", "show"),
        "Show what a provider means here; for the owner.",
        f"{_HERE}:show",
        (_NAME,),
        gives=_TOLD,
    ),
    Operation(
        ("provider", "test"),
        "Ask a provider for what a sign-in needs of it.",
        f"{_HERE}:test",
        (_NAME,),
        examples=("doumen provider test bureau",),
        local="It asks elsewhere.",
        gives=("name", "authorization", "token", "keys"),
    ),
    Operation(
        ("provider", "remove"),
        "Let nobody sign in by a provider any more; sessions that it opened end.",
        f"{_HERE}:remove",
        (_NAME,),
        examples=("doumen provider remove bureau",),
        scope="write",
        gives=("name", "ended", "receipt"),
    ),
)  # fmt: skip
