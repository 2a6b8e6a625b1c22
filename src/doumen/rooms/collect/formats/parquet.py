"""Parquet files: known by their magic bytes; the footer is read in the sandbox, not here."""

from __future__ import annotations

from doumen.model.errors import Invalid
from doumen.model.load import Reading
from doumen.model.message import msg
from doumen.rooms.collect.formats.interface import Sniffed, Wishes
from doumen.rooms.collect.sample import Sample

MAGIC = b"PAR1"


class Parquet:
    """Apache Parquet."""

    name = "parquet"
    endings = (".parquet", ".pq")

    def recognises(self, sample: Sample) -> bool:
        """Whether the file begins with `PAR1`."""
        return sample.head.startswith(MAGIC)

    def sniff(self, sample: Sample, wishes: Wishes) -> Sniffed:
        """A reading without columns: an examination tells them.

        Raises:
            Invalid: an option that only text files have was given.
        """
        if wishes.encoding or wishes.delimiter or wishes.header is not None:
            raise Invalid(
                msg(
                    "`{sample}` is a Parquet file: it has no encoding, delimiter or header.",
                    sample=sample.name,
                ),
                next=msg("Leave out `--encoding`, `--delimiter` and `--no-header`."),
                detail="option",
            )
        return Sniffed(Reading("parquet"), (msg("Parquet, by its magic bytes"),))
