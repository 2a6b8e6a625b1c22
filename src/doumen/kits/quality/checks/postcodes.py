"""Forms of postal codes by country, as regular expressions that all of a code must match.

From the address data of libaddressinput (Google, CC BY 4.0), which Chrome and Android ask.
"""

from __future__ import annotations

from collections.abc import Mapping

_LISTED: Mapping[str, str] = {
    "AC": "ASCN 1ZZ",
    "AD": "AD[1-7]0[0-9]",
    (
        "AF AL AT AU AZ BD BE BG CH CV CY DK ET GE GW HM HT HU LR LU MD MK MZ NE NO NZ PH "
        "PY SI SJ TN VE ZA"
    ): "[0-9]{4}",
    "AI": "(?:AI-)?2640",
    "AM": "(?:37)?[0-9]{4}",
    "AR": "((?:[A-HJ-NP-Z])?[0-9]{4})([A-Z]{3})?",
    "AS": "(96799)(?:[ \\-]([0-9]{4}))?",
    "AX": "22[0-9]{3}",
    (
        "BA BT CU DE DO DZ EE EG EH ES FI GT HN HR ID IQ IT JO KE KR KW LA LK LT MA MM MN "
        "MV MX MY NA NI NP PK SA SD SN TH TR UA UY ZM"
    ): "[0-9]{5}",
    "BB": "BB[0-9]{5}",
    "BH": "(?:^|\\b)(?:1[0-2]|[1-9])[0-9]{2}(?:$|\\b)",
    "BL GP MF": "9[78][01][0-9]{2}",
    "BM": "[A-Z]{2} ?[A-Z0-9]{2}",
    "BN": "[A-Z]{2} ?[0-9]{4}",
    "BR": "[0-9]{5}-?[0-9]{3}",
    "BY CN CO EC IN KG KZ NG RO RU SG TJ TM UZ": "[0-9]{6}",
    "CA": "[ABCEGHJKLMNPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z] ?[0-9][ABCEGHJ-NPRSTV-Z][0-9]",
    "CC": "6799",
    "CL": "[0-9]{7}",
    "CR": "[0-9]{4,5}|[0-9]{3}-[0-9]{4}",
    "CX": "6798",
    "CZ GR SE SK": "[0-9]{3} ?[0-9]{2}",
    "FK": "FIQQ 1ZZ",
    "FM": "(9694[1-4])(?:[ \\-]([0-9]{4}))?",
    "FO GN IS LS MG PG": "[0-9]{3}",
    "FR": "[0-9]{2} ?[0-9]{3}",
    "GB": (
        "GIR ?0AA|(?:(?:AB|AL|B|BA|BB|BD|BF|BH|BL|BN|BR|BS|BT|BX|CA|CB|CF|CH|CM|CO|CR|CT|"
        "CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G|GL|GY|GU|HA|HD|HG|HP|HR|"
        "HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|"
        "NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|"
        "SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|"
        "ZE)(?:[0-9][0-9A-Z]? ?[0-9][ABD-HJLN-UW-Z]{2}))|BFPO ?[0-9]{1,4}"
    ),
    "GF": "9[78]3[0-9]{2}",
    "GG": "GY[0-9][0-9A-Z]? ?[0-9][ABD-HJLN-UW-Z]{2}",
    "GI": "GX11 1AA",
    "GL": "39[0-9]{2}",
    "GS": "SIQQ 1ZZ",
    "GU": "(969(?:[12][0-9]|3[12]))(?:[ \\-]([0-9]{4}))?",
    "IE": "[0-9A-Z]{3} ?[0-9A-Z]{4}",
    "IL": "[0-9]{5}(?:[0-9]{2})?",
    "IM": "IM[0-9][0-9A-Z]? ?[0-9][ABD-HJLN-UW-Z]{2}",
    "IO": "BBND 1ZZ",
    "IR": "[0-9]{5}-?[0-9]{5}",
    "JE": "JE[0-9][0-9A-Z]? ?[0-9][ABD-HJLN-UW-Z]{2}",
    "JP": "[0-9]{3}-?[0-9]{4}",
    "KH RS": "[0-9]{5,6}",
    "KY": "KY[0-9]-[0-9]{4}",
    "LB": "(?:[0-9]{4})(?: ?(?:[0-9]{4}))?",
    "LI": "948[5-9]|949[0-8]",
    "LV": "LV-[0-9]{4}",
    "MC": "980[0-9]{2}",
    "ME": "8[0-9]{4}",
    "MH": "(969[67][0-9])(?:[ \\-]([0-9]{4}))?",
    "MP": "(9695[012])(?:[ \\-]([0-9]{4}))?",
    "MQ": "9[78]2[0-9]{2}",
    "MT": "[A-Z]{3} ?[0-9]{2,4}",
    "MU": "[0-9]{3}(?:[0-9]{2}|[A-Z]{2}[0-9]{3})",
    "NC": "988[0-9]{2}",
    "NF": "2899",
    "NL": "[1-9][0-9]{3} ?(?:[A-RT-Z][A-Z]|S[BCE-RT-Z])",
    "OM": "(?:PC )?[0-9]{3}",
    "PE": "(?:LIMA [0-9]{1,2}|CALLAO 0?[0-9])|[0-2][0-9]{4}",
    "PF": "987[0-9]{2}",
    "PL": "[0-9]{2}-[0-9]{3}",
    "PM": "9[78]5[0-9]{2}",
    "PN": "PCRN 1ZZ",
    "PR": "(00[679][0-9]{2})(?:[ \\-]([0-9]{4}))?",
    "PT": "[0-9]{4}-[0-9]{3}",
    "PW": "(969(?:39|40))(?:[ \\-]([0-9]{4}))?",
    "RE": "9[78]4[0-9]{2}",
    "SH": "(?:ASCN|STHL) 1ZZ",
    "SM": "4789[0-9]",
    "SO": "[A-Z]{2} ?[0-9]{5}",
    "SV": "CP [1-3][1-7][0-2][0-9]",
    "SZ": "[HLMS][0-9]{3}",
    "TA": "TDCU 1ZZ",
    "TC": "TKCA 1ZZ",
    "TW": "[0-9]{3}(?:[0-9]{2,3})?",
    "TZ": "[0-9]{4,5}",
    "UM": "96898",
    "US": "([0-9]{5})(?:[ \\-]([0-9]{4}))?",
    "VA": "00120",
    "VC": "VC[0-9]{4}",
    "VG": "VG[0-9]{4}",
    "VI": "(008(?:(?:[0-4][0-9])|(?:5[01])))(?:[ \\-]([0-9]{4}))?",
    "VN": "[0-9]{5}[0-9]?",
    "WF": "986[0-9]{2}",
    "XK": "[1-7][0-9]{4}",
    "YT": "976[0-9]{2}",
}
FORMS: Mapping[str, str] = {
    country: form for countries, form in _LISTED.items() for country in countries.split()
}
"""Country, as in ISO 3166, to its form; countries without postal codes are not there."""
