"""Telephone numbers, as the library phonenumbers knows the plans of all countries."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pydantic import field_validator

from doumen.kits.quality.checks.interface import (
    Judged,
    Measure,
    Options,
    Subject,
    Tolerant,
    tolerated,
)
from doumen.kits.quality.checks.suits import misplaced, of_other_type, stands_at
from doumen.kits.quality.expectation import Expectation
from doumen.kits.quality.library import loaded
from doumen.kits.sql.literal import Family
from doumen.model.message import Message, msg

_LISTED = """
    AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR
    BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC
    EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB
    LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY
    MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS
    RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL
    TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
REGIONS = frozenset(_LISTED.split())
"""Those of the library, as ISO 3166 writes them."""


class Form(Tolerant):
    """What numbers without a country code are taken for.

    Attributes:
        region: Country of numbers that do not begin with `+`; none: there are none such.
        column: Where the rule does not stand at it.
    """

    check: Literal["phone"]
    region: str | None = None
    column: str | None = None

    @field_validator("region")
    @classmethod
    def _known(cls, region: str | None) -> str | None:
        if region is None or region in REGIONS:
            return region
        raise ValueError(
            msg("`{region}` is no region with telephone numbers, such as CN or DE", region=region)
        )


class Phone:
    """Values that are no telephone number that could be dialled."""

    name = "phone"
    form: type[Options] = Form
    dimension = "conformity"
    counts = True
    summary = msg("values that are no telephone number")

    def reads(self, subject: Subject, options: Form) -> tuple[str, ...]:
        """The column that it stands at."""
        return (stands_at(subject, options.column),)

    def misfit(self, subject: Subject, options: Form) -> Message | None:
        """One column of text, or of whole numbers."""
        return misplaced(subject, options.column) or of_other_type(
            subject, stands_at(subject, options.column), {Family.TEXT}, whole=True
        )

    def words(self, options: Form) -> Message:
        """The region, if there is one."""
        if options.region is None:
            return msg("is a telephone number with its country code")
        return msg(
            "is a telephone number, of {region} if no country is said", region=options.region
        )

    def expects(self, options: Form, past: Sequence[Decimal]) -> Expectation:
        """At most what is tolerated."""
        return tolerated(options)

    def measure(self, subject: Subject, options: Form) -> Measure:
        """Values that the library does not take for numbers in use."""
        library = loaded("phonenumbers", "phonenumbers")

        def accepts(text: str) -> bool:
            try:
                number = library.parse(text, options.region)
            except library.NumberParseException:
                return False
            return bool(library.is_valid_number(number))

        return Judged(stands_at(subject, options.column), accepts)
