"""Mail, against a real SMTP server that fails in every way."""

import asyncio
import email
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from notifications.message import Action, Message
from notifications.severity import Severity
from notifications.transports import mail
from notifications.transports.base import TransportError
from stockwatch.mail_server import MailServer
from tests.live import PATIENCE
from tests.notifications.transports.conftest import PAGE, TITLE, complaints, item, message
from tests.servers import free_port

TO = "ann@reader.example"
PASSWORD = "p@ss:w/rd-9Xq"


class Post:
    """The server's handler: it keeps what it takes, and says `answers` where it has one."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str], bool]] = []
        self.answers: dict[str, str] = {}

    async def handle_EHLO(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        if "EHLO" in self.answers:
            return [self.answers["EHLO"]]
        return responses

    async def handle_HELO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str
    ) -> str:
        session.host_name = hostname
        return self.answers.get("EHLO", "250 hello")

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return await self._answer("MAIL", server)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT", server)

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = await self._answer("DATA", server)
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            read = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(read, EmailMessage)
            self.taken.append(read)
            sender = str(envelope.mail_from)
            self.envelopes.append((sender, envelope.rcpt_tos, session.ssl is not None))
        return answer

    async def handle_QUIT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        return await self._answer("QUIT", server)

    async def _answer(self, step: str, server: SMTP) -> str:
        answer = self.answers.get(step, "250 OK, kept as 4711")
        if answer == "cut":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        if answer == "slow":
            await asyncio.sleep(3600)
        if answer == "thinks":
            await asyncio.sleep(3)
            answer = "250 OK, kept as 4711"
        return answer


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
    known = (data.login, data.password) == (b"alerts@stocks.example", PASSWORD.encode())
    return AuthResult(success=known, handled=False)


class PostOffice(Controller):
    """A server on a free port of this machine."""

    def __init__(self, **options: Any) -> None:
        self.post = Post()
        super().__init__(self.post, hostname="127.0.0.1", port=0, **options)

    def _trigger_server(self) -> None:
        # The library would connect to the port that was asked for, which is none.
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def settings(self, **fields: Any) -> MailServer:
        values: dict[str, Any] = {
            "host": "127.0.0.1", "port": self.port, "user": None, "password": None,
            "tls": False, "starttls": None,
        }  # fmt: skip
        return MailServer(**values | fields)


def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(certificate)
    return made


@contextmanager
def serving(office: PostOffice) -> Iterator[PostOffice]:
    office.start()
    try:
        yield office
    finally:
        office.stop()


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with serving(PostOffice()) as office:
        settings.EMAIL_SERVER = office.settings()
        settings.EMAIL_FROM = "Stockwatch <alerts@stocks.example>"
        yield office


async def deliver(told: Message | None = None, to: str = TO) -> str:
    transport = mail.Mail({"to": to})
    # It asks nothing of the way out for HTTP.
    receipt = await transport.deliver(told or message(), None)  # type: ignore[arg-type]
    return receipt.answer


async def fails(told: Message | None = None) -> TransportError:
    with pytest.raises(TransportError) as caught:
        await deliver(told)
    return caught.value


async def test_a_mail_tells_all_as_text_and_as_html(office: PostOffice):
    assert "kept as 4711" in await deliver()
    [taken] = office.post.taken
    assert office.post.envelopes == [("alerts@stocks.example", [TO], False)]
    assert taken["From"] == "Stockwatch <alerts@stocks.example>"
    assert (taken["To"], taken["Subject"]) == (TO, TITLE)
    assert taken["Auto-Submitted"] == "auto-generated"
    assert taken["Importance"] is None
    for kind in ("plain", "html"):
        part = taken.get_body((kind,))
        assert part is not None
        text = part.get_content()
        for told in (
            "1800.10 CNY",
            "▲ +5.0 %",
            "sell half",
            PAGE,
            "https://stocks.example/a/Zx-1?once=1",
        ):
            assert told in text, kind


async def test_an_urgent_one_is_important_and_in_the_readers_language(office: PostOffice):
    await deliver(message(item(severity=Severity.URGENT), language="zh-hans"))
    [taken] = office.post.taken
    html = taken.get_body(("html",))
    assert html is not None
    assert 'lang="zh-hans"' in html.get_content()
    assert "由 Stockwatch" in html.get_content()
    assert (taken["Importance"], taken["X-Priority"]) == ("high", "1")
    assert taken["Subject"].startswith("🔴 ")


async def test_a_repeat_is_the_same_message(office: PostOffice):
    await deliver()
    await deliver()
    await deliver(message(key="another"))
    one, repeat, other = (taken["Message-ID"] for taken in office.post.taken)
    assert one == repeat != other
    assert one.endswith("@stocks.example>")


async def test_what_a_user_writes_is_neither_a_header_nor_markup(office: PostOffice):
    evil = 'x\r\nBcc: all@reader.example\r\n\r\n<script>alert(1)</script> & "\x00\x85\u2028y'
    actions = [Action(evil, 'https://x.example/"><script>')]
    await deliver(message(item(title=evil, lines=[evil, "a\nb"], actions=actions), key=evil))
    [taken] = office.post.taken
    assert taken["Bcc"] is None
    assert office.post.envelopes[0][1] == [TO]
    html = taken.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()
    assert "a<br>b" in html.get_content()


async def test_a_digest_tells_of_each(office: PostOffice):
    items = [item(title=f"Number {n}", url=f"{PAGE}{n}") for n in range(3)]
    await deliver(message(*items))
    text = office.post.taken[0].as_string()
    assert all(f"Number {n}" in text and f"{PAGE}{n}" in text for n in range(3))


@pytest.mark.parametrize(
    ("step", "answer", "permanent", "reason"),
    [
        ("EHLO", "421 Too many connections", False, "421"),
        ("MAIL", "421 Service not available", False, "421"),
        ("EHLO", "554 Go away", False, "554 Go away"),
        ("MAIL", "550 Sender rejected", False, "550 Sender rejected"),
        ("MAIL", "530 Authentication required", False, "530"),
        ("RCPT", "530 Authentication required", False, "see EMAIL_URL"),
        ("RCPT", "450 Mailbox busy", False, "450 Mailbox busy"),
        ("RCPT", "550 No such user here", True, "550 No such user here"),
        ("RCPT", "421 Closing", False, "421"),
        ("DATA", "452 Out of storage", False, "452"),
        ("DATA", "552 Message too large", True, "552 Message too large"),
        ("DATA", "554 Spam", True, "554 Spam"),
    ],
)
async def test_its_reply_says_whether_to_try_again(
    office: PostOffice, step: str, answer: str, permanent: bool, reason: str
):
    office.post.answers[step] = answer
    error = await fails()
    assert (error.permanent, office.post.taken) == (permanent, [])
    assert reason in str(error)
    # What lasts and is not the reader's address or mail lies in the settings.
    assert bool(error.fault) == (answer.startswith("5") and not permanent)
    office.post.answers.clear()
    await deliver()
    assert len(office.post.taken) == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
async def test_a_cut_connection_may_heal(office: PostOffice, step: str):
    office.post.answers[step] = "cut"
    error = await fails()
    assert not error.permanent
    assert "hung up" in str(error)


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
async def test_a_slow_server_is_not_waited_for(
    office: PostOffice, step: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mail, "TAKING_SECONDS", 0.5)
    office.post.answers[step] = "slow"
    error = await fails()
    assert not error.permanent
    assert "in time" in str(error)


async def test_a_server_that_looks_at_the_mail_for_long_is_waited_for(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mail, "STEP_SECONDS", 2.0)
    office.post.answers["DATA"] = "thinks"
    assert "kept as 4711" in await deliver()


async def test_all_steps_together_are_bounded_too(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mail, "SECONDS", 0.5)
    monkeypatch.setattr(mail, "TAKING_SECONDS", 3600)
    office.post.answers["RCPT"] = "slow"
    async with asyncio.timeout(PATIENCE):
        error = await fails()
    assert "in time" in str(error)


@pytest.mark.parametrize("answer", ["cut", "slow", "500 What?"])
async def test_a_mail_that_was_taken_is_taken_however_the_good_bye_ends(
    office: PostOffice, answer: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mail, "GOODBYE_SECONDS", 0.2)
    office.post.answers["QUIT"] = answer
    assert "kept as 4711" in await deliver()


async def test_no_server_may_come_back(office: PostOffice, settings: Any):
    settings.EMAIL_SERVER = office.settings(port=free_port())
    error = await fails()
    assert not error.permanent
    assert "no connection" in str(error)


async def test_required_starttls_that_is_not_offered_sends_nothing(
    office: PostOffice, settings: Any
):
    settings.EMAIL_SERVER = office.settings(starttls=True)
    error = await fails()
    assert (error.permanent, error.fault) == (False, mail.INCAPABLE)
    assert "STARTTLS" in str(error)
    assert office.post.envelopes == []


@pytest.mark.parametrize("required", [True, None])
async def test_starttls_is_taken_where_it_is_offered(
    settings: Any,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    required: bool | None,
    office: PostOffice,
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(PostOffice(tls_context=context(certificate), require_starttls=True)) as safe:
        settings.EMAIL_SERVER = safe.settings(starttls=required)
        await deliver()
        assert [tls for _from, _to, tls in safe.post.envelopes] == [True]


async def test_a_certificate_that_nobody_trusts_is_not_taken(
    settings: Any, certificate: Path, office: PostOffice
):
    with serving(PostOffice(tls_context=context(certificate))) as unknown:
        settings.EMAIL_SERVER = unknown.settings(starttls=True)
        assert (await fails()).fault == mail.UNTRUSTED
        assert unknown.post.envelopes == []


async def test_smtps_speaks_tls_from_the_start(
    settings: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch, office: PostOffice
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(PostOffice(ssl_context=context(certificate))) as safe:
        settings.EMAIL_SERVER = safe.settings(tls=True, starttls=False)
        await deliver()
        assert len(safe.post.taken) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(("password", "known"), [(PASSWORD, True), ("wrong-" + PASSWORD, False)])
async def test_the_password_opens_and_is_told_nowhere(
    settings: Any, office: PostOffice, password: str, known: bool, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(1)
    options = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
    with serving(PostOffice(**options)) as guarded:
        server = guarded.settings(user="alerts@stocks.example", password=password)
        settings.EMAIL_SERVER = server
        if known:
            await deliver()
            told = ""
        else:
            error = await fails()
            assert (error.permanent, error.fault) == (False, mail.BAD_LOGIN)
            assert "EMAIL_URL" in str(error)
            told = f"{error!r} {error.answer}"
    ours = "".join(r.getMessage() for r in caplog.records if not r.name.startswith("mail."))
    assert password not in told + repr(server) + ours


async def test_without_a_server_it_says_who_must_do_what(settings: Any):
    settings.EMAIL_SERVER = None
    error = await fails()
    assert (error.permanent, error.fault) == (False, mail.UNSET)
    assert "an admin must set EMAIL_URL" in str(error)


@pytest.mark.parametrize(
    "to", ["", "ann", "ann@", "@x.example", "a@b@c.example", "ann@x.example\nBcc: b@x.example",
           "Ann <ann@x.example>", "root@[127.0.0.1]", "root@[IPv6:::1]",
           "a@x.example,b@x.example", "ann@" + "x" * 70 + "é.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused(to: str):
    assert complaints("mail", to=to)["to"]
