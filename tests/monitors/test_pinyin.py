"""Names as they are typed: in full, by initials, and by every reading that people think of."""

import pytest

from monitors.market.pinyin import MOST_READINGS, readings


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("平安银行", "pinganyinhang", "payh"),
        ("贵州茅台", "guizhoumaotai", "gzmt"),
        ("tcl科技", "tclkeji", "tclkj"),
        ("万科a", "wankea", "wka"),
        ("沪深300etf", "hushen300etf", "hs300etf"),
        ("*st国华", "stguohua", "stgh"),
        ("阿里巴巴-w", "alibabaw", "albbw"),
        ("绿地控股", "lvdikonggu", "ldkg"),
        ("重庆啤酒", "chongqingpijiu", "cqpj"),
        ("行动教育", "xingdongjiaoyu", "xdjy"),
    ],
)
def test_a_name_is_read_as_its_words_ask_for(name, full, initials):
    assert (full, initials) in readings(name)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("长江电力", {"cjdl", "zjdl"}),
        ("重庆啤酒", {"cqpj", "zqpj"}),
        ("厦门钨业", {"xmwy", "smwy"}),
        ("中国重汽", {"zgzq", "zgcq"}),
        ("建设银行", {"jsyh", "jsyx"}),
        ("乐普医疗", {"lpyl", "ypyl"}),
        ("长春高新", {"ccgx", "zcgx"}),
    ],
)
def test_characters_of_several_readings_are_read_in_each(name, wanted):
    assert wanted <= {reading.initials for reading in readings(name)}


def test_a_character_that_only_a_dictionary_reads_otherwise_has_one_reading():
    assert len(readings("大族控股")) == 1


def test_readings_are_bounded_however_many_a_name_could_have():
    assert len(readings("长行重厦乐曾藏单")) == MOST_READINGS


@pytest.mark.parametrize("name", ["", "apple inc.", "3m", "-w", "é", "한국"])
def test_what_has_no_chinese_has_no_reading(name):
    assert readings(name) == []


def test_characters_that_nobody_can_read_are_left_out():
    assert [one.full for one in readings("㐂百")] == ["bai"]
