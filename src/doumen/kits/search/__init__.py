"""What a text is found by: its words, folded, and which of many documents hold those of a question.

`words` cuts texts, `document` says what of a document is searched and how much each field counts,
`segment` keeps which documents hold a word, `lexicon` says what words are called in the other
language, `rank` puts words, names and meaning into one score.
Nothing here knows who asks: whoever builds an index gives it what the asker may see, and no more.
"""

from doumen.kits.search.document import Document, Part
from doumen.kits.search.lexicon import Lexicon, Term
from doumen.kits.search.rank import Found, Names, Weights, rank
from doumen.kits.search.segment import Segment
from doumen.kits.search.words import Word, chinese, fold, words

__all__ = [
    "Document",
    "Found",
    "Lexicon",
    "Names",
    "Part",
    "Segment",
    "Term",
    "Weights",
    "Word",
    "chinese",
    "fold",
    "rank",
    "words",
]
