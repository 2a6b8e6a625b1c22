"""The one door: parse → resolve → decide → rewrite → execute → record.

`session` builds a `Gate` and puts actors before it by a `Counter`; rooms see only the `Desk`.
"""

from doumen.gate.counter import Counter
from doumen.gate.desk import Desk
from doumen.gate.gate import Gate
from doumen.gate.means import Means

__all__ = ["Counter", "Desk", "Gate", "Means"]
