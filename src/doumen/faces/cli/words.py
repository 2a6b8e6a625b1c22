"""What the command line says by itself, in one place; operations bring their own words."""

from __future__ import annotations

ABOUT = (
    "Doumen, an open trusted data platform: data is collected under a contract, every question "
    "passes one gate, and every answer carries a receipt that anyone can verify."
)
ENDING = (
    "Results go to standard output, talk to standard error. A terminal gets tables; a pipe gets "
    "JSON. Exit codes: 0 done, 1 faults found, 2 misuse, 3 refused or not found, 4 unavailable, "
    "5 tampered."
)

NODE = "Folder of the node; else DOUMEN_NODE, else the nearest one upwards with doumen.toml."
ACTOR = "Who acts; the owner where nobody is named."
PURPOSE = "What for, from the purposes assigned to the actor."
JSON = "Print JSON, as is done when the output is not a terminal."
TABLE = "Print tables, as is done on a terminal."
DEBUG = "Show where in the program an error came from."
DETACH = "Queue it as a job, which `doumen worker` or `doumen serve` does, and return."
VERSION = "Print the version and end."

GLOBAL_TITLE = "Everywhere"
GLOBAL_LINE = (
    "--node DIR, --as ACTOR, --for PURPOSE, --json, --table, --detach and --debug may stand before "
    "or after any verb."
)
ARGUMENTS_TITLE = "Arguments"
EXAMPLES_TITLE = "Examples"
FACE_TITLE = "The command line"

COMPLETION = "Print the completion script for a shell."
COMPLETION_DETAILS = "Put it where your shell reads such scripts, or read it in at once."
COMPLETION_EXAMPLES = (
    'eval "$(doumen completion bash)"',
    "doumen completion fish > ~/.config/fish/completions/doumen.fish",
)
SHELL = "The shell that the script is for."

ERROR = "error:"
HINT = "hint:"
NEAR = "Did you mean {names}?"
SEE_HELP = "See `{command} --help`."
NO_COMMAND = "There is no command `{name}`."
TOO_MANY = (
    "There is nothing that {names} could be. A statement or a pattern stands in quotes, so that "
    "the shell leaves it whole."
)
NOT_UTF8 = "Standard input is not UTF-8 text."
TO_UTF8 = "Convert it: iconv -t UTF-8"

UNEXPECTED = "Something went wrong inside Doumen."
UNEXPECTED_WHY = "An error that it does not know: {kind}."
UNEXPECTED_NEXT = "Run it again with --debug, and report what it shows."
INTERRUPTED = "Interrupted."

MORE_COLUMNS = "Columns left out for want of width: {names}. --json shows all."
MANY_COLUMNS = "{first} … {last} ({count} columns)"
