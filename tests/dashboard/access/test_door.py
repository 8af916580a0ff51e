"""The sign-in page, asked as a browser asks it."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import structlog
from starlette.applications import Starlette

from engine.dashboard.access.door import (
    COOKIE,
    SIGN_IN,
    SIGN_OUT,
    Door,
    routes_of,
    sign_in_for,
)
from engine.dashboard.access.passwords import PasswordHash, Role
from engine.settings import Settings

PASSWORD = "four quiet green hats"


class Browser:
    """Keeps its cookies from one page to the next."""

    def __init__(self, door: Door) -> None:
        self._app = Starlette(routes=routes_of(lambda: door))
        self.cookies = httpx.Cookies()

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost", cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **more)
                self.cookies = client.cookies
                return answer

        return asyncio.run(ask())

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self._ask("POST", path, **more)


@pytest.fixture(scope="module")
def stored() -> str:
    return str(PasswordHash.of(PASSWORD, b"salt"))


@pytest.fixture
def door(stored: str) -> Door:
    return Door(Settings(dashboard_owner_password_hash=stored))


@pytest.fixture
def browser(door: Door) -> Browser:
    return Browser(door)


def test_the_form_has_a_labelled_field_and_is_never_stored(browser: Browser) -> None:
    page = browser.get(SIGN_IN)
    assert page.status_code == 200
    assert '<label for="password">' in page.text
    assert page.headers["cache-control"] == "no-store"


def test_the_password_begins_a_session_and_signing_out_ends_it(browser, door: Door) -> None:
    answer = browser.post(SIGN_IN, data={"password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie.replace("samesite", "")
    token = browser.cookies[COOKIE]
    assert door.sessions.role(token) is Role.OWNER
    assert browser.get(SIGN_IN).headers["location"] == "/"
    assert browser.get(SIGN_OUT).headers["location"] == SIGN_IN
    assert door.sessions.role(token) is None


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/compare?range=Custom&dates=2026-01-01&dates=2026-01-31", None),
        ("/", None),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("https://elsewhere.example/", "/"),
        ("compare", "/"),
    ],
)
def test_a_link_leads_through_the_sign_in_to_its_page_and_never_elsewhere(
    browser: Browser, wanted: str, leads_to: str | None
) -> None:
    address = sign_in_for(wanted)
    assert browser.post(address, data={"password": "no"}).status_code == 401
    answer = browser.post(address, data={"password": PASSWORD})
    assert answer.headers["location"] == (leads_to or wanted)
    assert browser.get(address).headers["location"] == (leads_to or wanted), "signed in by then"


def test_behind_an_encrypted_connection_the_cookie_stays_on_it(browser: Browser) -> None:
    answer = browser.post(
        SIGN_IN, data={"password": PASSWORD}, headers={"x-forwarded-proto": "https"}
    )
    assert "; secure" in answer.headers["set-cookie"].lower()


def test_a_wrong_password_is_told_so_and_is_in_no_log(browser: Browser) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = browser.post(SIGN_IN, data={"password": "my other password"})
    assert answer.status_code == 401
    assert "That is not the password." in answer.text
    assert "set-cookie" not in answer.headers
    assert [line["event"] for line in lines] == ["sign-in failed"]
    assert "my other password" not in str(lines)


def test_after_five_failures_even_the_right_password_has_to_wait(browser: Browser) -> None:
    for _ in range(6):
        browser.post(SIGN_IN, data={"password": "guess"})
    answer = browser.post(SIGN_IN, data={"password": PASSWORD})
    assert answer.status_code == 429
    assert "Too many attempts. Wait" in answer.text


def test_a_form_of_another_site_is_refused(browser: Browser) -> None:
    answer = browser.post(
        SIGN_IN, data={"password": PASSWORD}, headers={"origin": "https://shop.example.com"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_form_too_long_to_be_one_is_no_password(browser: Browser) -> None:
    assert browser.post(SIGN_IN, data={"password": "x" * 5000}).status_code == 401


def test_without_a_hash_there_is_no_sign_in() -> None:
    door = Door(Settings())
    assert not door.has_lock
    assert Browser(door).get(SIGN_IN).headers["location"] == "/"
