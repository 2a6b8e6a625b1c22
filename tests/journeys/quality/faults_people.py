"""Twenty faults planted among residents, admissions, enrolments and accounts."""

from __future__ import annotations

from datetime import timedelta

from tests.journeys.quality.planting import (
    DECLARED,
    PROPOSED,
    Fault,
    changing,
    next_digit,
    repeating,
)

DAY = timedelta(days=1)

FAULTS = (
    Fault("residents", "names are missing", PROPOSED, "required", ("name",), 9,
          changing(9, lambda row: {"name": None})),
    Fault("residents", "a digit of the citizen id is wrong", PROPOSED,
          "identifier", ("citizen_id",), 6,
          changing(6, lambda row: {"citizen_id": next_digit(row["citizen_id"], 15)})),
    Fault("residents", "people are entered twice", PROPOSED, "unique", ("citizen_id",), 5,
          repeating(5)),
    Fault("residents", "registered before birth", PROPOSED, "compare", ("born", "registered"), 4,
          changing(4, lambda row: {"registered": row["born"] - 30 * DAY})),
    Fault("residents", "the sex contradicts the citizen id", DECLARED,
          "expression", ("sex", "citizen_id"), 5,
          changing(5, lambda row: {"sex": "女" if row["sex"] == "男" else "男"})),
    Fault("admissions", "another code for the sex", PROPOSED, "set", ("sex",), 8,
          changing(8, lambda row: {"sex": "Male"}, lambda row: row["sex"] == "M")),
    Fault("admissions", "men in the maternity ward", DECLARED,
          "expression", ("department", "sex"), 5,
          changing(5, lambda row: {"sex": "M"}, lambda row: row["department"] == "妇产科")),
    Fault("admissions", "weights in grams", PROPOSED, "maximum", ("weight_kg",), 6,
          changing(6, lambda row: {"weight_kg": row["weight_kg"] * 1000},
                   lambda row: row["weight_kg"] is not None)),
    Fault("admissions", "diagnoses are cut off", PROPOSED, "pattern", ("diagnosis",), 7,
          changing(7, lambda row: {"diagnosis": row["diagnosis"][:3]})),
    Fault("admissions", "discharged before admission", PROPOSED,
          "compare", ("admitted", "discharged"), 4,
          changing(4, lambda row: {"discharged": row["admitted"] - DAY})),
    Fault("enrolments", "a course is taken twice", PROPOSED,
          "unique", ("pupil", "course"), 5, repeating(5, lambda row: {"score": None})),
    Fault("enrolments", "999 for no score", PROPOSED, "maximum", ("score",), 6,
          changing(6, lambda row: {"score": 999}, lambda row: row["score"] is None)),
    Fault("enrolments", "a school has two names", DECLARED,
          "sql", ("school_name",), 3,
          changing(3, lambda row: {"school_name": row["school_name"] + "（新）"})),
    Fault("enrolments", "a course in another language", PROPOSED, "set", ("course",), 5,
          changing(5, lambda row: {"course": "Math"}, lambda row: row["course"] == "数学")),
    Fault("enrolments", "the grade in words", PROPOSED, "type", ("grade",), 7,
          changing(7, lambda row: {"grade": "三年级"}, lambda row: row["grade"] == 3)),
    Fault("accounts", "digits of the IBAN are wrong", PROPOSED, "identifier", ("iban",), 5,
          changing(5, lambda row: {"iban": next_digit(row["iban"], -3)})),
    Fault("accounts", "closed before it was opened", PROPOSED, "compare", ("opened", "closed"), 4,
          changing(4, lambda row: {"closed": row["opened"] - DAY},
                   lambda row: row["closed"] is not None)),
    Fault("accounts", "the country is not that of the IBAN", DECLARED,
          "expression", ("iban", "country"), 5,
          changing(5, lambda row: {"country": "NL"}, lambda row: row["country"] == "DE")),
    Fault("accounts", "numbers of accounts are given twice", PROPOSED, "unique", ("account",), 3,
          repeating(3, lambda row: {"reference": "ABC12345"})),
    Fault("accounts", "N/A for a holder", DECLARED, "missing_values", ("holder",), 6,
          changing(6, lambda row: {"holder": "N/A"})),
)  # fmt: skip
