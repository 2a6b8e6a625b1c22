"""Messages: English wherever text is expected, another language where it is asked for."""

import copy
import pickle
from pathlib import Path

from doumen.model.errors import NotFound
from doumen.model.message import (
    clauses,
    either,
    enumerated,
    joined,
    msg,
    names_of,
    paragraph,
    plain,
    sentence,
    spoken,
    verbatim,
)

WORDS = {
    "There is no dataset `{ref}`.": "没有数据集 `{ref}`。",
    "{count:,} rows of {what}.": "{what}：{count:,} 行。",
    "a source": "一个来源",
    "Near: {names}.": "相近：{names}。",
}


def zh(template: str) -> str:
    return WORDS.get(template, template)


def test_it_is_a_text_in_english() -> None:
    said = msg("There is no dataset `{ref}`.", ref="a.b")
    assert said == "There is no dataset `a.b`."
    assert f"{said}" == str(said) == said


def test_it_is_put_into_another_language_with_another_order_of_words() -> None:
    said = msg("{count:,} rows of {what}.", count=1234, what=msg("a source"))
    assert said == "1,234 rows of a source."
    assert said.into(zh) == "一个来源：1,234 行。"


def test_what_the_catalogue_does_not_know_stays_english() -> None:
    assert msg("Nobody translated `{it}`.", it="x").into(zh) == "Nobody translated `x`."


def test_values_are_no_templates() -> None:
    said = msg("There is no dataset `{ref}`.", ref="{evil.__class__}")
    assert said.into(zh) == "没有数据集 `{evil.__class__}`。"


def test_plain_text_stays() -> None:
    assert plain("doumen doctor {x}").into(zh) == "doumen doctor {x}"


def test_joined_messages_are_each_put_into_the_language() -> None:
    names = joined(", ", [msg("a source"), "b"])
    assert msg("Near: {names}.", names=names) == "Near: a source, b."
    assert msg("Near: {names}.", names=names).into(zh) == "相近：一个来源, b。"
    assert joined(msg("a source"), ["x", "y"]).into(zh) == "x一个来源y"


def test_it_survives_being_copied_and_sent_to_another_process() -> None:
    said = msg("Near: {names}.", names=joined(", ", [msg("a source"), plain("b")]))
    for other in (pickle.loads(pickle.dumps(said)), copy.deepcopy(said)):
        assert other == said
        assert other.into(zh) == "相近：一个来源, b。"


def test_anything_else_is_left_as_it_is() -> None:
    assert spoken(7, zh) == 7
    assert spoken("a source", zh) == "a source"


def test_errors_keep_it() -> None:
    error = NotFound(msg("There is no dataset `{ref}`.", ref="a.b"))
    assert spoken(error.what, zh) == "没有数据集 `a.b`。"


ZH = {
    ", ": "、",
    "; ": "；",
    " or ": "或",
    "{clauses}.": "{clauses}。",
    "{before} {after}": "{before}{after}",
    "It is empty.": "它是空的。",
    "`{path}` is empty.": "`{path}` 是空的。",
    "Print it.": "打印它。",
}


def test_lists_take_the_marks_of_the_language() -> None:
    def say(template: str) -> str:
        return ZH.get(template, template)

    assert enumerated(["a", "b"]) == "`a`, `b`"
    assert enumerated(["a", "b"]).into(say) == "`a`、`b`"
    assert enumerated([1, 2], mark="").into(say) == "1、2"
    assert either(["`a`", "`b`"]).into(say) == "`a`或`b`"
    assert sentence(["x", msg("It is empty.")]) == "x; It is empty.."
    assert sentence(["x", "y"]).into(say) == "x；y。"
    assert clauses(sentence(["x", "y"])) == "x; y"
    assert clauses(msg("It is empty.")) == "It is empty."
    assert paragraph([msg("It is empty."), "b"]).into(say) == "它是空的。b"
    assert paragraph(["a", "b"]) == "a b"
    assert verbatim("Print it.").into(say) == "打印它。"


def test_a_text_is_left_out_of_all_of_a_message() -> None:
    def say(template: str) -> str:
        return ZH.get(template, template)

    made = joined("\n", [msg("`{path}` is empty.", path=Path("/tmp/7/a.csv")), plain("/tmp/7/b")])
    left = made.altered(lambda text: text.replace("/tmp/7/", ""))
    assert left == "`a.csv` is empty.\nb"
    assert left.into(say) == "`a.csv` 是空的。\nb"
    counted = msg("{count:,} rows of {what}.", count=1234, what=msg("a source"))
    assert counted.altered(str.upper).into(zh) == "一个来源：1,234 行。"


def test_names_of_a_template() -> None:
    assert names_of("{a} {b:,} {{c}}") == {"a", "b"}
    assert names_of("{") == frozenset()
