"""The proposals that one actor may settle, in the order in which they are best looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from doumen.model.errors import NotFound
from doumen.model.fact import Facts
from doumen.model.message import enumerated, msg
from doumen.model.proposal import OPEN, PROPOSAL, Proposal


@dataclass(frozen=True, slots=True)
class Which:
    """Which of them; all of its conditions hold at once.

    Attributes:
        dataset, kind, state: Those of a proposal; None: any.
        least: Confidence that it must have at least.
    """

    dataset: str | None = None
    kind: str | None = None
    state: str | None = OPEN
    least: float = 0.0

    def takes(self, one: Proposal) -> bool:
        """Whether a proposal is among them."""
        asked = (
            (self.dataset, one.dataset),
            (self.kind, one.kind),
            (self.state, one.state),
        )
        return one.confidence >= self.least and all(
            wanted is None or wanted == there for wanted, there in asked
        )


def proposals(facts: Facts, which: Which) -> list[Proposal]:
    """Proposals by dataset, surest first."""
    found = (Proposal.of_json(body) for _, body in facts.all(PROPOSAL))
    return sorted(
        filter(which.takes, found),
        key=lambda one: (one.dataset, -one.confidence, one.column or "", one.key),
    )


def named(facts: Facts, keys: Sequence[str]) -> Iterator[Proposal]:
    """The proposals of these keys, each once.

    Raises:
        NotFound: one of them is not there for this actor.
    """
    for key in dict.fromkeys(keys):
        body = facts.body(PROPOSAL, key)
        if body is None:
            raise _absent(key, (known for known, _ in facts.all(PROPOSAL)))
        yield Proposal.of_json(body)


def _absent(key: str, known: Iterable[str]) -> NotFound:
    near = get_close_matches(key, list(known), n=2)
    return NotFound(
        msg("There is no proposal `{key}`.", key=key),
        why=msg("Near to it: {near}.", near=enumerated(near)) if near else None,
        next=msg("`doumen proposal list` shows those that wait."),
        detail="proposal",
    )
