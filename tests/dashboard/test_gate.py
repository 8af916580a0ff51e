"""Who may talk to the dashboard, asked in the messages that a web server would send."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit import config

from engine.dashboard.access.door import COOKIE, Door
from engine.dashboard.access.passwords import PasswordHash, Role
from engine.dashboard.gate import Gate, is_loopback, refuse_to_listen, serves_this_machine_only
from engine.settings import Settings

ALLOWED = ["localhost", "127.0.0.1", "::1"]
HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def served_here() -> Iterator[None]:
    """The committed settings of the server, whatever the tests' own process has."""
    before = {name: config.get_option(f"server.{name}") for name in ("allowedHosts", "address")}
    config.set_option("server.allowedHosts", ALLOWED)
    config.set_option("server.address", HERE)
    yield
    for name, value in before.items():
        config.set_option(f"server.{name}", value)


async def figures(scope: Scope, receive: Receive, send: Send) -> None:
    """What stands behind the gate."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"figures"})


def ask(
    kind: str = "http",
    client: str | None = HERE,
    headers: Mapping[str, str] | None = None,
    *,
    is_open: bool = False,
    door: Door | None = None,
    path: str = "/",
    query_string: bytes = b"",
) -> list[Message]:
    """Send one request and return the answer's messages."""
    sent: list[Message] = []
    given = {"host": "localhost:8501", **(headers or {})}
    scope: Scope = {
        "type": kind,
        "path": path,
        "query_string": query_string,
        "headers": [(k.lower().encode(), v.encode()) for k, v in given.items()],
        "client": None if client is None else (client, 50000),
    }

    async def receive() -> Message:
        return {"type": f"{kind}.connect" if kind == "websocket" else "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    gate = Gate(figures, is_open=lambda: is_open, door=lambda: door or Door(Settings()))
    asyncio.run(gate(scope, receive, send))
    return sent


def refusal(answer: list[Message]) -> str:
    """The reason of a 403; blank where the request came through."""
    return "" if answer[0]["status"] == 200 else f"{answer[0]['status']} {answer[1]['body']!r}"


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501", "LOCALHOST"])
@pytest.mark.parametrize("client", [HERE, "::1"])
def test_this_machine_comes_in_under_each_of_its_names(host: str, client: str) -> None:
    assert refusal(ask(client=client, headers={"host": host})) == ""


@pytest.mark.parametrize(
    "host", ["shop.example.com", "127.0.0.1.example.com", "localhost@evil", "", "localhost/x"]
)
def test_another_host_name_is_refused_with_the_reason(host: str) -> None:
    said = refusal(ask(headers={"host": host}))
    assert said.startswith("403")
    assert "server.allowedHosts" in said


@pytest.mark.parametrize(
    "header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"]
)
def test_a_proxy_in_front_is_refused(header: str) -> None:
    said = refusal(ask(headers={header: "for=192.0.2.60"}))
    assert said.startswith("403")
    assert "proxy" in said


@pytest.mark.parametrize("client", ["192.0.2.7", "fe80::1", None])
def test_another_machine_is_refused(client: str | None) -> None:
    said = refusal(ask(client=client))
    assert said.startswith("403")
    assert "another machine" in said


def test_a_websocket_is_guarded_like_a_page() -> None:
    assert ask("websocket") == [{"type": "websocket.accept"}]
    for answer in (
        ask("websocket", "192.0.2.7"),
        ask("websocket", headers={"x-forwarded-for": "192.0.2.7"}),
        ask("websocket", headers={"host": "shop.example.com"}),
    ):
        # Closed before it was accepted, which a server answers with 403.
        assert [message["type"] for message in answer] == ["websocket.close"]


@pytest.fixture(scope="module")
def locked() -> Door:
    """A door with a password."""
    stored = str(PasswordHash.of("four quiet green hats", b"salt"))
    return Door(Settings(dashboard_owner_password_hash=stored))


@pytest.mark.parametrize("client", [HERE, "192.0.2.7"])
def test_with_a_lock_only_a_session_comes_in_from_anywhere(locked: Door, client: str) -> None:
    assert refusal(ask(client=client, door=locked)) == "403 b'Sign in first.\\n'"
    assert ask("websocket", client, door=locked)[0]["type"] == "websocket.close"
    cookie = {"cookie": f"{COOKIE}={locked.sessions.begin(Role.VIEWER)}"}
    assert refusal(ask(client=client, headers=cookie, door=locked)) == ""
    assert ask("websocket", client, cookie, door=locked) == [{"type": "websocket.accept"}]
    foreign = {**cookie, "host": "shop.example.com"}
    assert refusal(ask(client=client, headers=foreign, door=locked)).startswith("403")


def test_a_made_up_session_stays_outside(locked: Door) -> None:
    assert refusal(ask(headers={"cookie": f"{COOKIE}=0"}, door=locked)).startswith("403")


def test_a_page_without_a_session_leads_to_the_sign_in(locked: Door) -> None:
    page = {"accept": "text/html,*/*"}
    (begun, *_) = ask(headers=page, door=locked, path="/")
    assert begun["status"] == 303
    assert (b"location", b"/sign-in") in begun["headers"]
    (begun, *_) = ask(headers=page, door=locked, path="/listings", query_string=b"range=Today")
    assert (b"location", b"/sign-in?next=%2Flistings%3Frange%3DToday") in begun["headers"]


@pytest.mark.parametrize("path", ["/sign-in", "/_stcore/health"])
def test_sign_in_and_health_check_are_open(locked: Door, path: str) -> None:
    assert refusal(ask(client="192.0.2.7", door=locked, path=path)) == ""


def test_start_and_end_of_the_program_pass_the_gate() -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def run() -> None:
        gate = Gate(app, is_open=lambda: False, door=lambda: Door(Settings()))
        await gate({"type": "lifespan"}, None, None)  # type: ignore[arg-type]

    asyncio.run(run())
    assert seen == ["lifespan"]


def test_the_public_demo_lets_anyone_in_under_an_allowed_name() -> None:
    through = {"x-forwarded-for": "192.0.2.8"}
    assert refusal(ask(client="192.0.2.7", headers=through, is_open=True)) == ""
    foreign = ask(client="192.0.2.7", headers={"host": "shop.example.com"}, is_open=True)
    assert refusal(foreign).startswith("403")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_loopback_addresses_are_this_machine(address: str) -> None:
    assert is_loopback(address)


def test_an_ipv4_client_of_an_ipv6_socket_is_this_machine() -> None:
    assert is_loopback("::ffff:127.0.0.1")
    assert not is_loopback("::ffff:192.0.2.7")


@pytest.mark.parametrize("address", ["", None, "0.0.0.0", "::", "192.0.2.7", "example.com"])
def test_anything_else_is_not(address: str | None) -> None:
    assert not is_loopback(address)


def test_an_empty_address_means_every_address() -> None:
    config.set_option("server.address", None)
    assert not serves_this_machine_only()
    error = refuse_to_listen("")
    assert error.exit_code == 3
    assert "all addresses without sign-in" in error.message
    for way_out in ("--server.address 127.0.0.1", "python -m engine password", "SIGN_IN=off"):
        assert way_out in error.hint
