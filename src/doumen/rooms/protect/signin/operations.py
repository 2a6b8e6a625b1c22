"""The verbs by which actors sign in: account, session."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_HERE = "doumen.rooms.protect.signin"
_TYPED = "Passwords are typed on the machine of the node, or on the pages of the service."
_NAME = Param("name", "Name of the actor.", positional=True, required=True)
_ACTOR = Param("actor", "Of whom; without: of whoever asks.", metavar="NAME")
_FILE = Param(
    "password_file", "File whose first line is the password; without, it is asked for.", "path"
)
_ENDPOINT = Param(
    "endpoint",
    "Where `doumen serve` is reached; else the address of the node, else http://127.0.0.1:8470.",
    metavar="URL",
)

SIGN_IN: tuple[Operation, ...] = (
    Operation(
        ("account", "set"),
        "Give an actor an account: an invitation to choose a password, or a password.",
        f"{_HERE}.accounts:establish",
        (
            _NAME,
            Param("invite", "Make a link by which the actor chooses the password.", "flag",
                  default=False),
            _FILE,
            Param("days", "Days that an invitation lasts: 1 to 30.", "integer", default=7),
            _ENDPOINT,
        ),
        details="The actor is there already: `doumen actor add`. A password has 12 to 256 "
        "characters. A new one ends every session of the actor; a second factor stays. "
        "docs/signin.md tells the rest.",
        examples=("doumen account set ana --invite", "doumen account set ana --password-file FILE"),
        scope="write",
        local=_TYPED,
        gives=("actor", "receipt"),
    ),
    Operation(
        ("account", "list"),
        "List the accounts that you may know, and how they stand.",
        f"{_HERE}.accounts:show_all",
        details="The owner sees all of them, everyone else their own.",
        gives=("accounts",),
    ),
    Operation(
        ("account", "remove"),
        "Take an account away: password, second factor, links and sessions; the actor stays.",
        f"{_HERE}.accounts:remove",
        (_NAME,),
        examples=("doumen account remove ana",),
        scope="write",
        gives=("actor", "receipt"),
    ),
    Operation(
        ("account", "password"),
        "Change your own password; your sessions end.",
        f"{_HERE}.accounts:change",
        (_FILE,),
        examples=("doumen account password",),
        scope="write",
        local=_TYPED,
        gives=("actor", "receipt"),
    ),
    Operation(
        ("account", "totp"),
        "Enrol a second factor: codes of an authenticator app; or take it away.",
        f"{_HERE}.second:second",
        (
            _ACTOR,
            Param("enrolment", "What the first call gave; with the code, it is confirmed."),
            Param("code", "The first code of the app."),
            Param("off", "Take the second factor away.", "flag", default=False),
        ),
        details="Called without a code it shows the secret, as an address and as a QR code, and "
        "keeps nothing. Called again with the first code it puts the second factor in force, and "
        "shows ten recovery codes, each good for one sign-in without the app.",
        examples=(
            "doumen account totp",
            "doumen account totp --enrolment TEXT --code 123456",
            "doumen account totp --actor ana --off",
        ),
        scope="write",
        local="A token that changes how its actor signs in would outlive its own end.",
        gives=("actor",),
    ),
    Operation(
        ("account", "lock"),
        "Let nobody sign in as an actor, by any way, until it is unlocked; sessions end.",
        f"{_HERE}.accounts:lock",
        (_NAME,),
        details="Tokens of the actor are not touched: `doumen token revoke` takes them back.",
        examples=("doumen account lock ana",),
        scope="write",
        gives=("actor", "receipt"),
    ),
    Operation(
        ("account", "unlock"),
        "Let an actor sign in again: after too many failures, or after a lock.",
        f"{_HERE}.accounts:unlock",
        (_NAME,),
        examples=("doumen account unlock ana",),
        scope="write",
        gives=("actor", "receipt"),
    ),
    Operation(
        ("session", "list"),
        "List the sessions of browsers that last, of those that you may know.",
        f"{_HERE}.sessions:show_all",
        details="The owner sees all of them, everyone else their own.",
        gives=("sessions",),
    ),
    Operation(
        ("session", "end"),
        "End a session, or all of your own.",
        f"{_HERE}.sessions:end",
        (
            Param("id", "Id of the session.", positional=True, metavar="ID"),
            Param("all", "All of your own.", "flag", default=False),
        ),
        examples=("doumen session end 3f9c0a1b2c3d4e5f", "doumen session end --all"),
        scope="write",
        gives=("ended", "receipt"),
        one_of=("id", "all"),
    ),
    Operation(
        ("session", "link"),
        "Make a link that signs its actor in, once, within ten minutes.",
        f"{_HERE}.tickets:link",
        (_ACTOR, _ENDPOINT),
        details="So the owner of a node comes in for the first time, without a password. Whoever "
        "opens it first is signed in. The owner makes links for anyone, an actor for themself.",
        examples=("doumen session link", "doumen session link --actor ana"),
        scope="write",
        local="A token that can sign in would outlive its own end.",
        gives=("actor", "url", "expires", "receipt"),
    ),
)  # fmt: skip
