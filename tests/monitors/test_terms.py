"""What an instrument is found by, and what somebody typed as it is looked for."""

import pytest

from monitors.market.terms import LONGEST_TERM, TermKind, sought, terms, tidy
from monitors.symbols import Symbol


def found_by(symbol: str, name: str = "", english_name: str = "") -> dict[str, TermKind]:
    return {one.text: one.kind for one in terms(Symbol.parse(symbol), name, english_name)}


def test_a_mainland_stock():
    assert found_by("600519.SH", "贵州茅台", "Kweichow Moutai Co., Ltd.") == {
        "600519.sh": TermKind.CODE,
        "贵州茅台": TermKind.NAME,
        "gzmt": TermKind.INITIALS,
        "guizhoumaotai": TermKind.PINYIN,
        "州茅台": TermKind.PART,
        "茅台": TermKind.PART,
        "台": TermKind.PART,
        "kweichow moutai co., ltd.": TermKind.WORD,
        "moutai co., ltd.": TermKind.WORD,
    }


def test_a_hong_kong_code_may_be_typed_without_its_zeros():
    codes = [text for text, kind in found_by("00700.HK").items() if kind is TermKind.CODE]
    assert codes == ["700.hk", "00700.hk"]
    assert found_by("HSI.HK") == {"hsi.hk": TermKind.CODE}


def test_an_english_name_alone_is_a_name_too():
    terms_of = found_by("KO.US", "", "The Coca-Cola Company")
    assert terms_of["coca-cola company"] is TermKind.WORD
    assert "the coca-cola company" not in terms_of
    assert found_by("KO.US", "Coca-Cola")["coca-cola"] is TermKind.NAME


@pytest.mark.parametrize("mark", ["*ST", "ST", "XD", "DR", "N", "C", "退市"])
def test_a_mark_that_comes_and_goes_need_not_be_typed(mark):
    terms_of = found_by("000004.SZ", f"{mark}国华")
    assert terms_of["gh"] is TermKind.INITIALS
    assert terms_of["国华"] is TermKind.NAME


@pytest.mark.parametrize("name", ["Steris", "NIO", "Cisco", "XD Inc."])
def test_the_beginning_of_a_latin_name_is_no_mark(name):
    assert found_by("X.US", name)[name.lower()] is TermKind.NAME
    assert list(found_by("X.US", name).values()).count(TermKind.NAME) <= 2


def test_letters_and_digits_in_a_name_are_not_cut():
    parts = [text for text, kind in found_by("510300.SH", "沪深300ETF").items() if kind == 5]
    assert sorted(parts) == ["300etf", "深300etf"]


def test_terms_fit_their_column():
    for text in found_by("X.US", "长" * 100, "word " * 50):
        assert 0 < len(text) <= LONGEST_TERM


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("万  科Ａ", "万科A"),
        ("深　发展", "深发展"),
        ("  Apple   Inc. ", "Apple Inc."),
        ("Apple 苹果", "Apple苹果"),
        ("a\x00b\u200b", "a b"),
        ("\ud800", ""),
    ],
)
def test_names_are_narrow_and_printable(name, clean):
    assert tidy(name) == clean


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("PAYH", "payh"),
        ("ｐａｙｈ", "payh"),
        ("  平 安 ", "平安"),
        ("600519", "600519"),
        ("sh600519", "600519.sh"),
        ("SH6005", "6005"),
        ("hk700", "00700.hk"),
        ("700", "700"),
        ("usAAPL", "aapl.us"),
        ("BRK-B", "brk.b.us"),
        ("coca  cola", "coca cola"),
        ("\x00", ""),
        ("", ""),
    ],
)
def test_a_text_is_looked_for_in_the_spelling_of_the_terms(text, key):
    assert sought(text) == key
