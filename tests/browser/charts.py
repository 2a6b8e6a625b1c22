"""Options of ECharts, one of each kind that the shipped part draws, about an invented city."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DISTRICTS = ("东湖", "城北", "新港", "柳塘", "石桥")
_ENERGY = (420, 380, 510, 260, 310)


def _square(name: str, x: int, y: int) -> dict[str, Any]:
    ring = [[x, y], [x + 10, y], [x + 10, y + 8], [x, y + 8], [x, y]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"name": name}, "geometry": shape}


_PLACES = ((0, 0), (10, 0), (20, 0), (0, 8), (10, 8))
CITY: Mapping[str, Any] = {
    "type": "FeatureCollection",
    "features": [_square(name, *at) for name, at in zip(_DISTRICTS, _PLACES, strict=True)],
}
NAMES: Mapping[str, Any] = {
    "traffic.charging": ["pile_id", "district", "plate_no", "started_at", "kwh", "fee_cny"],
    "traffic.parking": ["lot", "spaces"],
}
_AXES: dict[str, Any] = {
    "tooltip": {"trigger": "axis"},
    "grid": {"left": 8, "right": 16, "top": 16, "bottom": 8, "containLabel": True},
    "yAxis": {"type": "value"},
}
_DAYS = [f"11-{day:02}" for day in range(1, 31)]
_USE = [12 + (day * 7) % 60 + day for day in range(30)]
_FLOWS = (("充电运营商", "充电记录", 40), ("停车场库", "充电记录", 20), ("充电记录", "日报", 60))

CHARTS: Mapping[str, Any] = {
    "line": _AXES
    | {
        "xAxis": {"type": "category", "data": _DAYS},
        "dataZoom": [{"type": "inside"}],
        "series": [
            {
                "name": "查询",
                "type": "line",
                "smooth": True,
                "showSymbol": False,
                "areaStyle": {"opacity": 0.15},
                "data": _USE,
            }
        ],
    },
    "bar": _AXES
    | {
        "xAxis": {"type": "category", "data": list(_DISTRICTS)},
        "series": [
            {
                "type": "bar",
                "data": [
                    {"value": value, "href": f"/?district={n}"} for n, value in enumerate(_ENERGY)
                ],
            }
        ],
    },
    "pie": {
        "tooltip": {},
        "series": [
            {
                "type": "pie",
                "radius": ["45%", "70%"],
                "data": [
                    {"name": name, "value": value}
                    for name, value in zip(_DISTRICTS, _ENERGY, strict=True)
                ],
            }
        ],
    },
    "scatter": _AXES
    | {
        "xAxis": {"type": "value"},
        "series": [{"type": "scatter", "data": [[n, (n * 17) % 23] for n in range(40)]}],
    },
    "heatmap": {
        "tooltip": {},
        "grid": {"left": 8, "right": 16, "top": 8, "bottom": 56, "containLabel": True},
        "xAxis": {"type": "category", "data": [str(hour) for hour in range(12)]},
        "yAxis": {"type": "category", "data": list(_DISTRICTS)},
        "visualMap": {"min": 0, "max": 20, "orient": "horizontal", "left": "center", "bottom": 0},
        "series": [
            {
                "type": "heatmap",
                "data": [[x, y, (x * 5 + y * 3) % 20] for x in range(12) for y in range(5)],
            }
        ],
    },
    "boxplot": _AXES
    | {
        "xAxis": {"type": "category", "data": list(_DISTRICTS)},
        "series": [
            {"type": "boxplot", "data": [[n, n + 4, n + 7, n + 11, n + 19] for n in range(5)]}
        ],
    },
    "graph": {
        "tooltip": {},
        "series": [
            {
                "type": "graph",
                "layout": "circular",
                "symbolSize": 26,
                "label": {"show": True, "position": "bottom"},
                "data": [{"name": name} for name in ("合约", "字段", "数据集", "规则", "收据")],
                "links": [{"source": n, "target": (n + 2) % 5} for n in range(5)],
            }
        ],
    },
    "sankey": {
        "tooltip": {},
        "series": [
            {
                "type": "sankey",
                "data": [{"name": n} for n in ("充电运营商", "停车场库", "充电记录", "日报")],
                "links": [{"source": s, "target": t, "value": v} for s, t, v in _FLOWS],
            }
        ],
    },
    "radar": {
        "radar": {
            "indicator": [
                {"name": n, "max": 100} for n in ("完整", "唯一", "及时", "一致", "准确", "规范")
            ]
        },
        "series": [
            {
                "type": "radar",
                "areaStyle": {"opacity": 0.2},
                "data": [{"value": [97, 99, 78, 93, 90, 95]}],
            }
        ],
    },
    "map": {
        "tooltip": {},
        "visualMap": {"min": 200, "max": 600, "right": 0, "bottom": 0},
        "series": [
            {
                "type": "map",
                "map": "city",
                "label": {"show": True},
                "data": [
                    {"name": name, "value": value}
                    for name, value in zip(_DISTRICTS, _ENERGY, strict=True)
                ],
            }
        ],
    },
}
