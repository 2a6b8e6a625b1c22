"""Places of bars and boxes."""

from __future__ import annotations

from doumen.faces.web.page import drawing

LINEAGE = {
    "dataset": "a.now",
    "nodes": [
        {"key": "source:shop", "kind": "source", "step": -1},
        {"key": "a.before", "kind": "dataset", "step": -1},
        {"key": "a.now", "kind": "dataset", "step": 0},
        {"key": "product:a-very-long-name-of-a-product", "kind": "product", "step": 1},
    ],
    "edges": [["source:shop", "a.now"], ["a.before", "a.now"]],
}


def test_the_highest_bar_fills_the_drawing() -> None:
    made = drawing.bars([{"day": "1", "count": 2}, {"day": "2", "count": 4}], 100, 80)
    assert [(bar.y, bar.height) for bar in made] == [(40, 40), (0, 80)]
    assert made[1].x + made[1].width < 100
    assert [bar.height for bar in drawing.bars([{"day": "1", "count": 0}])] == [0]
    assert drawing.bars([]) == []


def test_a_lineage_stands_in_columns_by_its_steps() -> None:
    made = drawing.graph(LINEAGE)
    places = {box.key: (box.x, box.y) for box in made.boxes}
    assert places["source:shop"][0] == places["a.before"][0] == 0
    assert places["a.now"][0] == drawing.BOX + drawing.GAP
    assert places["a.now"][1] == drawing.ROW / 2 + (drawing.ROW - drawing.BAND) / 2
    assert [box.own for box in made.boxes] == [False, False, True, False]
    assert made.boxes[0].label == "shop"
    assert made.boxes[3].label == "a-very-long-name-of-a-p…"
    assert made.width == 3 * drawing.BOX + 2 * drawing.GAP
    assert made.height == 2 * drawing.ROW
    assert made.lines[0].startswith(f"M{drawing.BOX} ")
    assert len(made.lines) == 2
