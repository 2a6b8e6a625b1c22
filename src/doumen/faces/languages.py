"""The languages that faces speak: which one somebody wants, and the catalogue of each.

English is what messages are written in and needs no catalogue. Others are compiled gettext
catalogues beside this package, read by the standard library when they are first wanted.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from doumen.model.errors import Invalid
from doumen.model.message import Catalogue, as_written, enumerated, msg

ENGLISH, CHINESE = "en", "zh"
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", CHINESE: "中文"}
"""Code of each language to its own name."""
VARIABLE = "DOUMEN_LANG"
_SYSTEM = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where a system says its language, the first that is set counting (POSIX)."""
_FILES: Mapping[str, str] = {CHINESE: "zh_CN"}
_LOCALE = Path(__file__).parents[1] / "locale"


@cache
def catalogue(language: str) -> Catalogue:
    """What gives the templates of a language for those in English."""
    folder = _FILES.get(language)
    if folder is None:
        return as_written
    with (_LOCALE / folder / "LC_MESSAGES" / "doumen.mo").open("rb") as file:
        found = gettext.GNUTranslations(file).gettext
    return lambda text: found(text) if text else text


def understood(name: str) -> str | None:
    """The language that a name such as `zh`, `zh-Hans` or `zh_CN.UTF-8` means; None: none here."""
    for mark in "_-.@":
        name = name.partition(mark)[0]
    return name.lower() if name.lower() in LANGUAGES else None


def named(name: str, place: str) -> str:
    """The language that somebody names.

    Raises:
        Invalid: there is none of this name; those that there are are told.
    """
    language = understood(name)
    if language is None:
        raise Invalid(
            msg("There is no language `{name}`.", name=name),
            why=msg("{place} says so.", place=f"`{place}`"),
            next=msg("There are {languages}.", languages=enumerated(LANGUAGES)),
            detail="language",
        )
    return language


def wanted(environment: Mapping[str, str]) -> str:
    """The language of an environment: what DOUMEN_LANG says, else the system's, else English.

    Raises:
        Invalid: DOUMEN_LANG names a language that there is not.
    """
    own = environment.get(VARIABLE)
    if own:
        return named(own, VARIABLE)
    system = next((environment[name] for name in _SYSTEM if environment.get(name)), "")
    return understood(system) or ENGLISH


def negotiated(header: str) -> str:
    """The language of those here that an `Accept-Language` weighs most (RFC 9110, 12.5.4)."""
    best, weight = ENGLISH, 0.0
    for part in header.split(","):
        tag, _, parameter = part.partition(";")
        language = ENGLISH if tag.strip() == "*" else understood(tag.strip())
        quality = _quality(parameter)
        if language is not None and quality > weight:
            best, weight = language, quality
    return best


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
