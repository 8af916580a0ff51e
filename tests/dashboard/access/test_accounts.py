"""Sign-in with an account: what a page draws for whom, and the whole way through a provider."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from playwright.sync_api import Browser, expect
from streamlit import config
from streamlit.testing.v1 import AppTest

from docs.images.make_pictures import chromium_path, served
from engine.dashboard import data, serving, session, states
from engine.dashboard.data import settings
from engine.database.url import DatabaseUrl
from engine.settings import Settings
from tests.dashboard.access.provider import CLIENT, SECRET, provider
from tests.dashboard.conftest import APP, environment_of

COOKIE_SECRET = "0123456789abcdef0123456789abcdef"
Visit = Callable[..., AppTest]


@pytest.fixture
def visit(
    point_at: Callable[[DatabaseUrl], Settings],
    shop_template: DatabaseUrl,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Visit]:
    """Open the application as the account with these claims."""
    monkeypatch.setattr(states, "FIRST_WAIT", 60)
    monkeypatch.setenv("DASHBOARD_OWNERS", "mina@shop.example")
    monkeypatch.setenv("DASHBOARD_VIEWERS", "books@tax.example")
    point_at(shop_template)
    monkeypatch.setattr(session, "read_providers", lambda: ("default",))
    kept = (settings, session.the_accounts, session.the_door)
    for one in kept:
        one.clear()  # the figures stay: they are of the same database

    def visit_(**claims: Any) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=60)
        at.user = {"is_logged_in": bool(claims), "iat": time.time(), **claims}
        return at.run()

    yield visit_
    for one in kept:
        one.clear()


def test_before_signing_in_no_data_are_touched(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(data, "figures_of", asked.append)
    at = visit()
    assert at.info[0].value == "Sign in to see the figures."
    assert [button.label for button in at.button] == ["Sign in"]
    assert not at.metric
    assert not at.sidebar.selectbox
    assert asked == []


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email": "else@shop.example"}, "This account may not read the dashboard."),
        ({"email": "mina@shop.example", "email_verified": False}, "has not been verified."),
    ],
)
def test_an_account_that_may_not_read_is_told_so_and_logged(
    visit: Visit, claims: dict[str, Any], said: str
) -> None:
    with structlog.testing.capture_logs() as lines:
        at = visit(**claims)
        at.run()
    assert said in at.warning[0].value
    assert not at.metric
    (line,) = lines
    assert (line["event"], line["account"]) == ("sign-in refused", claims["email"])


def test_owner_and_viewer_come_in_with_their_roles(visit: Visit) -> None:
    for email, role in {"mina@shop.example": "owner", "books@tax.example": "viewer"}.items():
        with structlog.testing.capture_logs() as lines:
            at = visit(email=email)
        assert at.metric
        assert f"Signed in as {role}." in at.sidebar.caption[-1].value
        told = [line for line in lines if line["event"] == "signed in"]
        assert [(line["account"], line["role"]) for line in told] == [(email, role)]


def test_an_open_tab_ends_with_the_session(visit: Visit) -> None:
    at = visit(email="mina@shop.example")
    assert at.metric
    at.user["iat"] = time.time() - 13 * 3600
    at.run()
    assert at.info[0].value == "Your session has ended."
    assert not at.metric


def test_an_idle_tab_ends_and_newer_data_do_not_keep_it_open(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = visit(email="mina@shop.example")
    opened = time.time()
    for hours, is_its_readers, is_open in ((1.5, False, True), (2.5, True, False)):
        monkeypatch.setattr(session.time, "time", lambda: opened + hours * 3600)  # noqa: B023
        if not is_its_readers:
            at.session_state[session._BY_ITSELF] = True
        at.run()
        assert bool(at.metric) is is_open, hours
    assert at.info[0].value == "Your session has ended."


def test_accounts_come_before_passwords_and_may_be_served_anywhere(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = config.get_option("server.address")
    config.set_option("server.address", "0.0.0.0")
    try:
        assert session.needs_sign_in()
        assert serving.is_open(), "a run of a page is the gate"
        assert not serving.is_public_demo()
        assert not session.the_door().has_lock
    finally:
        config.set_option("server.address", before)


@pytest.mark.browser
@pytest.mark.skipif(chromium_path() is None, reason="needs the system's Chromium")
def test_the_whole_way_through_a_provider(
    chromium: Browser, shop_template: DatabaseUrl, shop_files: Path, tmp_path: Path
) -> None:
    log = tmp_path / "dashboard.log"
    with provider(email="else@shop.example") as known:
        secrets = tmp_path / "secrets.toml"
        secrets.write_text(
            f'[auth]\nredirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"\n'
            f'cookie_secret = "{COOKIE_SECRET}"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
            f'server_metadata_url = "{known.address}/.well-known/openid-configuration"\n'
        )
        environment = environment_of(shop_template, shop_files) | {
            "DASHBOARD_OWNERS": "mina@shop.example",
            "STREAMLIT_SECRETS_FILES": str(secrets),
        }
        with served(environment, log) as site:
            page = chromium.new_page()
            page.goto(f"{site}/listings")
            page.get_by_role("button", name="Sign in").click()
            expect(page.get_by_text("This account may not read the dashboard.")).to_be_visible()
            page.get_by_role("button", name="Sign out").click()
            expect(page.get_by_text("Sign in to see the figures.")).to_be_visible()
            known.claims = {"email": "mina@shop.example", "email_verified": True}
            page.get_by_role("button", name="Sign in").click()
            expect(page.get_by_text("Signed in as owner.")).to_be_visible(timeout=30_000)
            expect(page.locator("[data-testid=stMetric]").first).to_be_visible()
            page.close()
    assert known.refused == []
    assert known.signed_out == 1
    written = log.read_text()
    assert "else@shop.example" in written, "who was refused can be read in the log"
    for secret in (SECRET, COOKIE_SECRET, "opaque"):
        assert secret not in written
