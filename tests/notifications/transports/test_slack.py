"""Slack: escapes, the bar's colour, and the words by which it refuses."""

import pytest

from notifications.message import Fact
from notifications.severity import Severity
from notifications.transports.base import TransportError
from notifications.transports.slack import escaped
from tests.notifications.transports.conftest import Desk, cleaned, complaints, item, message
from tests.standin_services.slack import Slack

PATH = "T0471ABCD/B0472EFGH/vGzLm3xQwJ8kP2nR5tYb7cDa"


@pytest.mark.parametrize(
    "typed",
    [
        PATH,
        f"https://hooks.slack.com/services/{PATH}",
        f" https://hooks.slack.com/services/{PATH}/\n",
        f"https://hooks.slack-gov.com/services/{PATH}",
    ],
)
def test_a_webhook_is_understood_as_it_is_pasted(typed):
    assert cleaned("slack", url=typed) == {"url": PATH}


@pytest.mark.parametrize(
    "typed",
    [
        "https://app.slack.com/client/T0471ABCD/C0471",
        "https://hooks.slack.com/triggers/T0471ABCD/1/abcdefghijkl",
        f"https://hooks.slack.com.evil.example/services/{PATH}",
        f"http://hooks.slack.com/services/{PATH}/../../x",
    ],
)
def test_another_address_is_refused_with_the_mend(typed):
    assert "https://hooks.slack.com/services/T" in complaints("slack", url=typed)["url"][0]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("AT&T <b> > 1", "AT&amp;T &lt;b&gt; &gt; 1"),
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
        ("*ST海航 _x_ ~y~ `z`", "＊ST海航 ＿x＿ ～y～ ｀z｀"),
        ("&amp;", "&amp;amp;"),
        ('"quoted" 5 % +1', '"quoted" 5 % +1'),
    ],
)
def test_nothing_in_a_text_is_markup(text, written):
    assert escaped(text) == written


async def test_an_urgent_one_is_marked_and_red(desk: Desk):
    await desk.deliver("slack", message(item(severity=Severity.URGENT)))
    told = desk.content("slack")
    assert told["text"].startswith("🔴 ")
    assert told["attachments"][0]["color"] == "#d32f2f"


async def test_facts_are_fields_in_which_nothing_is_markup(desk: Desk):
    facts = [Fact("source", "Source", "<b>*"), *(Fact("x", "X", "y") for _ in range(20))]
    await desk.deliver("slack", message(item(facts=facts, lines=["a note"])))
    fields, links = desk.content("slack")["attachments"][0]["blocks"]
    assert len(fields["fields"]) == 10
    assert fields["fields"][0]["text"] == "*Source*\n&lt;b&gt;＊"
    assert links["text"]["text"].startswith("a note\n<https://stocks.example/monitors/7/|Details>")


@pytest.mark.parametrize(
    ("word", "permanent"),
    [
        ("channel_is_archived", True),
        ("action_prohibited", True),
        ("channel_not_found", True),
        ("no_service", True),
        ("rollup_error", False),
    ],
)
async def test_its_words_say_whether_to_try_again(desk: Desk, word, permanent):
    slack = desk.services["slack"]
    assert isinstance(slack, Slack)
    slack.webhooks[PATH] = word
    with pytest.raises(TransportError, match=word) as caught:
        await desk.deliver("slack")
    assert caught.value.permanent is permanent


async def test_too_fast_says_when(desk: Desk):
    for _ in range(10):
        await desk.deliver("slack")
    with pytest.raises(TransportError) as caught:
        await desk.deliver("slack")
    assert (caught.value.permanent, caught.value.retry_after) == (False, 1)
