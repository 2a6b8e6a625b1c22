"""The verbs of this room: actor, purpose, rule, label, token, files; how actors sign in."""

from __future__ import annotations

from doumen.model.operation import SCOPES, Operation, Param
from doumen.rooms.protect.oidc.operations import PROVIDERS
from doumen.rooms.protect.signin.operations import SIGN_IN

_ROOM = "doumen.rooms.protect"
_DOCUMENT = "docs/rules.md describes the form, every duty under its own heading."
_PLACE = Param(
    "target", "A dataset or one of its columns.", positional=True, required=True,
    metavar="DATASET[.COLUMN]",
)  # fmt: skip
_LABEL = Param("label", "The label.", positional=True, required=True)
_RULE = Param("id", "Id of the rule.", positional=True, required=True, metavar="ID")
_REASON = Param("reason", "Why; it is kept, for those who oversee the node.", metavar="TEXT")
_SEEN = Param(
    "seen",
    "Version that you saw, as `rule list` tells it to owner and steward; `none`: it is not there. "
    "Where it is another by now, nothing is done.",
    metavar="VERSION",
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        ("actor", "add"),
        "Add an actor, or give one more roles, purposes and claims.",
        f"{_ROOM}.actors:add",
        (
            Param("name", "Name of the actor.", positional=True, required=True),
            Param("role", "A role: owner, steward, auditor or one of yours.", repeat=True),
            Param("purpose", "A purpose that the actor may state.", repeat=True),
            Param("claim", "An attribute for filters: actor.K.", repeat=True, metavar="K=V"),
            Param("participant", "The organisation that the actor belongs to."),
        ),
        details="What an actor has already is kept. Only owner, steward and auditor carry "
        "anything by themselves; other roles are there for rules to speak of. Derived datasets "
        "of the actor live in the domain of their own name.",
        examples=("doumen actor add ana --role analyst --purpose research --claim region=east",),
        scope="write",
        gives=("name", "participant", "roles", "purposes", "claims", "receipt"),
    ),
    Operation(
        ("actor", "list"),
        "List the actors that you may know.",
        f"{_ROOM}.actors:show_all",
        gives=("actors",),
    ),
    Operation(
        ("actor", "remove"),
        "Remove an actor; what they did stays in the ledger.",
        f"{_ROOM}.actors:remove",
        (Param("name", "Name of the actor.", positional=True, required=True),),
        examples=("doumen actor remove ana",),
        scope="write",
        gives=("name", "receipt"),
    ),
    Operation(
        ("purpose", "add"),
        "Add a purpose to the list, or describe one anew.",
        f"{_ROOM}.aims:add",
        (
            Param("name", "Name of the purpose.", positional=True, required=True),
            Param("description", "What it means.", metavar="TEXT"),
        ),
        examples=('doumen purpose add traffic-planning --description "To plan roads and rails."',),
        scope="write",
        gives=("name", "description", "receipt"),
    ),
    Operation(
        ("purpose", "list"),
        "List the purposes that can be stated.",
        f"{_ROOM}.aims:show_all",
        gives=("purposes",),
    ),
    Operation(
        ("rule", "add"),
        "Add the rules of a file; a rule whose id is there already is replaced.",
        f"{_ROOM}.rules:add",
        (
            Param(
                "file",
                "YAML, or a policy of ODRL.",
                "path",
                positional=True,
                required=True,
                upload=True,
            ),
            _SEEN,
        ),
        details=f"{_DOCUMENT} docs/odrl.md describes the same in ODRL 2.2 (JSON-LD).",
        examples=("doumen rule add rules.yaml", "doumen rule add rules.jsonld"),
        scope="write",
        gives=("added", "changed", "unchanged", "receipt"),
    ),
    Operation(
        ("rule", "export"),
        "Print rules as one document: a policy of ODRL, or YAML.",
        f"{_ROOM}.export:export",
        (
            Param("id", "Id of a rule; none: all.", positional=True, repeat=True, metavar="ID"),
            Param("format", "Its form.", "choice", default="odrl", choices=("odrl", "yaml")),
            Param("output", "Write it to a new file.", "path", option="-o", metavar="FILE"),
        ),
        details="Adding what was exported changes nothing. A pipe gets JSON, -o writes the text. "
        "Only owner and steward may: an export holds the conditions of filters.",
        examples=(
            "doumen rule export -o rules.jsonld",
            "doumen rule export analysts-read-flights --format yaml",
        ),
    ),
    Operation(
        ("rule", "list"),
        "List the rules that you may know.",
        f"{_ROOM}.rules:show_all",
        gives=("rules",),
    ),
    Operation(
        ("rule", "remove"),
        "Remove a rule.",
        f"{_ROOM}.rules:remove",
        (_RULE, _SEEN),
        examples=("doumen rule remove analysts-read-flights",),
        scope="write",
    ),
    Operation(
        ("rule", "explain"),
        "Say in words what a rule does.",
        f"{_ROOM}.rules:explain",
        (_RULE,),
        details="The conditions of filters are told to owner and steward only. A clause of an "
        "agreement has an id too, such as A-4QZXGF2M-1: it is explained to whoever may see the "
        "agreement.",
        examples=(
            "doumen rule explain analysts-read-flights",
            "doumen rule explain A-4QZXGF2M-1",
        ),
        gives=("id", "words"),
    ),
    Operation(
        ("rule", "preview"),
        "Say what somebody sees of a dataset, and what they would under other rules.",
        f"{_ROOM}.preview:preview",
        (
            Param("dataset", "A dataset: domain.name.", positional=True, required=True),
            Param(
                "rules",
                "Rules that would be added or changed (YAML, or a policy of ODRL).",
                "path",
                upload=True,
                metavar="FILE",
            ),
            Param("remove", "A rule that would be removed.", repeat=True, metavar="ID"),
            Param("actor", "Who would see it.", metavar="NAME"),
            Param("role", "In place of an actor: a role of somebody made up.", repeat=True),
            Param("purpose", "The purpose that they would state."),
            Param("rows", "First rows to show, at most.", "integer", default=5),
        ),
        details="Tells whether they may query it, which columns are masked or hidden, and how many "
        "rows they gain and lose, counted on the data as it is now; nothing is changed. Rows are "
        "shown only to who may see all of the dataset anyway. For owner and steward; the count is "
        "an event of theirs, and nobody else is charged for it.",
        examples=(
            "doumen rule preview transport.flights --rules rules.yaml --actor ana "
            "--purpose research",
            "doumen rule preview transport.flights --remove analysts-read-flights --role analyst",
        ),
        gives=(
            "dataset",
            "actor",
            "purpose",
            "rules",
            "before",
            "after",
            "columns",
            "rows",
            "receipts",
        ),
    ),
    Operation(
        ("prove",),
        "Search for answers that tell what the rules hide.",
        f"{_ROOM}.prove.verb:prove",
        (
            Param(
                "statement", "A statement; none: many are made up.", positional=True, metavar="SQL"
            ),
            Param("rules", "Rules to try in place of the node's.", "path"),
            Param("as_actor", "Whose answers; none: of all but the owner.", metavar="NAME"),
            Param("role", "A role, for an actor made up to have it.", repeat=True),
            Param("purpose", "The purpose stated."),
            Param(
                "world",
                "Whose tables: the node's, or a test world's.",
                "choice",
                default="node",
                choices=("node", "test"),
            ),
            Param("cases", "How many cases.", "integer", default=200),
            Param("seed", "Which cases: the same seed gives the same.", "integer", default=1),
        ),
        details="Each case is two databases of made-up rows that differ only in what the rules "
        "hide, and a statement asked of both. Where answer, error or explanation differ, the "
        "rules, the statement and both databases are shown, cut down to what matters, and the "
        "exit code is 1. No row of the node is read, nothing is recorded. For owner and steward.",
        examples=(
            "doumen prove",
            'doumen prove "SELECT city, count(*) FROM law.people GROUP BY city" --role analyst',
            "doumen prove --world test --cases 1000 --seed 7",
        ),
        local="It computes for minutes over worlds made up.",
    ),
    Operation(
        ("label", "set"),
        "Put a label on a dataset or a column.",
        f"{_ROOM}.labels:put",
        (_PLACE, _LABEL, _REASON),
        details="A label on a dataset is on all of its columns. Labels select rules, and they "
        "flow to whatever is derived.",
        examples=("doumen label set transport.flights.tailnum personal",),
        scope="write",
        gives=("dataset", "column", "labels", "receipt"),
    ),
    Operation(
        ("label", "list"),
        "List the labels of a dataset, or of all that you may know.",
        f"{_ROOM}.labels:show_all",
        (Param("dataset", "Only this dataset.", positional=True),),
        gives=("labels",),
    ),
    Operation(
        ("label", "remove"),
        "Take a label off: a release, on record under your name.",
        f"{_ROOM}.labels:take_off",
        (_PLACE, _LABEL, _REASON),
        examples=("doumen label remove ana.delays.carrier personal",),
        scope="write",
        gives=("dataset", "column", "labels", "receipt"),
    ),
    Operation(
        ("token", "add"),
        "Make a token that lets an actor in over the network; its secret is shown this once.",
        f"{_ROOM}.tokens:add",
        (
            Param("actor", "Who it lets in.", required=True, metavar="NAME"),
            Param(
                "scope",
                "What it is for; may be given twice. Without: read.",
                "choice",
                repeat=True,
                choices=SCOPES,
            ),
            Param("days", "Days that it lasts.", "integer", default=90),
            Param("name", "What it is for, in your words.", default="", metavar="TEXT"),
        ),
        details="`read` looks things up and asks questions, `write` changes facts and data. A "
        "token never opens what its actor may not do. The owner makes tokens for anyone, an actor "
        "for themself. Of the secret only a hash is kept.",
        examples=('doumen token add --actor ana --days 30 --name "notebook"',),
        scope="write",
        local="A token that can make tokens would outlive its own end.",
        gives=(
            "id",
            "actor",
            "scopes",
            "name",
            "made_by",
            "created",
            "expires",
            "token",
            "receipt",
        ),
    ),
    Operation(
        ("token", "list"),
        "List the tokens that you may know.",
        f"{_ROOM}.tokens:show_all",
        details="The owner sees all of them, everyone else their own.",
        gives=("tokens",),
    ),
    Operation(
        ("token", "revoke"),
        "Take a token back.",
        f"{_ROOM}.tokens:revoke",
        (Param("id", "Id of the token.", positional=True, required=True, metavar="ID"),),
        examples=("doumen token revoke 3f9c0a1b2c3d4e5f",),
        scope="write",
        gives=("id", "actor", "receipt"),
    ),
    Operation(
        ("dataset", "files"),
        "Grant all of a dataset as files, to be read with deltalake, Polars or what else reads S3.",
        f"{_ROOM}.files:grant",
        (
            Param("dataset", "A dataset: domain.name.", positional=True, required=True),
            Param("hours", "For how long: 1 to 24.", "integer", default=1),
            Param(
                "endpoint",
                "Where `doumen serve` is reached; else the address of the node, else "
                "http://127.0.0.1:8470.",
                metavar="URL",
            ),
        ),
        details="Gives an address and the options to read it by: the version in force, as a Delta "
        "table. Only where an answer would show you all of it as it is, and a rule permits "
        "`files`; the owner needs none. The rules are asked again at every request: one that "
        "changes ends the grant. What was read can be copied. docs/files.md tells the rest.",
        examples=(
            "doumen dataset files transport.flights",
            "doumen dataset files transport.flights --hours 8 --endpoint https://data.bureau.example",
        ),
        scope="write",
        gives=("grant", "dataset", "version", "uri", "storage_options", "expires", "receipt"),
    ),
    Operation(
        ("dataset", "grants"),
        "List the grants of files: yours; all of them for those who oversee the node.",
        f"{_ROOM}.files:show_all",
        gives=("grants",),
    ),
    Operation(
        ("dataset", "revoke"),
        "Take a grant of files back.",
        f"{_ROOM}.files:revoke",
        (Param("id", "Id of the grant.", positional=True, required=True, metavar="ID"),),
        examples=("doumen dataset revoke 01KBA0J3V8Q2N6Y4T5R7W9X1ZC",),
        scope="write",
        gives=("grant", "actor", "dataset", "receipt"),
    ),
    Operation(
        ("who-can",),
        "Say who may see a dataset or a column of it, and by which rules.",
        f"{_ROOM}.access:who_can",
        (
            Param("dataset", "A dataset: domain.name.", positional=True, required=True),
            Param("column", "One of its columns.", metavar="NAME"),
            Param("purpose", "A purpose; without: none, and each that an actor has."),
        ),
        details="The gate rules as it would on a query; nothing is run or paid. Owner and stewards "
        "are told of all actors, everyone else of themself.",
        examples=(
            "doumen who-can transport.flights",
            "doumen who-can transport.flights --column tailnum --purpose research",
        ),
        gives=("dataset", "column", "purpose", "actors"),
    ),
    Operation(
        ("what-can",),
        "Say what an actor may see, and by which rules.",
        f"{_ROOM}.access:what_can",
        (
            Param("actor", "Name of the actor.", positional=True, required=True),
            Param("purpose", "A purpose; without: none, and each that the actor has."),
        ),
        details="The gate rules as it would on a query; nothing is run or paid. Owner and stewards "
        "are told of anyone, everyone else of themself.",
        examples=("doumen what-can ana", "doumen what-can ana --purpose research"),
        gives=("actor", "purpose", "datasets"),
    ),
    *SIGN_IN,
    *PROVIDERS,
)
