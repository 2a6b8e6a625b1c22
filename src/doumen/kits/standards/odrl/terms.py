"""Names in ODRL documents: the vocabularies, the words of ODRL that are read, and our own IRIs.

A term is spelled with one of six fixed prefixes, whatever prefixes a document declares. Things
of a node (rules, actors, datasets, columns, purposes) have IRIs of the form `urn:doumen:KIND:NAME`,
in which letters and digits of any script, `-`, `_` and `.` stand as they are and everything else
is percent-encoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote_to_bytes

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
"""Address of the context of ODRL 2.2: a name; nothing is ever loaded from there."""
CONTEXTS = frozenset({CONTEXT, "https://www.w3.org/ns/odrl.jsonld"})
PROFILE = "urn:doumen:odrl:1"
"""The profile that a policy of ours follows."""

NAMESPACES: Mapping[str, str] = {
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "doumen": f"{PROFILE}:",
    "dpv": "https://w3id.org/dpv#",
    "cc": "http://creativecommons.org/ns#",
}
DECLARED = frozenset({"odrl", "rdf", "xsd", "cc"})
"""Prefixes that ODRL's own context declares."""

_WORDS = """
Action Agreement Assertion Asset AssetCollection ConflictTerm Constraint Duty LeftOperand
LogicalConstraint Offer Operator Party PartyCollection PartyScope Permission Policy Privacy
Prohibition Request RightOperand Rule Set Ticket absolutePosition absoluteSize
absoluteSpatialPosition absoluteTemporalPosition acceptTracking action aggregate and andSequence
annotate anonymize archive assignee assigneeOf assigner assignerOf attribute attributedParty
attributingParty compensate compensatedParty compensatingParty concurrentUse conflict
consentedParty consentingParty consequence constraint contractedParty contractingParty count
dateTime delayPeriod delete deliveryChannel derive digitize display distribute duty elapsedTime
ensureExclusivity eq event execute extract fileFormat function give grantUse gt gteq hasPart
hasPolicy implies include includedIn index inform informedParty informingParty inheritFrom install
invalid isA isAllOf isAnyOf isNoneOf isPartOf language leftOperand lt lteq media meteredTime
modify move neq nextPolicy obligation obtainConsent operator or output partOf payAmount percentage
perm permission play policyUsage present print product profile prohibit prohibition purpose read
recipient refinement relation relativePosition relativeSize relativeSpatialPosition
relativeTemporalPosition remedy reproduce resolution reviewPolicy rightOperand
rightOperandReference sell source spatial spatialCoordinates status stream systemDevice target
textToSpeech timeInterval trackedParty trackingParty transfer transform translate uninstall unit
unitOfCount use version virtualLocation watermark xone
"""
WORDS = frozenset(_WORDS.split())
"""Words that ODRL's own context gives a meaning."""

ACTORS, DATASETS, COLUMNS = "urn:doumen:actors", "urn:doumen:datasets", "urn:doumen:columns"
"""The collections that refinements choose from."""

DPV: Mapping[str, str] = {
    "research": "dpv:ResearchAndDevelopment",
    "academic-research": "dpv:AcademicResearch",
    "service-provision": "dpv:ServiceProvision",
    "service-optimisation": "dpv:ServiceOptimisation",
    "public-benefit": "dpv:PublicBenefit",
    "legal-compliance": "dpv:LegalCompliance",
    "security": "dpv:EnforceSecurity",
    "fraud-prevention": "dpv:FraudPreventionAndDetection",
    "record-management": "dpv:RecordManagement",
    "marketing": "dpv:Marketing",
}
"""Terms of the Data Privacy Vocabulary for the purposes that every node starts with."""


def iri(kind: str, name: str) -> str:
    """The IRI of a thing of the node."""
    return f"urn:doumen:{kind}:{encoded(name)}"


def encoded(name: str) -> str:
    """A name as a part of an IRI."""
    return "".join(c if c.isalnum() or c in "-_." else quote(c, safe="") for c in name)


def decoded(text: str) -> str | None:
    """The name that was encoded; None where it is not one."""
    try:
        return unquote_to_bytes(text).decode("utf-8") or None
    except UnicodeDecodeError:
        return None


def named(kind: str, iri: str) -> str | None:
    """The name in the IRI of a thing of this kind; None where it is not one."""
    before, stem, name = iri.partition(f"urn:doumen:{kind}:")
    return decoded(name) if stem and not before else None


def compact(iri: str) -> str:
    """An IRI with a fixed prefix, where it belongs to one of the vocabularies."""
    for prefix, namespace in NAMESPACES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def full(term: str) -> str:
    """The whole IRI of a term with a fixed prefix; any other text as it is."""
    prefix, colon, rest = term.partition(":")
    return NAMESPACES[prefix] + rest if colon and prefix in NAMESPACES else term


def purpose_iri(name: str) -> str:
    """The IRI of a purpose: a term of the Data Privacy Vocabulary, or one of the node."""
    return full(DPV[name]) if name in DPV else iri("purpose", name)
