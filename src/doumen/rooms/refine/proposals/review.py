"""The verb `proposal review`: one proposal after another, settled by a key each.

Every answer is durable before the next is asked, so that whoever is interrupted goes on where
they were.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from doumen.gate.desk import Desk
from doumen.model.errors import Conflict, DoumenError, Invalid
from doumen.model.message import LISTENER, Message, msg, plain
from doumen.model.operation import Outcome
from doumen.model.proposal import ACCEPTED, LABEL, OPEN, REFUSED, Proposal
from doumen.rooms.refine.proposals.queue import Which, proposals
from doumen.rooms.refine.proposals.verbs import accept, refuse, share, words

Ask = Callable[[], str]
"""Gives the next key that is pressed."""
Tell = Callable[[Message], None]

HELP = msg("a accept · r refuse · A, R all that are alike · s skip · q quit")
QUIT, SKIP = "q", "s"
_ANSWERS = {"a": True, "r": False, "A": True, "R": False}
_ENDED = frozenset({"", "\x03", "\x04", "\x1b"})
"""No key any more, and what people press to get away."""


def ask_key() -> str:
    """One key of the terminal; keys that were pressed before it was asked count.

    Raises:
        Invalid: there is no terminal.
    """
    if not sys.stdin.isatty():
        raise Invalid(
            msg("There is no terminal to ask at."),
            next=msg("Settle them by `doumen proposal accept` and `doumen proposal refuse`."),
            detail="terminal",
        )
    try:
        import termios  # noqa: PLC0415 - not on every system
        import tty  # noqa: PLC0415 - likewise
    except ImportError:
        import click  # noqa: PLC0415 - costly, and for those systems only

        return click.getchar()
    place = sys.stdin.fileno()
    before = termios.tcgetattr(place)
    try:
        tty.setcbreak(place, termios.TCSADRAIN)
        return os.read(place, 1).decode("ascii", "replace")
    except KeyboardInterrupt:
        return QUIT
    finally:
        termios.tcsetattr(place, termios.TCSADRAIN, before)


def tell(words: Message) -> None:
    """To whoever sits at the terminal, in their language."""
    sys.stderr.write(f"{words.into(LISTENER.get())}\n")


def review(
    desk: Desk,
    dataset: str | None = None,
    kind: str | None = None,
    least: str | None = None,
    *,
    ask: Ask = ask_key,
    say: Tell = tell,
) -> Outcome:
    """Settle what waits, one by one or all that are alike.

    Args:
        desk: The actor at the gate.
        dataset: Only those of this dataset.
        kind: Only those of this kind.
        least: Only those with at least this confidence, from 0 to 1.
        ask: Gives keys.
        say: Shows what is asked.

    Raises:
        Invalid: there is no terminal.
    """
    which = Which(dataset, kind, OPEN, share(least))
    waiting = proposals(desk.facts(), which)
    done: Counter[str] = Counter()
    gone: set[str] = set()
    for place, one in enumerate(waiting, start=1):
        if one.key in gone:
            continue
        for line in _shown(one, place, len(waiting)):
            say(line)
        key = _key(ask, say)
        if key in _ENDED or key == QUIT:
            break
        if key == SKIP:
            continue
        group = [one] if key in "ar" else [each for each in waiting if _alike(each, one)]
        open_ = [each.key for each in group if each.key not in gone]
        gone.update(_answered(desk, open_, accepted=_ANSWERS[key], done=done, say=say))
    left = len(proposals(desk.facts(), which))
    return Outcome(
        {"accepted": done[ACCEPTED], "refused": done[REFUSED], "left": left},
        said=(
            msg("{accepted} accepted, {refused} refused, {left} left.", accepted=done[ACCEPTED],
                refused=done[REFUSED], left=left),
        ),
    )  # fmt: skip


def _key(ask: Ask, say: Tell) -> str:
    """A key that means something."""
    while True:
        key = ask()
        if key in _ANSWERS or key in _ENDED or key in {QUIT, SKIP}:
            return key
        say(HELP)


def _answered(
    desk: Desk, keys: Sequence[str], *, accepted: bool, done: Counter[str], say: Tell
) -> Sequence[str]:
    """Settle proposals and count them; what cannot be settled is told, and stays."""
    try:
        (accept if accepted else refuse)(desk, keys)
    except DoumenError as error:
        say(error.what)
        if error.why is not None:
            say(error.why)
        return keys if isinstance(error, Conflict) else ()
    done[ACCEPTED if accepted else REFUSED] += len(keys)
    return keys


def _alike(one: Proposal, other: Proposal) -> bool:
    """Whether two propose the same of different columns of a dataset."""
    return one.dataset == other.dataset and _sort(one) == _sort(other)


def _sort(one: Proposal) -> str:
    """What a proposal is of, without its values."""
    if one.kind == LABEL:
        return str(sorted(one.change["labels"]))
    rule = one.change.get("quality")
    if rule is None:
        return f"{one.kind} {one.change.get('set', ['', ''])[0]} {one.change.get('to')}"
    said = rule.get("implementation")
    check = said.get("check") if isinstance(said, dict) else None
    return f"{one.kind} {rule.get('metric')} {check}"


def _shown(one: Proposal, place: int, count: int) -> Iterator[Message]:
    column = f".{one.column}" if one.column else ""
    yield plain("")
    yield msg("{place}/{count}  {where}", place=place, count=count, where=one.dataset + column)
    yield msg("  proposes: {words}", words=words(one))
    told = ", ".join(f"{name} {value}" for name, value in one.evidence.items())
    yield msg("  confidence {share}; {evidence}", share=f"{one.confidence:.0%}", evidence=told)
    yield plain("  a/r/A/R/s/q ?")
