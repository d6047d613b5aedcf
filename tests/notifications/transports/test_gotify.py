"""Gotify: priorities, Markdown, and what its refusals mean."""

import pytest

from notifications.severity import Severity
from notifications.transports.base import TransportError
from tests.notifications.transports.conftest import PAGE, Desk, complaints, item, message


@pytest.mark.parametrize(
    ("severity", "priority"),
    [(Severity.INFO, 2), (Severity.NORMAL, 5), (Severity.URGENT, 9)],
)
async def test_severity_is_priority(desk: Desk, severity, priority):
    await desk.deliver("gotify", message(item(severity=severity)))
    assert desk.content("gotify")["priority"] == priority


async def test_a_note_cannot_become_markup(desk: Desk):
    await desk.deliver("gotify", message(item(lines=["# *ST海航* [x](http://evil.example)"])))
    told = desk.content("gotify")
    assert told["extras"]["client::display"] == {"contentType": "text/markdown"}
    assert told["extras"]["client::notification"] == {"click": {"url": PAGE}}
    assert r"\# \*ST海航\* \[x\](http://evil.example)" in told["message"]


async def test_an_unknown_application_is_final(desk: Desk):
    with pytest.raises(TransportError, match="copy its token anew") as caught:
        await desk.deliver("gotify", token="A0000000000000x")
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("typed", "field", "mend"),
    [
        ({"token": "CKfAIvaz8v2uKBq", "server": "https://g.home"}, "token", "Apps"),
        ({"token": "AKfAIvaz8v2uKBq"}, "server", "required"),
        ({"token": "AKfAIvaz8v2uKBq", "server": "ftp://g.home"}, "server", "https://"),
        ({"token": "AKfAIvaz8v2uKBq", "server": "https://g.home:x"}, "server", "https://"),
    ],
)
def test_what_will_not_do_is_named_with_the_mend(typed, field, mend):
    assert mend in complaints("gotify", **typed)[field][0]
