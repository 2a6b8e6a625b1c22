"""The verbs of this room: participant, product, offer, negotiation, agreement, transfer."""

from __future__ import annotations

from doumen.model.operation import Operation, Param
from doumen.rooms.exchange.evidence import EVIDENCE
from doumen.rooms.exchange.transfer.operations import TRANSFERS

_ROOM = "doumen.rooms.exchange"
_PARTICIPANT = Param(
    "participant", "Its alias or DID.", positional=True, required=True, metavar="ALIAS|DID"
)
_CARD = ("id", "name", "alias", "address", "origin", "root", "place")

_PARTICIPANTS: tuple[Operation, ...] = (
    Operation(
        ("participant", "card"),
        "Print the card of this node, by which others add it.",
        f"{_ROOM}.participants:card",
        (Param("output", "Write it to a new file.", "path", option="-o", metavar="FILE"),),
        details="It holds name, address, DID and the public keys; nothing in it is secret. "
        "`address` in doumen.toml says where others reach the node.",
        examples=("doumen participant card -o card.json",),
        gives=("id", "name", "address", "keys"),
    ),
    Operation(
        ("participant", "add"),
        "Add another node, by its card or its did:web; its root key is pinned.",
        f"{_ROOM}.participants:add",
        (
            Param(
                "card",
                "A `did:web`, or the file of a card.",
                positional=True,
                required=True,
                metavar="DID|FILE",
                pattern="did:web:[A-Za-z0-9._:%-]+",
            ),
            Param("alias", "What it is called here; otherwise made of its name."),
            Param("place", "Where it is: a country of ISO 3166-1.", metavar="CC"),
        ),
        details="A card is worth as much as the way that it came by: compare the root key by "
        "another way. A `did:web` is worth as much as its host: the document is fetched over HTTPS "
        "once, now. Adding one again takes over its new address, never a new root key. "
        "docs/exchange.md tells more.",
        examples=(
            "doumen participant add weather-card.json --place CN",
            "doumen participant add did:web:weather.example --alias weather",
        ),
        scope="write",
        gives=(*_CARD, "receipt"),
    ),
    Operation(
        ("participant", "list"),
        "List the participants that you may know.",
        f"{_ROOM}.participants:show_all",
        gives=("participants",),
    ),
    Operation(
        ("participant", "show"),
        "Show a participant and its pinned root key.",
        f"{_ROOM}.participants:show",
        (_PARTICIPANT,),
        examples=("doumen participant show weather",),
        gives=_CARD,
    ),
    Operation(
        ("participant", "remove"),
        "Remove a participant: its requests are refused from now on.",
        f"{_ROOM}.participants:remove",
        (_PARTICIPANT,),
        details="What was agreed and done stays in the ledger.",
        examples=("doumen participant remove weather",),
        scope="write",
        gives=("id", "alias", "receipt"),
    ),
)

_PRODUCT = Param("name", "Name of the product.", positional=True, required=True)
_OFFER = Param("id", "Id of the offer.", positional=True, required=True, metavar="ID")

_AT = Param("at", "A participant, by alias or DID: what it offers to this node.",
            metavar="PARTICIPANT")  # fmt: skip

_PRODUCTS: tuple[Operation, ...] = (
    Operation(
        ("product", "create"),
        "Package datasets to be offered; one of this name is changed.",
        f"{_ROOM}.products:create",
        (
            _PRODUCT,
            Param("title", "What it is, in one line.", required=True, metavar="TEXT"),
            Param("description", "What it is, at more length.", default="", metavar="TEXT"),
            Param("dataset", "A dataset of it.", required=True, repeat=True,
                  metavar="domain.name"),
            Param("preview", "A SELECT whose rows, at most 100, are shown to whoever may see an "
                  "offer of it.", metavar="SQL"),
        ),
        details="It becomes what is given, a preview included: without --preview it has none. "
        "The rows of a preview are asked for now, under the rules on you, and handed out without "
        "any agreement. While it is published its datasets do not change.",
        examples=(
            'doumen product create weather --title "Hourly weather" --dataset weather.hourly',
        ),
        scope="write",
        gives=("name", "done", "state", "preview", "receipt"),
    ),
    Operation(
        ("product", "list"),
        "List the products that you may know.",
        f"{_ROOM}.products:show_all",
        gives=("products",),
    ),
    Operation(
        ("product", "show"),
        "Show a product: datasets, columns, preview, offers.",
        f"{_ROOM}.products:show",
        (_PRODUCT,),
        examples=("doumen product show weather",),
        gives=("name", "title", "description", "state", "datasets", "offers", "preview"),
    ),
    Operation(
        ("product", "publish"),
        "Put a product into the catalogue, for those to whom it is offered.",
        f"{_ROOM}.products:publish",
        (_PRODUCT,),
        examples=("doumen product publish weather",),
        scope="write",
        gives=("name", "state", "receipt"),
    ),
    Operation(
        ("product", "withdraw"),
        "Take a product and its offers out of the catalogue; agreements go on.",
        f"{_ROOM}.products:withdraw",
        (_PRODUCT,),
        examples=("doumen product withdraw weather",),
        scope="write",
        gives=("name", "state", "receipt"),
    ),
)  # fmt: skip

_OFFERS: tuple[Operation, ...] = (
    Operation(
        ("offer", "create"),
        "Offer a product on terms.",
        f"{_ROOM}.offers:create",
        (
            Param("product", "Name of the product.", positional=True, required=True),
            Param("terms", "The terms: YAML, or an Offer of ODRL.", "path", required=True,
                  upload=True, metavar="FILE"),
            Param("id", "Id of the offer; else the name of the product and a number.",
                  metavar="NAME"),
        ),
        details="The terms say to whom, what of which dataset, for which purposes, how long, and "
        "what is owed; docs/exchange.md describes the form. An offer is never changed: make "
        "another one, and withdraw the one before.",
        examples=("doumen offer create weather --terms terms.yaml",),
        scope="write",
        gives=("id", "product", "uid", "state", "receipt"),
    ),
    Operation(
        ("offer", "list"),
        "List the offers that you may know, or those of another node.",
        f"{_ROOM}.offers:show_all",
        (_AT,),
        examples=("doumen offer list", "doumen offer list --at weather"),
        gives=("offers",),
    ),
    Operation(
        ("offer", "show"),
        "Show an offer in words, or as a document.",
        f"{_ROOM}.offers:show",
        (
            _OFFER,
            Param("format", "As a document, for owner and steward.", "choice",
                  choices=("yaml", "odrl")),
            _AT,
        ),
        examples=("doumen offer show weather-1", "doumen offer show weather-1 --format odrl"),
    ),
    Operation(
        ("offer", "withdraw"),
        "Take an offer back; agreements go on.",
        f"{_ROOM}.offers:withdraw",
        (_OFFER,),
        examples=("doumen offer withdraw weather-1",),
        scope="write",
        gives=("id", "state", "receipt"),
    ),
)  # fmt: skip

_N = f"{_ROOM}.negotiation.verbs"
_KEY = Param("negotiation", "Name of a negotiation.", positional=True, required=True,
             metavar="N-…")  # fmt: skip
_WAIT = Param("wait", "Seconds to wait for the other side.", "integer", default=20)
_SEEN = Param("seen", "Messages of it that you saw; refused where more came since.", "integer",
              metavar="COUNT")  # fmt: skip
_TOLD = ("negotiation", "side", "with", "state", "over", "decide", "offer", "terms", "policy",
         "agreement", "outgoing", "said", "ended")  # fmt: skip

_NEGOTIATIONS: tuple[Operation, ...] = (
    Operation(
        ("negotiation", "start"),
        "Ask a participant for one of its offers.",
        f"{_N}:start",
        (
            Param("offer", "Id of the offer, as `offer list --at` tells it.", positional=True,
                  required=True, metavar="OFFER"),
            Param("at", "The participant that offers it.", required=True, metavar="PARTICIPANT"),
            Param("terms", "Other terms to ask for.", "path", upload=True, metavar="FILE"),
            Param("once", "A text of your own: given again, it begins no second one.",
                  metavar="TEXT"),
            _WAIT,
        ),
        details="The other side answers to your address, so `doumen serve` must run here. What "
        "cannot be sent now is sent by the service later; nothing is lost when either side stops.",
        examples=("doumen negotiation start weather-1 --at weather",),
        scope="write",
        gives=(*_TOLD, "receipt"),
    ),
    Operation(
        ("negotiation", "list"),
        "List the negotiations of the node, those that go on first.",
        f"{_N}:show_all",
        gives=("negotiations",),
    ),
    Operation(
        ("negotiation", "show"),
        "Show a negotiation: where it stands, its terms, what was said.",
        f"{_N}:show",
        (_KEY,),
        gives=_TOLD,
    ),
    Operation(
        ("negotiation", "accept"),
        "Accept: agree to a request, or take an offer.",
        f"{_N}:accept",
        (_KEY, _SEEN, _WAIT),
        details="What you agree to is signed; it is in force when the other side has confirmed it.",
        examples=("doumen negotiation accept N-7F3KQ2AB",),
        scope="write",
        gives=(*_TOLD, "receipt"),
    ),
    Operation(
        ("negotiation", "counter"),
        "Answer with other terms.",
        f"{_N}:counter",
        (
            _KEY,
            Param("terms", "The terms: YAML, or an Offer of ODRL.", "path", required=True,
                  upload=True, metavar="FILE"),
            _SEEN,
            _WAIT,
        ),
        examples=("doumen negotiation counter N-7F3KQ2AB --terms stricter.yaml",),
        scope="write",
        gives=(*_TOLD, "receipt"),
    ),
    Operation(
        ("negotiation", "reject"),
        "End a negotiation.",
        f"{_N}:reject",
        (_KEY, Param("reason", "Why; told to the other side.", default="", metavar="TEXT"), _SEEN),
        examples=("doumen negotiation reject N-7F3KQ2AB --reason 'the period is too long'",),
        scope="write",
        gives=(*_TOLD, "receipt"),
    ),
    Operation(
        ("negotiation", "resume"),
        "Send again what did not arrive, and go on.",
        f"{_N}:resume",
        (_KEY, _WAIT),
        examples=("doumen negotiation resume N-7F3KQ2AB",),
        scope="write",
        gives=(*_TOLD, "receipt"),
    ),
    Operation(
        ("negotiation", "policy"),
        "Set the document by which requests are decided without a person, or show it.",
        f"{_N}:decisions",
        (Param("file", "The document; none: show the one in force.", "path", positional=True,
               upload=True, metavar="FILE"),),
        details="docs/exchange.md describes the form. A request that changes the terms of an "
        "offer always waits for a person.",
        examples=("doumen negotiation policy decisions.yaml",),
        scope="write",
        gives=("decisions",),
    ),
)  # fmt: skip

_A = f"{_ROOM}.agreements"
_AGREEMENT = Param("agreement", "Name of an agreement.", positional=True, required=True,
                   metavar="A-…")  # fmt: skip
_HELD = ("agreement", "id", "side", "with", "product", "terms", "signed", "ended", "ended_by",
         "reason", "use", "in_force")  # fmt: skip

_AGREEMENTS: tuple[Operation, ...] = (
    Operation(
        ("agreement", "list"),
        "List the agreements that you may know.",
        f"{_A}:show_all",
        gives=("agreements",),
    ),
    Operation(
        ("agreement", "show"),
        "Show what an agreement says.",
        f"{_A}:show",
        (_AGREEMENT,),
        gives=(*_HELD, "policy"),
    ),
    Operation(
        ("agreement", "usage"),
        "Say what was used under an agreement; both sides count the same.",
        f"{_A}:usage",
        (_AGREEMENT,),
        gives=("agreement", "side", "queries", "rows", "left", "open"),
    ),
    Operation(
        ("agreement", "end"),
        "End an agreement before its time; it binds at the next read.",
        f"{_A}:end",
        (_AGREEMENT, Param("reason", "Why; kept with it.", required=True, metavar="TEXT")),
        examples=("doumen agreement end A-7F3KQ2AB --reason 'not paid'",),
        scope="write",
        gives=("agreement", "ended", "reason", "receipt"),
    ),
    Operation(
        ("agreement", "reconcile"),
        "Settle with the provider what broke in between.",
        f"{_A}:reconcile",
        (_AGREEMENT,),
        details="Questions whose answer did not arrive are settled by the provider's receipts, "
        "and receipts that lack a signature get it.",
        examples=("doumen agreement reconcile A-7F3KQ2AB",),
        scope="write",
        gives=("agreement", "reads", "receipts"),
    ),
    Operation(
        ("agreement", "diff"),
        "Before signing: say who sees what more if an offer is signed.",
        f"{_ROOM}.diff:diff",
        (
            Param("offer", "Id of an offer, or a negotiation (`N-…`).", positional=True,
                  required=True, metavar="OFFER"),
            Param("participant", "Who would sign an offer of this node; none: the one it is made "
                  "to.", option="--with", metavar="PARTICIPANT"),
            Param("at", "Who makes the offer; none: this node.", metavar="PARTICIPANT"),
        ),
        details="At the provider rows are counted on its own data as it is now; the other side is "
        "told nothing. At the consumer the words of offer, agreements and catalogues are compared, "
        "and nothing is counted. docs/exchange.md says what is compared with what.",
        examples=(
            "doumen agreement diff weather-1 --with port",
            "doumen agreement diff N-7F3KQ2AB",
            "doumen agreement diff weather-1 --at weather",
        ),
        gives=("of", "side", "with", "more", "terms", "compared", "datasets", "combinable",
               "unknown", "facts", "receipt"),
    ),
)  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (
    *_PARTICIPANTS,
    *_PRODUCTS,
    *_OFFERS,
    *_NEGOTIATIONS,
    *_AGREEMENTS,
    *EVIDENCE,
    *TRANSFERS,
)
