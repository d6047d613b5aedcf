"""The service worker comes from where it may speak for the whole site."""

from django.test import Client


def test_it_is_a_script_for_the_whole_site(client: Client) -> None:
    answer = client.get("/push/worker.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert (answer["Service-Worker-Allowed"], answer["Cache-Control"]) == ("/", "no-cache")
    assert b"notificationclick" in answer.content
    assert client.post("/push/worker.js").status_code == 405
