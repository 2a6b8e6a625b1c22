"""Reads a catalogue in DCAT, page by page, and brings the files that its distributions name.

Nothing but the catalogue and those files is fetched: a context of JSON-LD that lies elsewhere is
replaced by the names that DCAT-AP and Project Open Data have in theirs.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF, RDFS
from rdflib.term import Node

from doumen.model.errors import DoumenError, Invalid
from doumen.model.message import msg
from doumen.model.plan import Progress
from doumen.rooms.collect.connectors import names
from doumen.rooms.collect.connectors.http_api_paging import at_home
from doumen.rooms.collect.connectors.interface import Item
from doumen.rooms.collect.connectors.web_files import Held, apart, bring, name_of, part_of
from doumen.rooms.collect.web import faults
from doumen.rooms.collect.web.address import Address
from doumen.rooms.collect.web.client import Answer, Call, Client

DOCUMENT = 128 << 20
"""Bytes of a page of a catalogue."""
PAGES = 10_000
_ACCEPT = (
    "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, application/json;q=0.5"
)
_HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
_SPDX = Namespace("http://spdx.org/rdf/terms#")
_FORMATS = {
    "text/turtle": "turtle", "application/x-turtle": "turtle", "application/rdf+xml": "xml",
    "application/ld+json": "json-ld", "application/json": "json-ld",
    "application/n-triples": "nt",
}  # fmt: skip
_ENDINGS = {".ttl": "turtle", ".rdf": "xml", ".xml": "xml", ".jsonld": "json-ld",
            ".json": "json-ld", ".nt": "nt"}  # fmt: skip
_CONTEXT = {
    "@vocab": str(DCAT), "dcat": str(DCAT), "dct": str(DCTERMS), "dcterms": str(DCTERMS),
    "spdx": str(_SPDX), "hydra": str(_HYDRA), "id": "@id", "type": "@type",
    **{name: f"dct:{name}" for name in ("title", "description", "identifier", "format")},
    "downloadURL": {"@id": "dcat:downloadURL", "@type": "@id"},
    "accessURL": {"@id": "dcat:accessURL", "@type": "@id"},
    "checksum": "spdx:checksum", "checksumValue": "spdx:checksumValue",
    "next": {"@id": "hydra:next", "@type": "@id"},
}  # fmt: skip
"""What names of JSON-LD mean where the document says it by an address."""

logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # it would write values to stderr


class DcatFiles:
    """Implements `Files`.

    Args:
        asker: Whose home is the catalogue.
        language: In which titles are taken.
    """

    def __init__(self, asker: Client, language: str) -> None:
        self._asker = asker
        self._language = language
        self._held: dict[str, Held] | None = None

    def items(self, pattern: str) -> Iterator[Item]:
        """As `Files.items`."""
        wanted = names.pattern(pattern)
        if self._held is None:
            found = apart(held for graph in self._graphs() for held in self._files(graph))
            self._held = {one.item.name: one for one in found}
        yield from (one.item for one in self._held.values() if wanted.matches(one.item.name))

    def bring(self, item: Item, path: Path, progress: Progress) -> None:
        """As `Files.bring`."""
        assert self._held is not None  # an item comes from `items`
        bring(self._asker, self._held[item.name], path, progress)

    def _graphs(self) -> Iterator[Graph]:
        """The pages of the catalogue.

        Raises:
            Faulty: a page comes again, there are too many, or it is no catalogue.
        """
        address: Address | None = self._asker.home
        seen: set[str] = set()
        while address is not None:
            if address.whole in seen or len(seen) >= PAGES:
                raise faults.not_given(
                    address, msg("A page of it comes again, so that it has no end.")
                )
            seen.add(address.whole)
            call = Call(address, headers={"Accept": _ACCEPT}, most=DOCUMENT)
            with self._asker.ask(call) as answer:
                graph = _graph(answer)
                yield graph
                address = self._next(graph, answer.address)

    def _next(self, graph: Graph, here: Address) -> Address | None:
        """The next page; a link to this very one is none."""
        for way in (_HYDRA.next, _HYDRA.nextPage):
            for target in graph.objects(None, way):
                found = at_home(here, str(target), self._asker.home)
                if found.whole != here.whole:
                    return found
        return None

    def _files(self, graph: Graph) -> Iterator[Held]:
        """The distributions that have a file."""
        datasets = {*graph.subjects(RDF.type, DCAT.Dataset), *graph.objects(None, DCAT.dataset)}
        for dataset in sorted(datasets, key=str):
            folder = part_of(self._title(graph, dataset))
            for one in sorted(set(graph.objects(dataset, DCAT.distribution)), key=str):
                for target in sorted(set(graph.objects(one, DCAT.downloadURL)), key=str):
                    held = self._file(graph, folder, one, str(target))
                    if held is not None:
                        yield held

    def _file(self, graph: Graph, folder: str, one: Node, target: str) -> Held | None:
        try:
            address = self._asker.home.joined(target)
        except Invalid:
            return None
        told = [*graph.objects(one, DCAT.mediaType), *graph.objects(one, DCTERMS["format"])]
        formats = [form for each in told for form in _formats(graph, each)]
        title = self._title(graph, one) if (one, DCTERMS.title, None) in graph else ""
        sums = [
            str(value)
            for checksum in graph.objects(one, _SPDX.checksum)
            for value in graph.objects(checksum, _SPDX.checksumValue)
        ]
        tag = "|".join(sorted(sums)) or None
        key = str(one) if isinstance(one, URIRef) else address.whole
        return Held(Item(f"{folder}/{name_of(title, key, formats, address)}", None, tag),
                    address, key)  # fmt: skip

    def _title(self, graph: Graph, node: Node) -> str:
        """What people call it: in the language that is asked for, in any, or its identifier."""
        told = [*graph.objects(node, DCTERMS.title), *graph.objects(node, RDFS.label)]
        found = [one for one in told if isinstance(one, Literal)]
        ranked = sorted(found, key=lambda one: (_rank(one.language, self._language), str(one)))
        if ranked:
            return str(ranked[0])
        others = [str(one) for one in graph.objects(node, DCTERMS.identifier)]
        return (sorted(others) or [str(node).rstrip("/#").rpartition("/")[2]])[0]


def _rank(language: str | None, wanted: str) -> int:
    if language is None:
        return 1
    return 0 if language.lower().partition("-")[0] == wanted.partition("-")[0] else 2


def _formats(graph: Graph, node: Node) -> Iterator[str]:
    """What a format is called: as text, by its label, or by the last parts of its address."""
    if isinstance(node, URIRef):
        parts = str(node).rstrip("/").split("/")
        yield from ("/".join(parts[-2:]), parts[-1])
    else:
        yield str(node)
    yield from (str(one) for one in graph.objects(node, RDFS.label))


def _graph(answer: Answer) -> Graph:
    """A page of a catalogue, read.

    Raises:
        Faulty: it is none.
    """
    content = answer.body.read()
    kind = answer.headers.get_content_type()
    ending = next((e for e in _ENDINGS if answer.address.name.lower().endswith(e)), "")
    format = _FORMATS.get(kind) or _ENDINGS.get(ending) or _looks(content)
    data: bytes | str = content
    graph = Graph()
    try:
        if format == "json-ld":
            data = json.dumps(_ours(json.loads(content.decode("utf-8-sig"))))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of rdflib against itself
            graph.parse(data=data, format=format, publicID=answer.address.whole)
    except Exception as error:  # a parser of rdflib raises what it likes
        raise _no_catalogue(answer.address, format) from error
    return graph


def _looks(content: bytes) -> str:
    start = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in {b"{", b"["}:
        return "json-ld"
    return "xml" if start.lower().startswith((b"<?xml", b"<rdf:")) else "turtle"


def _ours(value: Any) -> Any:
    """A document of JSON-LD that names no context elsewhere."""
    if isinstance(value, list):
        return [_ours(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {name: _ours(one) for name, one in value.items() if name not in {"@context", "@import"}}
    if "@context" in value:
        told = value["@context"]
        each = told if isinstance(told, list) else [told]
        made["@context"] = [_CONTEXT if isinstance(one, str) else _ours(one) for one in each]
    elif "@id" not in value and "@graph" not in value and "dataset" in value:
        made["@context"] = _CONTEXT
    return made


def _no_catalogue(address: Address, format: str) -> DoumenError:
    return faults.not_given(address, msg("It cannot be read as {format}.", format=format))
