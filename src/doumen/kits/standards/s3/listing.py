"""ListObjectsV2 over names that are there: which of them, and the document that says so. Pure.

Source: Amazon S3 API Reference, "ListObjectsV2". What follows a page is told by the last name of
it: nothing is kept between two requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from doumen.kits.standards.s3.documents import NAMESPACE, document, element
from doumen.model.errors import Invalid
from doumen.model.handed import Item
from doumen.model.message import msg

PAGE = 1000
"""Names in one answer, at most."""
TAKEN = frozenset({
    "list-type", "prefix", "delimiter", "continuation-token", "start-after", "max-keys",
    "encoding-type", "fetch-owner",
})  # fmt: skip
"""Parameters that are understood; owners are not told."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Which names are asked for.

    Attributes:
        prefix: With which they begin.
        delimiter: Up to which they are told together; empty: each by itself.
        after: The name that they follow.
        most: How many, at most.
        encoded: Whether names are written as in an address.
    """

    prefix: str = ""
    delimiter: str = ""
    after: str = ""
    most: int = PAGE
    encoded: bool = False

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> Listing:
        """Read the parameters of a request.

        Raises:
            Invalid: it asks for something else, or in a form that is not taken.
        """
        if query.get("list-type") != "2" or not query.keys() <= TAKEN:
            raise unsupported()
        most = query.get("max-keys", str(PAGE))
        encoding = query.get("encoding-type", "")
        if not (most.isascii() and most.isdigit() and len(most) < 10) or encoding not in {
            "",
            "url",
        }:
            raise unsupported()
        return cls(
            prefix=query.get("prefix", ""),
            delimiter=query.get("delimiter", ""),
            after=query.get("continuation-token") or query.get("start-after", ""),
            most=min(int(most), PAGE),
            encoded=encoding == "url",
        )


def listing_document(bucket: str, asked: Listing, items: Mapping[str, Item], changed: str) -> bytes:
    """The answer to a listing.

    Args:
        bucket: As it is asked for.
        asked: Which names.
        items: All that are there, in order of names.
        changed: When all of them last changed (RFC 3339).
    """
    found = list(_found(asked, items))
    shown, more = found[: asked.most], len(found) > asked.most and asked.most > 0

    def name(text: str) -> str:
        return quote(text, safe="/-_.~") if asked.encoded else text

    parts = [
        element("Name", bucket),
        element("Prefix", name(asked.prefix)),
        element("KeyCount", str(len(shown))),
        element("MaxKeys", str(asked.most)),
        *([element("Delimiter", name(asked.delimiter))] if asked.delimiter else []),
        *([element("EncodingType", "url")] if asked.encoded else []),
        element("IsTruncated", "true" if more else "false"),
        *([element("NextContinuationToken", shown[-1])] if more else []),
    ]
    for one in shown:
        item = items.get(one)
        if item is None:
            parts.append(f"<CommonPrefixes>{element('Prefix', name(one))}</CommonPrefixes>")
        else:
            parts.append(
                "<Contents>"
                + element("Key", name(one))
                + element("LastModified", changed)
                + element("ETag", f'"{item.tag}"')
                + element("Size", str(item.size))
                + element("StorageClass", "STANDARD")
                + "</Contents>"
            )
    return document("ListBucketResult", "".join(parts), NAMESPACE)


def _found(asked: Listing, items: Mapping[str, Item]) -> Iterator[str]:
    """The names, and what several have in common up to the delimiter, each once and in order."""
    last = ""
    for name in items:
        if not name.startswith(asked.prefix):
            continue
        rest = name[len(asked.prefix) :]
        head, cut, _ = rest.partition(asked.delimiter) if asked.delimiter else (rest, "", "")
        told = asked.prefix + head + cut if cut else name
        if told > asked.after and told != last:
            last = told
            yield told


def unsupported() -> Invalid:
    """It is something else than reading and listing."""
    return Invalid(
        msg("This is not done here."),
        why=msg("Objects are read with GET and HEAD, and listed by ListObjectsV2."),
        detail="unsupported",
    )
