from datetime import UTC, datetime

import pytest

from stockwatch.replies import retry_after, words

NOW = datetime(2026, 8, 21, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("Fri, 21 Aug 2026 07:01:30 GMT", 90),
        ("Fri, 21 Aug 2026 15:01:30 +0800", 90),
        ("Fri, 21 Aug 2026 07:01:30 -0000", 90),
        ("Fri, 21 Aug 2026 06:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("七", None),
        ("٣", None),
        ("12345678", None),
        ("Fri, 32 Aug 2026 07:00:00 GMT", None),
        ("Fri, 21 Aug 99999999999999999999 07:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"", ""),
        (b" slow \r\n\tdown ", "slow down"),
        ("请稍后\x00再试".encode(), "请稍后 再试"),
        (b"\xff\xfe", "��"),
        (b"a" * 50, "a" * 10),
        ("一".encode() * 50, "一" * 10),
        (b" " * 39 + b"late", "l"),
    ],
)
def test_words_are_the_beginning_on_one_line(body, line):
    assert words(body, 10) == line
