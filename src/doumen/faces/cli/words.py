"""What the command line says by itself, in one place; operations bring their own words."""

from __future__ import annotations

from collections.abc import Iterable

from doumen.model.message import Message, either, enumerated, msg

ABOUT = msg(
    "Doumen, an open trusted data platform: data is collected under a contract, every question "
    "passes one gate, and every answer carries a receipt that anyone can verify."
)
ENDING = msg(
    "Results go to standard output, talk to standard error. A terminal gets tables; a pipe gets "
    "JSON. Exit codes: 0 done, 1 faults found, 2 misuse, 3 refused or not found, 4 unavailable, "
    "5 tampered."
)

NODE = msg("Folder of the node; else DOUMEN_NODE, else the nearest one upwards with doumen.toml.")
ACTOR = msg("Who acts; the owner where nobody is named.")
PURPOSE = msg("What for, from the purposes assigned to the actor.")
JSON = msg("Print JSON, as is done when the output is not a terminal.")
TABLE = msg("Print tables, as is done on a terminal.")
LANGUAGE = msg("Language of what is said: en or zh; else DOUMEN_LANG, else the system's.")
DEBUG = msg("Show where in the program an error came from.")
DETACH = msg("Queue it as a job, which `doumen worker` or `doumen serve` does, and return.")
VERSION = msg("Print the version and end.")
HELP = msg("Show this message and exit.")

USAGE = msg("Usage:")
OPTIONS = msg("[OPTIONS]")
COMMANDS = msg("COMMAND [ARGS]...")
GLOBAL_TITLE = msg("Everywhere")
GLOBAL_LINE = msg(
    "--node DIR, --as ACTOR, --for PURPOSE, --json, --table, --lang, --detach and --debug may "
    "stand before or after any verb."
)
ARGUMENTS_TITLE = msg("Arguments")
OPTIONS_TITLE = msg("Options")
EXAMPLES_TITLE = msg("Examples")
FACE_TITLE = msg("The command line")
HEADING = msg("{title}:", title="")
DEFAULT = msg("default: {value}", value="")
REQUIRED = msg("required")

COMPLETION = msg("Print the completion script for a shell.")
COMPLETION_DETAILS = msg("Put it where your shell reads such scripts, or read it in at once.")
COMPLETION_EXAMPLES = (
    'eval "$(doumen completion bash)"',
    "doumen completion fish > ~/.config/fish/completions/doumen.fish",
)

ERROR = msg("error:")
HINT = msg("hint:")
YES, NO = msg("yes"), msg("no")
COMMA = msg(", ")

UNEXPECTED = msg("Something went wrong inside Doumen.")
UNEXPECTED_NEXT = msg("Run it again with --debug, and report what it shows.")
INTERRUPTED = msg("Interrupted.")


def unexpected_why(kind: str) -> Message:
    """Of what kind an error is that Doumen does not know."""
    return msg("An error that it does not know: {kind}.", kind=kind)


def see_help(command: str) -> Message:
    """Where the usage of a command is told."""
    return msg("See `{command} --help`.", command=command)


def no_command(name: str, near: Iterable[str]) -> Message:
    """There is no such command; what it may have been meant for."""
    said = msg("There is no command `{name}`.", name=name)
    names = [f"`{one}`" for one in near]
    if not names:
        return said
    return msg("{said} Did you mean {names}?", said=said, names=either(names))


def too_many(rest: Iterable[str]) -> Message:
    """There are more words than a command takes."""
    return msg(
        "There is nothing that {names} could be. A statement or a pattern stands in quotes, so "
        "that the shell leaves it whole.",
        names=enumerated(rest),
    )


def more_columns(names: list[str], most: int) -> Message:
    """Which columns a terminal had no room for; only the ends where there are many."""
    named = enumerated(names, mark="")
    if len(names) > most:
        named = msg(
            "{first} … {last} ({count} columns)",
            first=names[0],
            last=names[-1],
            count=len(names),
        )
    return msg("Columns left out for want of width: {names}. --json shows all.", names=named)
