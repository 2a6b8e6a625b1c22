"""Charts proposed from a result, each an ECharts option with its reason, caption and summary.

`propose` chooses by the roles that `result` reads from types; `lines`, `bars`, `points`, `spread`
and `cells` make the charts, of the `figures` and the common parts of `option`. All of it is pure.
"""

from doumen.rooms.analyse.chart.bars import Choice
from doumen.rooms.analyse.chart.option import Chart
from doumen.rooms.analyse.chart.propose import ROWS, Proposed, propose

__all__ = ["ROWS", "Chart", "Choice", "Proposed", "propose"]
