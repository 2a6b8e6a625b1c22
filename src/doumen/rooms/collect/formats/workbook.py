"""Workbooks (Excel, OpenDocument): known by their magic bytes, opened in the sandbox only."""

from __future__ import annotations

from doumen.model.errors import Invalid
from doumen.model.load import Reading
from doumen.model.message import msg
from doumen.rooms.collect.formats.interface import Sniffed, Wishes
from doumen.rooms.collect.sample import Sample

MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""First bytes of a ZIP archive and of an OLE 2 container."""


class Workbook:
    """Excel of any age since 1997, and OpenDocument."""

    name = "xlsx"
    endings = (".xlsx", ".xlsm", ".xls", ".ods")

    def recognises(self, sample: Sample) -> bool:
        """Whether the file begins as containers of workbooks do."""
        return sample.head.startswith(MAGIC)

    def sniff(self, sample: Sample, wishes: Wishes) -> Sniffed:
        """A reading that asks for a look: sheets and columns are told by an examination.

        Raises:
            Invalid: an option that only text files have was given.
        """
        if wishes.encoding or wishes.delimiter:
            raise Invalid(
                msg(
                    "`{sample}` is a workbook: it has no encoding and no delimiter.",
                    sample=sample.name,
                ),
                next=msg("Leave out `--encoding` and `--delimiter`."),
                detail="option",
            )
        return Sniffed(Reading("xlsx", layout="look"), (msg("a workbook, by its magic bytes"),))
