"""The way out: nothing that a user names leads into a private network."""

import gzip
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psutil
import pytest
from aiohttp import ClientTimeout, web
from django.utils import translation

from notifications.outgoing import LARGEST_ANSWER, Answer, Outgoing, UnreachableError
from notifications.outgoing.guard import NotAllowedError, judge, judge_literal
from tests.notifications.resolving import Names

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1",
    "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
    "192.0.0.1", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1", "168.63.129.16",
    "::", "::1", "::7f00:1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
    "2001:db8::1", "3fff::1", "100::1", "5f00::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1",
    "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::",  # 6to4
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1",  # NAT64
    "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo, 127.0.0.1
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",  # Teredo, 10.0.0.1
    "2001:0:4136:e378:8000:63bf:f7f7:f7f7",  # Teredo, 8.8.8.8
    "2001:4860::5efe:10.0.0.1", "2001:4860::200:5efe:127.0.0.1",  # ISATAP
]  # fmt: skip

PUBLIC = ["8.8.8.8", "1.1.1.1", "223.5.5.5", "172.32.0.1", "100.128.0.1", "2001:4860:4860::8888",
          "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]  # fmt: skip


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    names = Names()
    monkeypatch.setattr("notifications.outgoing.guard.ThreadedResolver", lambda: names)
    return names


@pytest.fixture
async def outgoing(names: Names) -> AsyncIterator[Outgoing]:
    outgoing = Outgoing()
    yield outgoing
    await outgoing.close()


class Target:
    """A server that would rather not be reached; on every address of 127.0.0.0/8."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.reached: list[str] = []
        self.port = 0
        self.response: Any = lambda: web.Response(text="hello")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        assert request.transport is not None
        self.reached.append(request.transport.get_extra_info("sockname")[0])
        return self.response()


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    target = Target()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", target.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0).start()
    target.port = runner.addresses[0][1]
    yield target
    await runner.cleanup()


def allow(settings: Any, *networks: str) -> None:
    settings.DELIVERY_ALLOWED_NETWORKS = [ipaddress.ip_network(one) for one in networks]


async def get(outgoing: Outgoing, url: str) -> Answer:
    return await outgoing.request("GET", url)


# -- Addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused(address: str) -> None:
    with pytest.raises(NotAllowedError, match="DELIVERY_ALLOWED_NETWORKS"):
        judge(ipaddress.ip_address(address), "host.example")
    with pytest.raises(NotAllowedError):
        judge_literal(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address: str) -> None:
    judge(ipaddress.ip_address(address), "host.example")
    judge_literal(address)


def test_an_address_of_this_machine_is_refused_even_if_public(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    [loopback, *_more] = psutil.net_if_addrs().values()
    own = [loopback[0]._replace(family=socket.AF_INET, address="8.8.8.8")]
    monkeypatch.setattr("psutil.net_if_addrs", lambda: {"eth0": own})
    with pytest.raises(NotAllowedError, match="of this machine"):
        judge_literal("8.8.8.8")
    judge_literal("8.8.4.4")
    allow(settings, "8.8.8.8/32")
    judge_literal("8.8.8.8")


def test_an_admin_may_allow_a_network(settings: Any) -> None:
    allow(settings, "192.168.0.0/16", "fd00::/8")
    for address in ("192.168.1.1", "::ffff:192.168.1.1", "fd00::1"):
        judge_literal(address)
    for address in ("10.0.0.1", "fc00::1", "::1"):
        with pytest.raises(NotAllowedError):
            judge_literal(address)


@pytest.mark.parametrize(
    "host", ["127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0", "0x0",
             "017700000001", "127.0.0.1.", "134744072", "8.8.2056", "010.0.0.1"],
)  # fmt: skip
async def test_an_odd_notation_is_refused(outgoing: Outgoing, host: str, settings: Any) -> None:
    allow(settings, "127.0.0.0/8")
    with pytest.raises(NotAllowedError, match=r"192\.0\.2\.1"):
        await get(outgoing, f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/", "http://127.0.0.1.:{port}/", "HTTP://127.0.0.1:{port}/",
        "http://0.0.0.0:{port}/", "http://[::1]:{port}/", "http://[::]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/", "http://[::127.0.0.1]:{port}/",
        "http://[::ffff:7f00:1]:{port}/", "http://[0:0:0:0:0:ffff:7f00:1]:{port}/",
        "http://[::1%25lo]:{port}/", "http://[fe80::1%25eth0]:{port}/",
        "http://１２７.0.0.1:{port}/", "http://127。0。0。1:{port}/", "http://①②⑦.⓪.⓪.①:{port}/",
        "http://user@127.0.0.1:{port}/", "http://8.8.8.8@127.0.0.1:{port}/",
        "http://8.8.8.8:80@127.0.0.1:{port}/", "http://127.0.0.1:{port}#@8.8.8.8/",
        "http://127.0.0.1:{port}?@8.8.8.8/", "http://\n127.0.0.1:{port}/",
        "http://8.8.8.8\\@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@8.8.8.8/",
        "file:///etc/passwd", "gopher://127.0.0.1:{port}/", "ftp://127.0.0.1/",
        "unix:///run/x.sock", "ws://127.0.0.1:{port}/", "data:text/plain,x", "http://", "http:///x",
        "//127.0.0.1:{port}", "http:127.0.0.1", "javascript:alert(1)", "", "x", "http://[::1",
        "http://[x]/",
        "http://127.0.0.1:99999/", "http://127.0.0.1:x/",
    ],
)  # fmt: skip
async def test_a_trick_reaches_nothing(outgoing: Outgoing, target: Target, url: str) -> None:
    with pytest.raises(NotAllowedError):
        await get(outgoing, url.format(port=target.port))
    assert target.requests == []


# -- Names --------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["inside.example", "INSIDE.example", "inside.example.",
                                  "ｉｎｓｉｄｅ.example", "büro.example"])  # fmt: skip
@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"],
                                   ["2001:4860:4860::8888", "fd00::1"]])  # fmt: skip
async def test_a_name_with_any_private_address_is_refused(
    outgoing: Outgoing, names: Names, target: Target, host: str, found: list[str]
) -> None:
    for name in ("inside.example", "inside.example.", "xn--bro-hoa.example"):
        names.answers[name] = [found]
    with pytest.raises(NotAllowedError, match="DELIVERY_ALLOWED_NETWORKS"):
        await get(outgoing, f"http://{host}:{target.port}/")
    assert names.asked
    assert target.requests == []


async def test_the_connection_goes_to_the_address_that_was_judged(
    outgoing: Outgoing, names: Names, target: Target, settings: Any
) -> None:
    """127.0.0.2 stands for a public address, the machine's own for the private one behind it."""
    allow(settings, "127.0.0.2/32")
    names.answers["rebound.example"] = [["127.0.0.2"], ["127.0.0.1"]]
    url = f"http://rebound.example:{target.port}/"
    await get(outgoing, url)
    assert (names.asked, target.reached) == (["rebound.example"], ["127.0.0.2"])
    later = Outgoing()  # which asks anew, as anyone does after a while
    with pytest.raises(NotAllowedError):
        await get(later, url)
    await later.close()
    assert target.reached == ["127.0.0.2"]


async def test_the_real_resolver_is_judged_too(target: Target) -> None:
    outgoing = Outgoing()
    with pytest.raises(NotAllowedError, match="localhost"):
        await get(outgoing, f"http://LocalHost:{target.port}/")
    await outgoing.close()
    assert target.requests == []


async def test_a_name_that_nobody_knows_may_be_known_later(outgoing: Outgoing) -> None:
    with pytest.raises(UnreachableError, match=r"nowhere\.example is not known"):
        await get(outgoing, "http://nowhere.example/")


# -- Requests -----------------------------------------------------------------------------------


@pytest.fixture
def here(settings: Any, target: Target) -> str:
    """The target's address, allowed."""
    allow(settings, "127.0.0.0/8")
    return f"http://127.0.0.1:{target.port}/?token=s3cret"


async def test_an_answer_comes_back_whatever_its_status(
    outgoing: Outgoing, target: Target, here: str
) -> None:
    target.response = lambda: web.Response(status=418, text="no", headers={"X-A": "b"})
    answer = await get(outgoing, here)
    assert (answer.status, answer.body, answer.headers["X-A"]) == (418, b"no", "b")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(
    outgoing: Outgoing, target: Target, here: str, status: int
) -> None:
    target.response = lambda: web.Response(status=status, headers={"Location": here})
    assert (await get(outgoing, here)).status == status
    assert len(target.requests) == 1


async def test_a_long_answer_is_cut(outgoing: Outgoing, target: Target, here: str) -> None:
    target.response = lambda: web.Response(body=b"x" * 10 * LARGEST_ANSWER)
    assert (await get(outgoing, here)).body == b"x" * LARGEST_ANSWER


async def test_a_compressed_answer_is_cut_too(
    outgoing: Outgoing, target: Target, here: str
) -> None:
    bomb = gzip.compress(b"0" * 50 * 1024 * 1024)
    target.response = lambda: web.Response(body=bomb, headers={"Content-Encoding": "gzip"})
    before = psutil.Process().memory_info().rss
    assert (await get(outgoing, here)).body == b"0" * LARGEST_ANSWER
    assert psutil.Process().memory_info().rss - before < 20 * 1024 * 1024


async def test_no_cookie_is_kept(
    outgoing: Outgoing, target: Target, here: str, names: Names
) -> None:
    names.answers["here.example"] = [["127.0.0.1"]]
    here = here.replace("127.0.0.1", "here.example")
    target.response = lambda: web.Response(headers={"Set-Cookie": "a=b"})
    await get(outgoing, here)
    await get(outgoing, here)
    assert "Cookie" not in target.requests[1].headers


async def test_the_environments_proxy_is_not_used(
    outgoing: Outgoing, target: Target, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert (await get(outgoing, here)).status == 200


async def test_an_answer_that_does_not_come_is_an_error_without_the_address(
    target: Target, here: str, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setattr("notifications.outgoing.client.TIMEOUT", ClientTimeout(total=0.3))
    outgoing = Outgoing()

    def hang_up() -> web.Response:
        assert target.requests[-1].transport is not None
        target.requests[-1].transport.abort()
        return web.Response()

    target.response = hang_up
    with pytest.raises(UnreachableError, match="broke off") as cut:
        await get(outgoing, here)
    with pytest.raises(UnreachableError, match="takes no connection") as refused:
        await get(outgoing, f"http://127.0.0.1:{unused_tcp_port}/?token=s3cret")
    with pytest.raises(UnreachableError, match=r"certificate|broke off") as plain:
        await get(outgoing, here.replace("http:", "https:"))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/?token=s3cret"
        with pytest.raises(UnreachableError, match="in time") as slow:
            await get(outgoing, address)
    await outgoing.close()
    for caught in (cut, refused, plain, slow):
        assert "s3cret" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__
