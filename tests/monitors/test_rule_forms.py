"""What makes a symbol or a rule valid, wherever it comes from."""

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError

from monitors.forms.rules import SymbolField, check_rules, clean_rule
from monitors.lifecycle import RuleSpec
from monitors.spec import MOST_RULES
from monitors.symbols import Symbol


def errors(data: dict[str, Any], **options: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        clean_rule(data, **options)
    return refused.value.message_dict


def test_what_is_left_out_has_its_default() -> None:
    rule = clean_rule({"kind": "take_profit", "price": "1800"})
    assert rule == RuleSpec("take_profit", {"price": "1800"}, "rearm", Decimal(0), 3600, True)


@pytest.mark.parametrize(
    ("given", "kept"), [("1650.00", "1650"), (1680.5, "1680.5"), ("1e3", "1000"), (" 7 ", "7")]
)
def test_levels_are_kept_as_plain_text(given: object, kept: str) -> None:
    assert clean_rule({"kind": "stop_loss", "price": given}).params == {"price": kept}


@pytest.mark.parametrize(
    "price",
    ["", None, "0", "-1", "NaN", "sNaN", "Infinity", "1e30", 1e30, "1e999999999", "9" * 6000,
     "abc", "1.00001", True, [], {}, ["1"], "\x00", float("nan")],
)  # fmt: skip
def test_a_price_that_is_none_is_refused_beside_its_field(price: object) -> None:
    assert list(errors({"kind": "stop_loss", "price": price})) == ["price"]


def test_a_zone_is_from_low_to_high() -> None:
    wrong = errors({"kind": "entry_zone", "min": "5", "max": "5"})
    assert wrong == {"min": ["The lower bound must be below the upper one."]}


@pytest.mark.parametrize("kind", ["", None, "x", "base", "__init__", ["take_profit"], {}])
def test_a_kind_that_is_not_installed_is_refused(kind: object) -> None:
    assert list(errors({"kind": kind, "price": "1"})) == ["kind"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("repeat", "always"), ("repeat", ["once"]), ("rearm_gap", "-0.1"),
        ("rearm_gap", "99.1"), ("rearm_gap", "NaN"), ("cooldown", 0), ("cooldown", 31_536_001),
        ("cooldown", "soon"), ("touch", "perhaps"), ("id", 0), ("id", "9" * 30), ("colour", "red"),
    ],
)  # fmt: skip
def test_each_wrong_field_is_named(field: str, value: object) -> None:
    assert list(errors({"kind": "stop_loss", "price": "1", field: value})) == [field]


def test_fields_of_other_kinds_are_unknown_unless_said_to_be_harmless() -> None:
    data = {"kind": "stop_loss", "price": "1", "min": "1", "state": "armed"}
    assert errors(data) == {"min": ["Unknown field."], "state": ["Unknown field."]}
    assert errors(data, known=["state"]) == {"min": ["Unknown field."]}


@pytest.mark.parametrize(("given", "kept"), [(False, False), ("false", False), (True, True)])
def test_touch_can_be_turned_off(given: object, kept: bool) -> None:
    assert clean_rule({"kind": "stop_loss", "price": "1", "touch": given}).touch is kept


def test_a_list_of_rules_has_bounds_and_no_strangers() -> None:
    rule = clean_rule({"kind": "stop_loss", "price": "1"})
    kept = clean_rule({"kind": "stop_loss", "price": "1", "id": 7})
    check_rules([rule] * MOST_RULES)
    check_rules([kept, rule], own={7, 8})
    for specs, own in (([], ()), ([rule] * 21, ()), ([kept, kept], {7}), ([kept], {8})):
        with pytest.raises(ValidationError):
            check_rules(specs, own)


class SymbolForm(forms.Form):
    symbol = SymbolField()


def test_a_symbol_field_gives_a_symbol_or_says_how_to_mend_it() -> None:
    form = SymbolForm({"symbol": "sh600519"})
    assert form.is_valid()
    assert form.cleaned_data["symbol"] == Symbol("600519", "SH")
    refused = SymbolForm({"symbol": "700"})
    assert "00700.HK" in refused.errors["symbol"][0]
