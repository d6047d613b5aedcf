"""A page with static/realtime.js, a WebSocket and a clock that the test moves."""

from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page, Route

STATIC = Path(__file__).parents[2] / "static"
HOME = "http://stockwatch.test/"

HARNESS = """async (options) => {
  const { RealtimeClient } = await import("/realtime.js");
  window.sockets = [];
  class FakeSocket {
    readyState = 0;
    sent = [];
    constructor(url) { this.url = url; window.sockets.push(this); }
    send(text) { this.sent.push(JSON.parse(text)); }
    close() { this.readyState = 3; }
    say(frame) { this.onmessage({ data: JSON.stringify(frame) }); }
    greet() { this.readyState = 1; this.say({ type: "hello", version: 1, ping_interval: 25 }); }
    end(code) { this.readyState = 3; this.onclose({ code, reason: "" }); }
  }
  window.FakeSocket = FakeSocket;
  window.told = { open: 0, frames: [], problems: [], states: [] };
  window.client = new RealtimeClient("/ws/realtime/", {
    WebSocket: FakeSocket, random: () => 0.5, ...options,
  });
  client.onOpen = () => { told.open += 1; };
  client.onMessage = (frame) => told.frames.push(frame);
  client.onError = (problem) => told.problems.push(problem);
  client.onState = (state) => told.states.push(state);
}"""


class Client:
    """The client in the page, the server's side of its sockets, and the clock."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)

    def do(self, *calls: str) -> None:
        for call in calls:
            self.run(f"() => {{ client.{call} }}")

    def serve(self, *calls: str) -> None:
        """Do something as the server of the newest socket."""
        for call in calls:
            self.run(f"() => {{ sockets.at(-1).{call} }}")

    def wait(self, seconds: float) -> None:
        self.page.clock.run_for(int(seconds * 1000))

    @property
    def sockets(self) -> int:
        return int(self.run("() => sockets.length"))

    @property
    def sent(self) -> list[dict[str, Any]]:
        frames: list[dict[str, Any]] = self.run("() => sockets.at(-1).sent")
        return frames

    @property
    def state(self) -> str:
        return str(self.run("() => client.state"))

    def told(self, what: str) -> Any:
        return self.run(f"() => told.{what}")


class Start(Protocol):
    """Starts a client with these options."""

    def __call__(self, **options: Any) -> Client: ...


def serve_modules(page: Page) -> None:
    """Serve an empty page at HOME, beside the modules as they are in the source."""

    def fulfil(route: Route) -> None:
        name = route.request.url.removeprefix(HOME)
        if name.endswith(".js"):
            route.fulfill(body=(STATIC / name).read_text("utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page.route("**/*", fulfil)


def start_client(page: Page, harness: str = HARNESS, **options: Any) -> Client:
    """Load the page, stop its clock, and begin."""
    page.clock.install(time=0)
    serve_modules(page)
    page.goto(HOME)
    page.clock.pause_at(60_000)
    page.evaluate(harness, options)
    return Client(page)


def notification(seq: int) -> str:
    return f'say({{type: "notification", seq: {seq}, data: {{}}}})'


def ok(client: Client, head: int, *, recovered: bool = True) -> None:
    asked = next(frame for frame in client.sent if frame.get("stream") == "notifications")
    answer = f'type: "ok", id: {asked["id"]}, head: {head}, recovered: {str(recovered).lower()}'
    client.serve(f"say({{{answer}}})")
