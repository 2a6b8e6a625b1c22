"""Which encoding the bytes of a text file are in, and why: stated, never guessed in silence.

Pure. A byte order mark decides; then the pattern of zero bytes (UTF-16); then valid UTF-8;
then GB18030 where the bytes look like Chinese; where the evidence is thin the file is
refused with the encodings that it may be in, and the user says which.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from doumen.model.errors import Invalid
from doumen.model.message import Message, either, joined, msg
from doumen.rooms.collect.sample import Sample

TOLD = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-32-le",
    "utf-32-be",
    "gb18030",
    "gbk",
    "gb2312",
    "big5",
    "big5hkscs",
    "cp950",
    "shift_jis",
    "cp932",
    "euc_jp",
    "iso2022_jp",
    "euc_kr",
    "cp949",
    "johab",
    "latin-1",
    "ascii",
    "koi8-r",
    "koi8-u",
    "mac-roman",
    "cp437",
    "cp850",
    "cp852",
    "cp866",
    "cp874",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "iso8859-2",
    "iso8859-3",
    "iso8859-4",
    "iso8859-5",
    "iso8859-6",
    "iso8859-7",
    "iso8859-8",
    "iso8859-9",
    "iso8859-10",
    "iso8859-11",
    "iso8859-13",
    "iso8859-14",
    "iso8859-15",
    "iso8859-16",
    "tis-620",
)
"""Encodings that a user may name; aliases of these are taken too."""

_WIDER = {"ascii": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "iso8859-1": "latin-1"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_GB = re.compile(
    rb"[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x80-\xff]"
)
_GUESSED = ("big5", "shift_jis", "euc_jp", "euc_kr", "cp1251", "cp1252", "cp1250", "gb18030")


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of a file.

    Attributes:
        name: Python codec name, as `Reading.encoding` holds it.
        why: What it was chosen by, as the end of a sentence.
        damaged: Some bytes of the sample do not decode; their rows go to quarantine.
    """

    name: str
    why: Message
    damaged: bool = False


def choose(sample: Sample, told: str | None = None) -> Encoding:
    """The encoding of a file.

    Args:
        sample: The look at the file.
        told: What the user says; believed, if it is an encoding at all.

    Raises:
        Invalid: `told` names no encoding, or the evidence does not suffice to choose one.
    """
    if told is not None:
        return _as_told(sample, told)
    for mark, name, title in _MARKS:
        if sample.head.startswith(mark):
            return Encoding(name, msg("by its {title} byte order mark", title=title))
    wide = _zero_pattern(sample.head)
    if wide is not None:
        return Encoding(wide, msg("by the pattern of its zero bytes"))
    if sample.utf8:
        why = msg("plain ASCII") if sample.ascii else msg("all of its bytes are valid UTF-8")
        return Encoding("utf-8", why)
    evidence = sample.head + b"\n" + sample.window
    if _nearly_utf8(evidence):
        return Encoding("utf-8", msg("nearly all of its bytes are valid UTF-8"), damaged=True)
    if _looks_chinese(evidence):
        return Encoding(
            "gb18030",
            msg("not UTF-8, and its bytes are those of common Chinese characters"),
            damaged=not _decodes(evidence, "gb18030"),
        )
    raise _undecided(sample.name, evidence)


def decode(sample: Sample, encoding: str) -> str:
    """The text of the head, without its byte order mark and a character cut at its end."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = decoder.decode(sample.head, sample.whole)
    return text.removeprefix("\ufeff")


def _as_told(sample: Sample, told: str) -> Encoding:
    try:
        name = codecs.lookup(told.strip()).name
    except (LookupError, ValueError):
        name = ""
    name = _WIDER.get(name, name)
    if name in {"utf-16", "utf-32"}:
        little = not sample.head.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
        name = f"{name}-{'le' if little else 'be'}"
    if name == "utf-8-sig":
        name = "utf-8"
    if name not in {codecs.lookup(one).name for one in TOLD} | {"latin-1"}:
        raise Invalid(
            msg("`{told}` is not an encoding that can be read.", told=told),
            next=msg(
                "Give one of {told}, gb18030, big5, shift_jis, cp1252, latin-1.",
                told=joined(msg(", "), TOLD[:4]),
            ),
            detail="encoding",
        )
    head = sample.head[:-4] if not sample.whole else sample.head
    return Encoding(name, msg("as told"), damaged=not _decodes(head + sample.window, name))


def _decodes(data: bytes, encoding: str) -> bool:
    """Whether the bytes decode, but for a character cut at the end."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(data, False)
    except UnicodeDecodeError:
        return False
    return True


def _zero_pattern(head: bytes) -> str | None:
    """UTF-16 without a mark: digits, delimiters and line ends have a zero as their other byte."""
    pairs = len(head) // 2
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    for name, many, few in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if many * 50 >= pairs > 0 and many > 10 * few and _reads(head[: 2 * pairs], name):
            return name
    return None


def _reads(data: bytes, encoding: str) -> bool:
    """Whether the bytes decode to lines of assigned characters, as those of a binary do not."""
    if not _decodes(data, encoding):
        return False
    text = codecs.getincrementaldecoder(encoding)().decode(data[:4096], False)
    odd = sum(unicodedata.category(c) in {"Cc", "Cn", "Co"} and c not in "\t\r\n" for c in text)
    return odd * 100 <= len(text) and (text.isascii() or "\n" in text or "\r" in text)


def _nearly_utf8(evidence: bytes) -> bool:
    """Whether at least nine in ten of the characters beyond ASCII are valid UTF-8.

    Text in another encoding is valid UTF-8 by chance only; damage to UTF-8 is rare.
    """
    text = evidence.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = len(text) - bad - sum(map(str.isascii, text))
    return good >= 9 * bad


def _looks_chinese(evidence: bytes) -> bool:
    """Whether the bytes beyond ASCII are common Chinese, coded in GB18030.

    GB 2312-1980 puts the 3,755 most frequent characters into rows 16 to 55 (first byte B0 to
    D7, second A1 to FE) and punctuation into rows 1 to 3; in Chinese text they are far more
    than four fifths, in other encodings' text far fewer. Korean EUC uses B0 to C8 alone.
    """
    total = common = broken = later = 0
    for match in _GB.finditer(evidence):
        total += 1
        first, second = match[0][0], match[0][1] if len(match[0]) == 2 else 0
        if len(match[0]) == 1:
            broken += 1
        elif second >= 0xA1 and (0xB0 <= first <= 0xD7 or 0xA1 <= first <= 0xA3):
            common += 1
            later += 0xC9 <= first <= 0xD7
    if common * 5 < total * 4 or broken * 20 > total:
        return False
    return total < 24 or later * 12 >= total


def _undecided(name: str, evidence: bytes) -> Invalid:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import, rarely needed

    lines = [line for line in evidence.splitlines() if not line.isascii()]
    text = b"\n".join(lines)[: 1 << 14]
    found = [match.encoding for match in from_bytes(text, cp_isolation=list(_GUESSED))]
    guesses = [codecs.lookup(one).name for one in found[:3]] or ["gb18030", "cp1252"]
    return Invalid(
        msg("The encoding of `{name}` cannot be told.", name=name),
        why=msg(
            "It is not UTF-8, UTF-16 or plainly GB18030. It may be {guesses}.",
            guesses=either(guesses),
        ),
        next=msg("Say which: `--encoding {guesses}`.", guesses=guesses[0]),
        detail="encoding",
    )
