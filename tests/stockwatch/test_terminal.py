"""The terminal shows what the parts say, and never makes them wait for its reader."""

import os

import pytest

from stockwatch.terminal import Terminal


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    yield reader, writer
    for end in (reader, writer):
        try:
            os.close(end)
        except OSError:
            continue


def test_every_line_carries_the_name_of_its_part(pipe):
    reader, writer = pipe
    terminal = Terminal(writer)

    terminal.output("web", b"one\ntw")
    terminal.output("worker", b"other\n")
    terminal.output("web", b"o\n")

    assert os.read(reader, 4096) == b"   web | one\nworker | other\n   web | two\n"


def test_a_reader_that_stopped_reading_is_not_waited_for(pipe):
    reader, writer = pipe
    terminal = Terminal(writer)

    for _ in range(2_000):
        terminal.output("web", b"x" * 200 + b"\n")
    os.read(reader, 1 << 20)
    terminal.line("still here")

    assert os.read(reader, 1 << 20).endswith(b"still here\n")


def test_a_reader_that_is_gone_is_no_error(pipe):
    reader, writer = pipe
    os.close(reader)

    Terminal(writer).line("nobody hears this")
