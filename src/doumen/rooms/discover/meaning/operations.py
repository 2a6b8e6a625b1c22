"""The verbs of meaning: terms, data elements, code lists and what columns mean."""

from __future__ import annotations

from doumen.model.meaning import STATES
from doumen.model.operation import Operation, Param

_ROOM = "doumen.rooms.discover.meaning"
_KEY = Param("key", "Its key: letters, digits, underscores.", positional=True, required=True)
_TEXT = Param("text", "Only those whose key, names or synonyms hold it.", positional=True)
_FILE = Param("file", "CSV with a header, or a list of JSON objects; UTF-8.", "path",
              positional=True, required=True, metavar="FILE", upload=True)  # fmt: skip
_DATASET = Param("dataset", "A dataset: domain.name.", positional=True, required=True)
_REPLACE = Param("replace", "Begin anew: in place of the list that is there.", "flag")
_NAMES = (
    Param("name_en", "Its name in English."),
    Param("name_zh", "Its name in Chinese."),
    Param("definition_en", "What it means, in English."),
    Param("definition_zh", "What it means, in Chinese."),
)
_KEPT = (
    Param("steward", "Who looks after it."),
    Param("state", "Where it stands.", "choice", choices=STATES),
    Param("source", "Where it comes from: a standard, a law, an address."),
)
_SYNONYMS = Param("synonyms", "Another name, of either language.", option="--synonym",
                  repeat=True)  # fmt: skip
_SET = "What is not given stays as it was; an empty value takes it out."
_IMPORT = (
    "Fields are those of `set`, as columns: `key`, `name_en`, `name_zh` and so on; several values "
    "have `|` between them. An entry takes the place of one with its key. If one is wrong, nothing "
    "is kept, and all that is wrong is told with its line."
)

_TERMS: tuple[Operation, ...] = (
    Operation(
        ("term", "set"),
        "Say what a word of the glossary means.",
        f"{_ROOM}.terms:put",
        (
            _KEY,
            *_NAMES,
            _SYNONYMS,
            Param("broader", "A term that is wider.", repeat=True, metavar="KEY"),
            Param("related", "A term that goes with it.", repeat=True, metavar="KEY"),
            *_KEPT,
        ),
        details=_SET,
        examples=(
            'doumen term set departure_delay --name-en "Departure delay" --name-zh 离港延误'
            ' --definition-en "Minutes from the scheduled to the actual departure."',
        ),
        scope="write",
        gives=("term", "version", "receipt"),
    ),
    Operation(
        ("term", "show"),
        "Show a term, its version and what refers to it.",
        f"{_ROOM}.terms:show",
        (_KEY,),
        examples=("doumen term show departure_delay",),
        gives=("term", "version", "names", "definition", "used_by"),
    ),
    Operation(
        ("term", "list"),
        "List the terms of the glossary.",
        f"{_ROOM}.terms:list_all",
        (_TEXT,),
        examples=("doumen term list", "doumen term list delay"),
        gives=("terms",),
    ),
    Operation(
        ("term", "import"),
        "Take all terms of a file into the glossary.",
        f"{_ROOM}.terms:take_in",
        (_FILE,),
        details=_IMPORT,
        examples=("doumen term import glossary.csv",),
        scope="write",
        gives=("file", "entries", "changed", "receipt"),
    ),
    Operation(
        ("term", "remove"),
        "Take a term out of the glossary, where nothing refers to it.",
        f"{_ROOM}.terms:remove",
        (_KEY,),
        examples=("doumen term remove departure_delay",),
        scope="write",
        gives=("term", "receipt"),
    ),
)

_ELEMENTS: tuple[Operation, ...] = (
    Operation(
        ("element", "set"),
        "Say what a data element is: of what, which property, in which form.",
        f"{_ROOM}.elements:put",
        (
            _KEY,
            *_NAMES,
            Param("object_class", "What it is said of: person, flight."),
            Param("property", "What is said of it: date of birth."),
            Param("representation", "In which form: code, date, name, amount, quantity, text."),
            Param("datatype", "Its logical type.", "choice",
                  choices=("string", "integer", "number", "boolean", "date", "timestamp", "time",
                           "object", "array")),
            Param("codelist", "The code list that enumerates its values.", metavar="KEY"),
            Param("term", "The term that it measures.", metavar="KEY"),
            Param("unit", "Of a quantity: min, km, CNY."),
            Param("max_length", "Characters at most.", "integer"),
            Param("format", "As it is written: `YYYYMMDD`, `an..18`."),
            _SYNONYMS,
            *_KEPT,
        ),
        details="The shape is that of ISO/IEC 11179-3 (GB/T 18391.3). " + _SET,
        examples=(
            'doumen element set birth_date --name-en "Date of birth" --name-zh 出生日期'
            " --object-class person --property birth --representation date --datatype date",
        ),
        scope="write",
        gives=("element", "version", "receipt"),
    ),
    Operation(
        ("element", "show"),
        "Show a data element, its version and what refers to it.",
        f"{_ROOM}.elements:show",
        (_KEY,),
        examples=("doumen element show birth_date",),
        gives=("element", "version", "names", "definition", "used_by"),
    ),
    Operation(
        ("element", "list"),
        "List the data elements.",
        f"{_ROOM}.elements:list_all",
        (_TEXT,),
        examples=("doumen element list", "doumen element list 出生"),
        gives=("elements",),
    ),
    Operation(
        ("element", "import"),
        "Take in all data elements of a file.",
        f"{_ROOM}.elements:take_in",
        (_FILE,),
        details=_IMPORT,
        examples=("doumen element import elements.csv",),
        scope="write",
        gives=("file", "entries", "changed", "receipt"),
    ),
    Operation(
        ("element", "remove"),
        "Take a data element out, where nothing refers to it.",
        f"{_ROOM}.elements:remove",
        (_KEY,),
        examples=("doumen element remove birth_date",),
        scope="write",
        gives=("element", "receipt"),
    ),
)  # fmt: skip

_LISTS: tuple[Operation, ...] = (
    Operation(
        ("codelist", "import"),
        "Take in a code list, or a new edition of one.",
        f"{_ROOM}.importing:take_in",
        (
            _FILE,
            Param("key", "Its key.", required=True),
            Param("edition", "Name of the edition; else its first day.", metavar="NAME"),
            Param("valid_from", "The first day of the edition.", metavar="DAY"),
            Param("title_en", "Title of the list in English."),
            Param("title_zh", "Title of the list in Chinese."),
            Param("agency", "Who keeps the list."),
            Param("source", "Where it comes from: a standard, an address."),
            Param("steward", "Who looks after it here."),
            _REPLACE,
        ),
        details="Columns are `code` and, where known, `label_en` and `label_zh` (or `label`), "
        "`parent`, `valid_from`, `valid_until` (the first day on which it is valid no more) and "
        "`superseded_by`. A new edition lists all codes in force from its first day: what it does "
        "not list ends there, what it calls another name begins anew.\n\n"
        "A list of more than 500 codes is kept as the dataset `codelists.KEY`, which the owner "
        "brings in; it is read under rules as any dataset.",
        examples=(
            'doumen codelist import carriers.csv --key carrier --title-en "Carriers"',
            "doumen codelist import carriers-2027.csv --key carrier --valid-from 2027-01-01",
        ),
        scope="write",
        gives=("codelist", "editions", "codes", "rows", "dataset", "receipt"),
    ),
    Operation(
        ("codelist", "builtin"),
        "Take in a code list that Doumen brings along, with all its editions.",
        f"{_ROOM}.importing:built_in",
        (
            Param("name", "Chinese area codes (GB/T 2260), 1980 to 2019.", "choice",
                  positional=True, required=True, choices=("gb2260",)),
            _REPLACE,
        ),
        details="It needs the extra `codes`. Each code is valid from the last day of the month of "
        "the first revision that lists it to that of the first that does not. What took the place "
        "of a code is said only where names tell it; of divisions that were merged or parted "
        "nothing is said.",
        examples=("doumen codelist builtin gb2260",),
        scope="write",
        gives=("codelist", "editions", "codes", "rows", "dataset", "receipt"),
    ),
    Operation(
        ("codelist", "show"),
        "Show a code list and the codes valid at a day, or all that one code meant.",
        f"{_ROOM}.codelists:show",
        (
            _KEY,
            Param("code", "Only this code, at all times."),
            Param("at", "A day; else today.", metavar="DAY"),
            Param("limit", "Codes at most.", "integer", default=20),
        ),
        examples=(
            "doumen codelist show gb2260 --at 1996-12-31",
            "doumen codelist show gb2260 --code 510200",
        ),
        gives=("codelist", "version", "title", "editions", "count", "at", "valid", "codes", "more"),
    ),
    Operation(
        ("codelist", "list"),
        "List the code lists.",
        f"{_ROOM}.codelists:list_all",
        examples=("doumen codelist list",),
        gives=("codelists",),
    ),
    Operation(
        ("codelist", "diff"),
        "Compare two editions of a code list; else the last two.",
        f"{_ROOM}.codelists:diff",
        (
            _KEY,
            Param("old", "An edition; else the one before.", option="--from", metavar="EDITION"),
            Param("new", "An edition; else the last.", option="--to", metavar="EDITION"),
        ),
        examples=("doumen codelist diff gb2260 --from 199612 --to 199712",),
        gives=("codelist", "from", "to", "added", "removed", "renamed"),
    ),
    Operation(
        ("codelist", "remove"),
        "Take a code list out, where nothing refers to it.",
        f"{_ROOM}.codelists:remove",
        (_KEY,),
        examples=("doumen codelist remove carrier",),
        scope="write",
        gives=("codelist", "receipt", "dataset"),
    ),
)  # fmt: skip

_LINKS: tuple[Operation, ...] = (
    Operation(
        ("meaning", "link"),
        "Say what a column means: a data element, a code list, a term.",
        f"{_ROOM}.links:put",
        (
            Param("column", "A column: domain.name.column.", positional=True, required=True),
            Param("element", "A data element; it brings its term and its code list.",
                  metavar="KEY"),
            Param("codelist", "A code list.", metavar="KEY"),
            Param("term", "A term.", metavar="KEY"),
            Param("remove", "Take all of it off.", "flag"),
        ),
        details="What is not named stays. What a column means is told to whoever may know of the "
        "column.",
        examples=(
            "doumen meaning link transport.flights.dep_delay --term departure_delay",
            "doumen meaning link transport.flights.dep_delay --remove",
        ),
        scope="write",
        gives=("dataset", "column", "term", "element", "codelist", "receipt"),
    ),
    Operation(
        ("meaning", "show"),
        "Show what each column of a dataset means.",
        f"{_ROOM}.links:show",
        (_DATASET,),
        examples=("doumen meaning show transport.flights",),
        gives=("dataset", "linked", "columns"),
    ),
    Operation(
        ("meaning", "propose"),
        "Propose what columns mean, by their names and values.",
        f"{_ROOM}.proposing:propose",
        (_DATASET, Param("dry_run", "Only show what would be proposed.", "flag")),
        details="A term or a data element is proposed by a name or synonym that is the same but "
        "for case and what parts words (confidence 0.9), or nearly so (0.6); a code list where 95 "
        "of 100 different values are its codes and that is no chance. Where two fit alike, none "
        "is proposed. For a column that has a code list already, a rule of the contract is "
        "proposed that holds it to that. What was proposed before is not proposed again.",
        examples=("doumen meaning propose transport.flights --dry-run",),
        scope="write",
        gives=("dataset", "proposals", "known", "unasked", "receipt"),
    ),
)  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (*_TERMS, *_ELEMENTS, *_LISTS, *_LINKS)
