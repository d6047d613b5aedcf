"""Apprise: which services may be used, that hosts are judged, and that nothing lasts for ever."""

import asyncio
import logging
from ipaddress import ip_network

import psutil
import pytest

from notifications.outgoing.guard import GuardedResolver
from notifications.severity import Severity
from notifications.transports import _apprise_process, _apprise_services, apprise
from notifications.transports.base import TransportError
from tests.notifications.transports.conftest import Desk, complaints, item, message
from tests.standin_services._faults import Fault, Kind
from tests.standin_services.mattermost import HOOK


def params(desk: Desk) -> dict[str, str]:
    return desk.services["mattermost"].params(desk.services.url("mattermost"))


async def deliver(desk: Desk, url: str = "", **fields: object) -> None:
    transport = apprise.Apprise({"url": url or params(desk)["url"]})
    await transport.deliver(message(item(**fields)), desk.outgoing)


async def test_a_message_is_taken_with_all_that_it_tells(desk: Desk):
    await deliver(desk, severity=Severity.URGENT)
    told = desk.taken("mattermost")
    for part in (
        "🔴 Take profit",
        "1800.10",
        "stocks.example/monitors/7/",
        "stocks.example/a/Zx-1",
    ):
        assert part in told


@pytest.mark.parametrize("status", [400, 404, 429, 500, 301])
async def test_a_failure_is_one_that_may_pass(desk: Desk, status):
    private = {"Location": f"{desk.services.root}/private/"}
    desk.services.misbehave("mattermost", Fault(Kind.REPLY, status, headers=private))
    with pytest.raises(TransportError, match="could not deliver") as caught:
        await deliver(desk)
    assert not caught.value.permanent
    assert desk.services.private_requests == 0


async def test_redirects_are_not_followed_even_if_the_address_asks(desk: Desk):
    private = {"Location": f"{desk.services.root}/private/"}
    desk.services.misbehave("mattermost", Fault(Kind.REPLY, 307, headers=private))
    with pytest.raises(TransportError):
        await deliver(desk, params(desk)["url"] + "?redirect=yes&retry=3")
    assert desk.services.private_requests == 0
    assert desk.services.requests["mattermost"] == 1


@pytest.mark.parametrize("kind", [Kind.DRIP, Kind.LARGE, Kind.TIMEOUT])
async def test_what_never_ends_is_ended(desk: Desk, monkeypatch, kind):
    monkeypatch.setattr(apprise, "SECONDS", 3)
    desk.services.misbehave("mattermost", Fault(kind))
    with pytest.raises(TransportError) as caught:
        await deliver(desk)
    assert not caught.value.permanent
    left = [child.cmdline() for child in psutil.Process().children()]
    assert not any(_apprise_process.__name__ in command for command in left)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "169.254.169.254", "10.0.0.1"])
async def test_a_host_of_a_private_network_is_refused(desk: Desk, settings, host):
    settings.DELIVERY_ALLOWED_NETWORKS = [ip_network("192.0.2.0/24")]
    with pytest.raises(TransportError, match="private network") as caught:
        await deliver(desk, f"mmost://{host}/{HOOK}")
    assert caught.value.permanent


async def test_the_process_connects_to_the_address_that_was_judged(desk: Desk, monkeypatch):
    """The name is known to our resolver alone: had the process asked, it would have failed."""

    async def resolve(_resolver: object, host: str, *_rest: object) -> list[dict[str, str]]:
        return [{"host": "127.0.0.1"}]

    monkeypatch.setattr(GuardedResolver, "resolve", resolve)
    await deliver(desk, params(desk)["url"].replace("127.0.0.1", "rebound.invalid"))
    assert "1800.10" in desk.taken("mattermost")


async def test_a_name_that_is_not_known_may_come_back(desk: Desk):
    with pytest.raises(TransportError, match="not known") as caught:
        await deliver(desk, f"mmost://nowhere.invalid/{HOOK}")
    assert not caught.value.permanent


@pytest.mark.parametrize(
    "url",
    [
        "exec://ls", "dbus://", "syslog://", "windows://", "macosx://", "gnome://", "kde://", "qt://",
        "rsyslog://127.0.0.1", "growl://127.0.0.1", "mqtt://127.0.0.1", "irc://127.0.0.1/#x",
        "file:///etc/passwd", "http://127.0.0.1/", "workflows://x.example/a/b?template=/etc/passwd",
        "fcm://project@apikey/token?keyfile=/etc/passwd", "matrix://x", "nothing", "://",
    ],
)  # fmt: skip
def test_services_that_reach_further_are_refused_with_what_may_be_used(url):
    assert "pover" in complaints("apprise", url=url)["url"][0]


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("dingtalk://token/", "dingtalk"), ("feishu://token", "feishu"), ("lark://x", "feishu"),
        ("wecombot://key", "wecom"), ("schan://key/", "serverchan"), ("JSON://x/", "webhook"),
        ("mailto://a:b@x.example", "mail"), ("slack://a/b/c", "slack"),
    ],
)  # fmt: skip
def test_where_we_have_our_own_it_is_named(url, ours):
    assert f"transport {ours} instead" in complaints("apprise", url=url)["url"][0]


def test_an_address_that_is_not_one_of_the_service_is_refused():
    assert "its page" in complaints("apprise", url="pover://")["url"][0]
    assert complaints("apprise", url=f"pover://{'u' * 30}@{'a' * 30}") == {}


def test_every_service_that_is_named_exists():
    from apprise.plugins import N_MGR

    named = _apprise_services.PUBLIC | _apprise_services.SELF_HOSTED | _apprise_services.OURS.keys()
    assert named - set(N_MGR.schemas()) == set()
    assert _apprise_services.PUBLIC.isdisjoint(_apprise_services.OURS)
    assert _apprise_services.PUBLIC.isdisjoint(_apprise_services.SELF_HOSTED)


async def test_the_address_is_told_nowhere(desk: Desk, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    desk.services.misbehave("mattermost", Fault(Kind.ECHO, 500))
    transport = apprise.Apprise(params(desk))
    with pytest.raises(TransportError) as caught:
        await transport.deliver(message(), desk.outgoing)
    told = [repr(caught.value), caught.value.answer, repr(transport), transport.bucket]
    told += [caplog.text, *capfd.readouterr()]
    assert not any(HOOK[:8] in text for text in told)


def service(url: str) -> str:
    return apprise.Apprise({"url": url}).service


def test_destinations_of_one_service_are_known_as_such():
    assert service("pover://user@token") == service("POVER://another@other-token?priority=high")
    assert service("pover://user@token") != service("prowl://token")
    assert "token" not in service("prowl://token")
    ours = service(f"mmost://chat.example/{HOOK}")
    assert ours == service("mmost://bot@Chat.example/another-hook")
    assert ours != service(f"mmost://talk.example/{HOOK}")


async def test_only_so_many_processes_run_at_once(desk: Desk, monkeypatch):
    running: list[int] = [0]

    async def notify(_content: object) -> bool:
        running.append(running[-1] + 1)
        for _turn in range(20):
            await asyncio.sleep(0)
        running.append(running[-1] - 1)
        return True

    monkeypatch.setattr(apprise, "_notify", notify)
    await asyncio.gather(*[deliver(desk) for _ in range(10)])
    assert max(running) == apprise.MOST_AT_ONCE
