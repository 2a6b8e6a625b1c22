"""Pages drawn: one environment of templates a language, and how values look to people.

Everything is escaped unless a template says otherwise; a name that a template speaks of and that
the page does not have is an error, never a blank.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from keyword import iskeyword
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from doumen.faces import languages
from doumen.faces.web.page import drawing, static, words
from doumen.model.message import Catalogue, spoken

PAGES = Path(__file__).parents[1] / "pages"
NONE = "–"
"""Where there is no value."""
_NUMBERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
     "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL"}
)  # fmt: skip
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


@cache
def environment(language: str) -> Environment:
    """The templates as they are drawn in one language."""
    say = languages.catalogue(language)
    made = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.globals |= {
        "_": spoken_by(say),
        "icon": icon,
        "static": static.address,
        "url": url,
        "language": language,
        "languages": languages.LANGUAGES,
    }
    made.filters |= {
        "say": lambda value: spoken(value, say),
        "count": count,
        "size": size,
        "percent": percent,
        "moment": moment,
        "day": day,
        "cell": cell,
        "pretty": pretty,
        "short": short,
        "marked": marked,
        "event": lambda type: spoken(words.event(type), say),
        "label": lambda name: words.label(name, say),
        "subject": lambda name: words.subject(name, say),
        "word": say,
        "through": lambda value: through(value, say),
        "bars": drawing.bars,
        "graph": drawing.graph,
    }
    made.tests["numeric"] = numeric
    return made


def numeric(type: str) -> bool:
    """Whether values of a type of SQL are numbers, which stand on the right."""
    return type.partition("(")[0] in _NUMBERS


def spoken_by(say: Catalogue) -> Callable[..., str]:
    """What templates say, in the language of a catalogue: `_("{n} datasets", n=3)`."""

    def speak(template: str, /, **given: Any) -> str:
        return say(template).format_map({name: spoken(v, say) for name, v in given.items()})

    return speak


def through(value: Any, say: Catalogue) -> Any:
    """A value of JSON with every message within it in the language of a catalogue."""
    if isinstance(value, Mapping):
        return {name: through(one, say) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [through(one, say) for one in value]
    return spoken(value, say)


def icon(name: str, kind: str = "icon") -> Markup:
    """An icon of the set that is shipped, for eyes only: what it means is said beside it."""
    return Markup(  # noqa: S704 - of our own files; the class is written in templates
        f'<svg class="{kind}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        f"{static.icons()[name]}</svg>"
    )


def url(path: str, /, **query: Any) -> str:
    """An address on this service.

    Args:
        path: Of the page.
        query: What stands after `?`; a name without a value is left out. All values of a sequence
            are told, empty ones too. A name that is a word of Python ends in `_` here.
    """
    pairs = [
        (name[:-1] if iskeyword(name[:-1]) else name, str(one))
        for name, value in query.items()
        if value not in (None, "")
        for one in (value if isinstance(value, list | tuple) else (value,))
    ]
    return quote(path, safe="/@:~.-_") + (f"?{urlencode(pairs)}" if pairs else "")


def count(value: Any) -> str:
    """A number of things: `1,234`."""
    return NONE if value is None else f"{value:,}"


def size(value: int | None) -> str:
    """Bytes, in binary units (IEC 80000-13)."""
    if value is None:
        return NONE
    amount, unit = float(value), 0
    while amount >= 1024 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{amount:,.0f} {_UNITS[unit]}" if unit == 0 else f"{amount:,.1f} {_UNITS[unit]}"


def percent(value: float | None, digits: int = 1) -> str:
    """A share between 0 and 1 as per cent."""
    return NONE if value is None else f"{value * 100:.{digits}f}"


def moment(value: str | datetime | None) -> str:
    """A moment to the minute (ISO 8601), in UTC, which is said: readers are in other zones."""
    if value is None or value == "":
        return NONE
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    if read.tzinfo is not None:
        read = read.astimezone(UTC)
    return f"{read:%Y-%m-%d %H:%M} UTC"


def day(value: str | date | None) -> str:
    """A day (ISO 8601)."""
    if value is None or value == "":
        return NONE
    return value[:10] if isinstance(value, str) else f"{value:%Y-%m-%d}"


def cell(value: Any) -> str:
    """A value of a result, as text; lists and objects as they are written in JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.10g}"
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def pretty(value: Any) -> str:
    """A value as JSON, over several lines."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)


def short(text: str, most: int = 12) -> str:
    """The head of an id or a digest; the whole is told on its page."""
    return text if len(text) <= most else f"{text[:most]}…"


def marked(text: str) -> Markup:
    """A sentence with the names in it, which stand between backticks, as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return Markup(escape(text))  # noqa: S704 - escaped
    told = (
        f"<code>{escape(part)}</code>" if at % 2 else escape(part) for at, part in enumerate(parts)
    )
    return Markup("".join(told))  # noqa: S704 - escaped, piece by piece


def drawn(language: str, template: str, context: Mapping[str, Any]) -> str:
    """A page as HTML."""
    return environment(language).get_template(template).render(context)
