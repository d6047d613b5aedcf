"""Chinese is complete: every text of the project has its translation."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import messages


def test_the_catalogues_are_complete(capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.main(["--check"]) == 0, capsys.readouterr().out


def test_texts_are_found_in_code_and_in_templates() -> None:
    found = messages.extracted()
    for text in ("Take profit", "Mark all as read", "Page %(number)s of %(all)s"):
        assert text in found


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        ({}, "missing: 'a'"),
        ({"a": ""}, "untranslated: 'a'"),
        ({"a": "x", "b": "y"}, "used no more: 'b'"),
    ],
)
def test_what_is_behind_is_said(kept: dict[str, str], says: str) -> None:
    template, catalogue = Catalog(locale="zh_Hans"), Catalog(locale="zh_Hans")
    template.add("a")
    for text, translation in kept.items():
        catalogue.add(text, translation)
    assert list(messages.behind(catalogue, template)) == [says]


def test_a_translation_that_loses_a_value_is_said() -> None:
    template, catalogue = Catalog(locale="zh_Hans"), Catalog(locale="zh_Hans")
    template.add("%(n)d days")
    catalogue.add("%(n)d days", "%(m)d 天")
    assert len(list(messages.behind(catalogue, template))) == 1


def test_braces_are_the_same_in_both_languages() -> None:
    import re

    from babel.messages.pofile import read_po

    for file in Path(messages.ROOT).glob("locale/*/LC_MESSAGES/django.po"):
        with file.open("rb") as stream:
            for message in read_po(stream):
                if isinstance(message.id, str) and message.id and "kind" not in message.id:
                    braces = re.findall(r"\{\w+\}", message.id)
                    assert sorted(braces) == sorted(re.findall(r"\{\w+\}", str(message.string)))
