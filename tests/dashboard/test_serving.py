"""The program as it is started: where it listens, what it warms up, what an error shows."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable, Iterator

import psycopg
import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from engine.dashboard import serving, session
from engine.dashboard.access.passwords import PasswordHash, Role
from engine.dashboard.data import figures_of
from engine.dashboard.keeper import Phase
from engine.database.url import DatabaseUrl
from engine.errors import SettingError
from engine.settings import PROJECT_FOLDER
from tests.log_state import program_state_put_back


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    before = config.get_option("server.address")
    config.set_option("server.address", "127.0.0.1")
    with program_state_put_back():
        yield
    config.set_option("server.address", before)


def serve(seen: Callable[[], None] = lambda: None) -> None:
    """Run the program's start and end, with a look in between."""

    async def run() -> None:
        async with serving.lifespan(st.App("engine/dashboard/app.py")):
            await asyncio.to_thread(seen)

    asyncio.run(run())


def test_loading_begins_before_the_first_reader(point_at, shop_copy: DatabaseUrl) -> None:
    point_at(shop_copy)
    phases: list[Phase] = []
    serve(lambda: phases.append(figures_of().wait(30).phase))
    assert phases == [Phase.READY]


def test_another_address_is_refused_before_anything_is_loaded(point_at, shop_copy) -> None:
    point_at(shop_copy)
    config.set_option("server.address", "0.0.0.0")
    with pytest.raises(SettingError, match=r"served on 0\.0\.0\.0 without sign-in\."):
        serve()
    assert figures_of().state.phase is Phase.PREPARING


def test_with_a_password_it_may_be_served_anywhere(
    point_at, shop_copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = str(PasswordHash.of("four quiet green hats", b"salt"))
    monkeypatch.setenv("DASHBOARD_VIEWER_PASSWORD_HASH", stored)
    point_at(shop_copy)
    config.set_option("server.address", "0.0.0.0")
    serve(lambda: None)
    assert not serving.is_public_demo()


def test_an_open_tab_without_a_session_shows_no_figure(
    point_at, shop_copy, open_app, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = str(PasswordHash.of("four quiet green hats", b"salt"))
    monkeypatch.setenv("DASHBOARD_OWNER_PASSWORD_HASH", stored)
    point_at(shop_copy)
    monkeypatch.setattr(session, "token", lambda: "made up")
    at = open_app(range="Today")
    assert not at.metric
    assert at.info[0].value == "Your session has ended."
    (link,) = at.get("link_button")
    assert link.proto.url == "/sign-in?next=%2F%3Frange%3DToday", "which leads back to this page"
    token = session.the_door().sessions.begin(Role.VIEWER)
    monkeypatch.setattr(session, "token", lambda: token)
    at.run()
    assert at.metric
    assert "Signed in as viewer." in at.sidebar.caption[-1].value


def test_the_demo_may_be_shown_to_others_when_sign_in_is_off(
    point_at, shop_copy: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_SIGN_IN", "off")
    point_at(shop_copy)
    config.set_option("server.address", "0.0.0.0")
    public: list[bool] = []
    serve(lambda: public.append(serving.is_public_demo()))
    assert public == [True]


def test_a_real_shop_is_never_shown_without_sign_in(
    point_at, shop_copy: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(shop_copy.libpq(), autocommit=True) as connection:
        connection.execute("UPDATE shops SET is_demo = false, updated_at = now()")
    monkeypatch.setenv("DASHBOARD_SIGN_IN", "off")
    point_at(shop_copy)
    config.set_option("server.address", "0.0.0.0")
    with pytest.raises(SettingError, match="does not hold the demo shop alone"):
        serve()


def test_on_this_machine_nobody_else_is_let_in(point_at, shop_copy, monkeypatch) -> None:
    monkeypatch.setenv("DASHBOARD_SIGN_IN", "off")
    point_at(shop_copy)
    assert not serving.is_public_demo()


def test_a_failed_page_shows_a_reference_and_the_log_has_the_rest(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    def page() -> None:
        import streamlit as st

        from engine.dashboard.pages import sections
        from engine.dashboard.serving import show_error

        st.navigation(sections())
        st.session_state["shown"] = show_error(RuntimeError("secret detail"))

    at = AppTest.from_function(page).run()
    assert at.session_state["shown"] is True, "or Streamlit would show the error once more"
    said = at.error[0].value
    assert said.startswith("Reference ")
    reference = said.split()[1].rstrip(".")
    assert len(reference) == 8
    shown = " ".join(element.value for element in (*at.error, *at.markdown) if element.value)
    assert "secret detail" not in shown
    assert "Traceback" not in shown
    log = caplog.text + capsys.readouterr().out
    assert reference in log
    assert "secret detail" in log


def test_the_committed_configuration_serves_this_machine_only() -> None:
    path = PROJECT_FOLDER / ".streamlit" / "config.toml"
    committed = tomllib.loads(path.read_text("utf-8"))
    assert committed["server"]["address"] == "127.0.0.1"
    assert committed["server"]["allowedHosts"] == ["localhost", "127.0.0.1", "::1"]
    assert "enableAgentApi" not in committed["server"]
    assert committed["client"] == {
        "showErrorDetails": "none",
        "toolbarMode": "viewer",
        "disableDataExport": True,
    }
    assert committed["browser"]["gatherUsageStats"] is False


def test_no_page_run_walks_over_all_that_is_in_memory() -> None:
    committed = tomllib.loads((PROJECT_FOLDER / ".streamlit" / "config.toml").read_text("utf-8"))
    assert committed["runner"]["postScriptGC"] is False
    assert "runner.postScriptGC" in config.get_config_options(), "or the name has changed"


def test_the_start_program_is_one_that_streamlit_finds() -> None:
    assert "app = st.App(" in (PROJECT_FOLDER / "dashboard.py").read_text("utf-8")
