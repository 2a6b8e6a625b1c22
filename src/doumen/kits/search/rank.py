"""One score out of words, names and meaning.

The score of a document depends on the question, on that document, and on how many of the
documents that the asker may see hold each word. `Weights` are constants of the product, chosen on
the questions of `tests/rooms/discover/search/corpus/tuning.tsv`.

Words: the share of the question that a document holds, each word weighed by how rare it is
(Robertson and Spärck Jones) and by its fields, saturated as in BM25. A small share says little:
two texts of one language share words by chance. So it counts from a threshold on, a higher one
where question and description are of one language.

Translated words count in the same way where the description is in the other language, with all
translations of one word taken together.

Descriptions in the language of the question are nearer to it than those in the other one, right or
wrong. So the latter gain half of the difference between the nearest of both (cross-domain
similarity local scaling, with its neighbourhood of ten: Conneau et al., "Word translation without
parallel data", ICLR 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from doumen.kits.search.document import EXACT, UNIT
from doumen.kits.search.lexicon import Term
from doumen.kits.search.segment import Segment
from doumen.kits.search.words import fold, words

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts.

    Attributes:
        words: Of the share of words, at most.
        same, other: Share below which words say nothing, where the description is of the
            language of the question, and where it is not.
        neighbours: Of either language, the nearest that tell how near is near.
        named, column, begins, within: Of the whole name, of the whole name of a column, of a part
            of the name that begins so, and of a name that holds it.
        translated: Of the share of translated words, at most.
        meant: Share below which they say nothing.
        enough: Share from which a document is found by them alone.
        least: Meaning from which a document is found by it alone.
        nearest: Documents that are found by meaning alone, at most.
    """

    words: float = 0.8
    same: float = 0.3
    other: float = 0.15
    translated: float = 0.3
    meant: float = 0.05
    enough: float = 0.5
    neighbours: int = 10
    named: float = 1.0
    column: float = 0.8
    begins: float = 0.6
    within: float = 0.5
    least: float = 0.45
    nearest: int = 100


@dataclass(frozen=True, slots=True)
class Names:
    """The names of documents, to be searched as one text.

    Attributes:
        joined: Folded names of all rows, each followed by a line feed.
        starts: Where the name of each row begins in it.
    """

    joined: str
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, names: Sequence[str]) -> Names:
        """These names, row by row."""
        folded = [f"{fold(name)}\n" for name in names]
        lengths = np.fromiter(map(len, folded), np.int64, len(folded))
        return cls("".join(folded), np.cumsum(lengths) - lengths)


@dataclass(frozen=True, slots=True)
class Found:
    """Documents by their rows, and what each was found by; none of it is in an order.

    Attributes:
        words: Share of the question that each document holds, 0 to 1.
        names: What its name, or that of a column, counts.
    """

    words: Scores
    names: Scores


def rank(
    question: str,
    segments: Sequence[Segment],
    alive: NDArray[np.bool_],
    names: Names,
    weights: Weights,
) -> Found:
    """What words and names say of each document.

    Args:
        question: As asked.
        segments: Words of the documents.
        alive: Rows that are documents now.
        names: Of all rows.
        weights: How much each part counts.
    """
    asked = [Term(one, (one,)) for one in dict.fromkeys(word.text for word in words(question))]
    share = shared(asked, segments, alive)
    return Found(share, _names(question, segments, alive, names, weights))


def shared(terms: Sequence[Term], segments: Sequence[Segment], alive: NDArray[np.bool_]) -> Scores:
    """Share of these terms that each document holds, 0 to 1; each is held as one translation is.

    How rare a term is, is counted over all documents that hold any of its translations.
    """
    total = int(np.count_nonzero(alive))
    share = np.zeros(alive.size, np.float32)
    whole = 0.0
    for term in terms:
        held = np.zeros(alive.size, np.float32)
        for called in term.translations:
            spoken = [word.text for word in words(called)]
            for segment in segments if spoken else ():
                rows, counts = segment.holding_all(spoken)
                held[rows] = np.maximum(held[rows], counts / np.float32(UNIT))
        held[~alive] = 0
        having = int(np.count_nonzero(held))
        rarity = np.float32(np.log1p((total - having + 0.5) / (having + 0.5)))
        whole += float(rarity)
        share += rarity * held / (held + 1)
    return share / np.float32(whole) if whole else share


def of_words(share: Scores, same: NDArray[np.bool_], weights: Weights) -> Scores:
    """What a share of words counts; `same`: the description is of the question's language."""
    least = np.where(same, np.float32(weights.same), np.float32(weights.other))
    counted: Scores = np.float32(weights.words) * np.maximum(share - least, 0) / (1 - least)
    return counted


def of_translations(share: Scores, same: NDArray[np.bool_], weights: Weights) -> Scores:
    """What a share of translated words counts: where the description is in the other language."""
    least = np.float32(weights.meant)
    counted = np.float32(weights.translated) * np.maximum(share - least, 0) / (1 - least)
    return np.where(same, np.float32(0), counted)


def level(scores: Scores, same: NDArray[np.bool_], weights: Weights) -> np.float32:
    """What descriptions in the other language gain, of what words and meaning say of each."""
    near, far = (scores[of] for of in (same, ~same))
    if not near.size or not far.size:
        return np.float32(0)
    top = (np.sort(of)[-weights.neighbours :].mean() for of in (near, far))
    return np.float32((next(top) - next(top)) / 2)


def _names(
    question: str,
    segments: Sequence[Segment],
    alive: NDArray[np.bool_],
    names: Names,
    weights: Weights,
) -> Scores:
    """What names count: a whole one, one of a column, a part that begins so, one that holds it."""
    scores = np.zeros(alive.size, np.float32)
    asked = fold(question).strip()
    if not asked or "\n" in asked:
        return scores
    for segment in segments:
        scores[segment.holding(EXACT + asked)[0]] = weights.column
    name = "_".join(asked.split())
    short = len(name) < (4 if name.isascii() else 2)
    at = names.joined.find(name)
    while at >= 0:
        row = int(np.searchsorted(names.starts, at, "right")) - 1
        value = _worth(names.joined, at, name, int(names.starts[row]), weights)
        if value > scores[row] and not (short and value == weights.within):
            scores[row] = value
        at = names.joined.find(name, at + 1)
    scores[~alive] = 0
    return scores


def _worth(joined: str, at: int, name: str, start: int, weights: Weights) -> float:
    """What it counts that a name is found at a place of the names."""
    before = joined[at - 1] if at > start else "\n"
    after = joined[at + len(name)]
    if after == "\n" and before in "\n.":
        return weights.named
    if before in "\n._" and len(name) >= (3 if name.isascii() else 2):
        return weights.begins
    return weights.within
