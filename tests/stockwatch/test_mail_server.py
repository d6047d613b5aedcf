"""The settings of mail: what they mean, and that a bad one stops the start without its password."""

import pytest

from stockwatch.mail_server import MailServer, sender, server


def read(monkeypatch, address, given=""):
    monkeypatch.setenv("EMAIL_URL", address)
    monkeypatch.setenv("EMAIL_FROM", given)
    found = server("EMAIL_URL")
    return found, sender("EMAIL_FROM", found)


FROM = "Stockwatch <alerts@stocks.example>"


@pytest.mark.parametrize(
    ("address", "host", "port", "tls", "starttls"),
    [
        ("smtp://mail.example", "mail.example", 25, False, None),
        ("smtp+starttls://mail.example", "mail.example", 587, False, True),
        ("smtps://mail.example", "mail.example", 465, True, False),
        ("smtps://mail.example:2465/", "mail.example", 2465, True, False),
        ("smtp://[::1]:2525", "::1", 2525, False, None),
    ],
)
def test_an_address_says_how_to_connect(monkeypatch, address, host, port, tls, starttls):
    found, _sender = read(monkeypatch, address, FROM)
    assert isinstance(found, MailServer)
    assert (found.host, found.port, found.tls, found.starttls) == (host, port, tls, starttls)
    assert (found.user, found.password) == (None, None)


def test_signs_in_the_password_are_decoded_and_the_user_is_the_sender(monkeypatch):
    found, who = read(monkeypatch, "smtps://a%40stocks.example:p%2Fw%3A@mail.example")
    assert found is not None
    assert (found.user, found.password) == ("a@stocks.example", "p/w:")
    assert who == "a@stocks.example"
    assert "p/w:" not in repr(found)


@pytest.mark.parametrize(
    ("host", "starttls"), [("mail.example", True), ("127.0.0.1", None), ("localhost", None)]
)
def test_a_password_leaves_this_machine_by_tls_only(monkeypatch, host, starttls):
    found, _sender = read(monkeypatch, f"smtp://ann:secret@{host}", FROM)
    assert found is not None
    assert found.starttls is starttls


def test_without_a_server_there_is_no_mail(monkeypatch):
    assert read(monkeypatch, "") == (None, "")
    assert read(monkeypatch, "", FROM) == (None, FROM)


@pytest.mark.parametrize(
    ("address", "given", "name"),
    [
        ("mail.example", FROM, "EMAIL_URL"),
        ("http://mail.example", FROM, "EMAIL_URL"),
        ("smtps://", FROM, "EMAIL_URL"),
        ("smtps://x:secret@mail.example:port", FROM, "EMAIL_URL"),
        ("smtps://mail.example/inbox", FROM, "EMAIL_URL"),
        ("smtps://ann@mail.example", FROM, "EMAIL_URL"),
        ("smtps://[", FROM, "EMAIL_URL"),
        ("smtps://mail.example", "", "EMAIL_FROM"),
        ("smtps://ann:secret@mail.example", "", "EMAIL_FROM"),
        ("", "Stockwatch", "EMAIL_FROM"),
        ("", "a@x.example\nBcc: b@x.example", "EMAIL_FROM"),
    ],
)
def test_a_bad_one_stops_the_start_with_the_mend(monkeypatch, address, given, name):
    with pytest.raises(SystemExit, match=f"setting {name}: .*write ") as caught:
        read(monkeypatch, address, given)
    assert "secret" not in str(caught.value)
