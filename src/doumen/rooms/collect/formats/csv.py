"""Text with delimiters (CSV, TSV and their kin): encoding, dialect and header by content."""

from __future__ import annotations

from doumen.model.errors import Faulty, Invalid
from doumen.model.load import Reading
from doumen.model.message import Message, msg, plain
from doumen.rooms.collect import dialect as dialects
from doumen.rooms.collect import encoding as encodings
from doumen.rooms.collect.formats.interface import Sniffed, Wishes
from doumen.rooms.collect.header import Header, header
from doumen.rooms.collect.sample import Sample

WIDEST = 10_000
"""Columns beyond which a text is no table."""

_SHOWN = {"\t": "tab", " ": "blank", "\x01": "\\x01", "\x1f": "\\x1f"}
_TOLD = {"tab": "\t", "\\t": "\t", "\\x01": "\x01", "\\x1f": "\x1f", "comma": ",", "pipe": "|"}
_BINARY = {c for c in map(chr, range(32)) if c not in "\t\n\r\f\v\x1a\x01\x1f\x1c\x1d\x1e"}


class Csv:
    """Text with one record to a line and a delimiter between fields."""

    name = "csv"
    endings = (".csv", ".tsv", ".tab", ".txt", ".psv")

    def recognises(self, sample: Sample) -> bool:
        """Whether nothing speaks against text: it is the format of last resort."""
        return bool(sample.head)

    def sniff(self, sample: Sample, wishes: Wishes) -> Sniffed:
        """Encoding, dialect and header, each with what it was chosen by.

        Raises:
            Invalid: an option makes no sense, or the encoding cannot be told.
            Faulty: the content is no text, or has no records.
        """
        delimiter = _delimiter(wishes.delimiter)
        chosen = _encoding(sample, wishes.encoding)
        text = encodings.decode(sample, chosen.name)
        _textual(sample, text)
        how = dialects.dialect(text, delimiter)
        found = dialects.records(text, how, cut=not sample.whole)
        begins = header(found, wishes.header, wishes.expected)
        _sound(sample, begins)
        reading = Reading(
            format="csv",
            encoding=chosen.name,
            delimiter=how.delimiter,
            quote=how.quote,
            escape=how.escape,
            header=begins.present,
            skip=begins.skip,
            columns=begins.names,
        )
        plain = sample.ascii and chosen.name == "utf-8"
        return Sniffed(reading, _why(chosen, how, begins), ascii=plain)


def _delimiter(told: str | None) -> str | None:
    if told is None:
        return None
    one = _TOLD.get(told.lower(), told)
    if len(one) != 1 or one in "\"'\\\r\n\0" or one.isalnum():
        raise Invalid(
            msg("`{told}` cannot be a delimiter.", told=told),
            why=msg(
                "A delimiter is one character, no letter, digit, quote, backslash or line end."
            ),
            next=msg("Give it as it is, or as `tab`."),
            detail="delimiter",
        )
    return one


def _encoding(sample: Sample, told: str | None) -> encodings.Encoding:
    """The encoding; a binary file is said to be one before anybody is asked for its encoding."""
    try:
        return encodings.choose(sample, told)
    except Invalid:
        if told is None:
            _textual(sample, sample.head.decode("latin-1"))
        raise


def _textual(sample: Sample, text: str) -> None:
    """Control characters beyond one in a hundred: this is no text."""
    control = sum(text.count(c) for c in _BINARY)
    if control * 100 > len(text):
        raise Faulty(
            msg("`{sample}` is no text and of no kind that can be collected.", sample=sample.name),
            why=msg("It is full of control characters, as binary files are."),
            next=msg("Export it as CSV or Parquet; if it is text, name its `--encoding`."),
            detail="binary",
        )


def _sound(sample: Sample, begins: Header) -> None:
    if not begins.names:
        raise Faulty(
            msg("`{sample}` has no records.", sample=sample.name),
            why=msg("It holds blank lines only."),
            next=msg("Check that this is the right file."),
            detail="empty",
        )
    if len(begins.names) > WIDEST:
        raise Faulty(
            msg(
                "`{sample}` has {count:,} columns; {widest:,} are allowed.",
                sample=sample.name,
                count=len(begins.names),
                widest=WIDEST,
            ),
            next=msg("Check the delimiter: `--delimiter`."),
            detail="columns",
        )


def _why(chosen: encodings.Encoding, how: dialects.Dialect, begins: Header) -> tuple[Message, ...]:
    shown = _SHOWN.get(how.delimiter, plain(f"`{how.delimiter}`"))
    quote = msg("no quotes")
    if how.quote and how.escape == "\\":
        quote = msg("quote `{quote}` escaped by a backslash", quote=how.quote)
    elif how.quote:
        quote = msg("quote `{quote}`", quote=how.quote)
    line = begins.skip + 1
    damaged = (msg("some bytes do not decode: such rows go to quarantine"),) * chosen.damaged
    return (
        msg("{encoding}, {why}", encoding=chosen.name.upper(), why=chosen.why),
        msg("delimiter {delimiter}, {quote}", delimiter=shown, quote=quote),
        msg("header in line {line}: {why}", line=line, why=begins.why)
        if begins.present
        else msg("no header, data from line {line}: {why}", line=line, why=begins.why),
        *damaged,
    )
