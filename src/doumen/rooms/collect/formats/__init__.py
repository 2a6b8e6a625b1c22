"""The shelf of formats: the first that recognises a file reads it; text comes last."""

from doumen.rooms.collect.formats.csv import Csv
from doumen.rooms.collect.formats.interface import Format, Sniffed, Wishes
from doumen.rooms.collect.formats.json import Json
from doumen.rooms.collect.formats.parquet import Parquet
from doumen.rooms.collect.formats.workbook import Workbook

SHELF: tuple[Format, ...] = (Parquet(), Workbook(), Json(), Csv())

__all__ = ["SHELF", "Csv", "Format", "Json", "Parquet", "Sniffed", "Wishes", "Workbook"]
