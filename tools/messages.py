"""Keeps the catalogue of translations: `python -m tools.messages [--check | --compile]`.

Without an option it reads all sources and templates and updates locale/*/LC_MESSAGES/django.po: new
texts come in untranslated, what is used no more goes out. `--check` changes nothing and fails where
the catalogue is behind or a text is untranslated or uncertain. `--compile` writes the .mo files.
Pure Python: no gettext programs are needed.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stockwatch.settings")

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("monitors", "notifications", "stockwatch", "templates")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
# No dates and no names: the history of the file knows them.
HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: Stockwatch\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


def main(arguments: list[str]) -> int:
    """Do what the arguments ask for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, prog="tools.messages")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="change nothing, fail if behind")
    how.add_argument("--compile", action="store_true", help="write the .mo files")
    options = parser.parse_args(arguments)
    problems: list[str] = []
    template = None if options.compile else extracted()
    for file in sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po")):
        with file.open("rb") as stream:
            catalogue = read_po(stream)
        if template is None:
            with file.with_suffix(".mo").open("wb") as stream:
                write_mo(stream, catalogue)
        elif options.check:
            problems += [f"{file.parent.parent.name}: {why}" for why in behind(catalogue, template)]
        else:
            update(file, catalogue, template)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def extracted() -> Catalog:
    """Return every text of the project that is to be translated, with the files that have it."""
    catalogue = Catalog(charset="utf-8")
    for file in source_files():
        name = str(file.relative_to(ROOT))
        text = file.read_text("utf-8")
        code = templatize(text, origin=name) if file.suffix == ".html" else text
        stream = BytesIO(code.encode())
        for _line, texts, _comments, context in extract(
            "python", stream, KEYWORDS, options={"encoding": "utf-8"}
        ):
            # Files without lines: a moved line is no change of the catalogue.
            catalogue.add(texts, locations=[(name, None)], context=context)  # type: ignore[list-item]
    return catalogue


def source_files() -> Iterator[Path]:
    """Yield the files that may have texts, in a fixed order."""
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in (".py", ".html") and "migrations" not in file.parts:
                yield file


def behind(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    """Say what keeps a catalogue from being complete."""
    wanted = {key(message): message for message in template if message.id}
    kept = {key(message): message for message in catalogue if message.id}
    for missing in wanted.keys() - kept.keys():
        yield f"missing: {missing[0]!r}"
    for gone in kept.keys() - wanted.keys():
        yield f"used no more: {gone[0]!r}"
    for message in kept.values():
        texts = message.string if isinstance(message.string, list | tuple) else [message.string]
        if not all(texts):
            yield f"untranslated: {message.id!r}"
        if message.fuzzy:
            yield f"uncertain: {message.id!r}"
        for error in message.check(catalogue):
            yield f"{error}: {message.id!r}"
    if catalogue.obsolete:
        yield f"{len(catalogue.obsolete)} obsolete texts are kept"


def key(message: Message) -> tuple[object, object]:
    """Return what a message is looked up by."""
    return message.id, message.context


def update(file: Path, catalogue: Catalog, template: Catalog) -> None:
    """Bring a catalogue in line with the sources, by exact text: similar is not the same."""
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    body = BytesIO()
    write_po(body, catalogue, width=100, sort_by_file=True, ignore_obsolete=True, omit_header=True)
    header = HEADER.format(language=catalogue.locale_identifier, plural=catalogue.plural_forms)
    file.write_bytes(header.encode() + body.getvalue())
    done = sum(1 for message in catalogue if message.id and message.string)
    print(f"{file.parent.parent.name}: {done} of {len(catalogue)} texts are translated")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
