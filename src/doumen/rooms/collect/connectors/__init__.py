"""The shelf of connectors: the first that recognises a file reads it; text comes last."""

from doumen.rooms.collect.connectors.csv import Csv
from doumen.rooms.collect.connectors.interface import Connector, Sniffed, Wishes
from doumen.rooms.collect.connectors.json import Json
from doumen.rooms.collect.connectors.parquet import Parquet
from doumen.rooms.collect.connectors.workbook import Workbook

SHELF: tuple[Connector, ...] = (Parquet(), Workbook(), Json(), Csv())

__all__ = ["SHELF", "Connector", "Csv", "Json", "Parquet", "Sniffed", "Wishes", "Workbook"]
