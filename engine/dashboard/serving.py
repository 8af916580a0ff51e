"""Starts and ends the served dashboard: where it may listen, what is warmed up, what an error says.

Loading begins before the first reader comes, in a thread: the port and the health check answer at
once.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import streamlit as st
import structlog
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from engine.dashboard.access.door import routes_of
from engine.dashboard.data import figures_of, settings
from engine.dashboard.gate import Gate, refuse_to_listen, serves_this_machine_only
from engine.dashboard.pages import OVERVIEW
from engine.dashboard.session import needs_sign_in, the_accounts, the_door
from engine.database import release
from engine.log import set_up_log

_log = structlog.get_logger("engine")
_PUBLIC_WAIT = 300.0  # seconds; nobody else is served before the shop is known to be the demo's


def is_public_demo() -> bool:
    """Whether anyone may come in: sign-in is switched off, and every shop is the demo's."""
    if serves_this_machine_only() or settings().dashboard_sign_in != "off":
        return False
    if needs_sign_in():
        return False
    shops = figures_of().state.shops
    return bool(shops) and all(shop.is_demo for shop in shops)


def is_open() -> bool:
    """Whether the gate lets everyone through: to the public demo, or to each page's own gate.

    Where readers sign in with an account a run of a page is the gate (`require_reader`): it alone
    knows who asks.
    """
    return the_accounts() is not None or is_public_demo()


middleware: Sequence[Middleware] = (Middleware(Gate, is_open=is_open, door=the_door),)
routes: Sequence[BaseRoute] = routes_of(the_door)


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Check where the program may listen, begin to load, and give the database back at the end.

    Raises SettingError, which ends the process with exit code 3, for an address that is not this
    machine's own, unless readers sign in, or sign-in is switched off for the demo shop; and for a
    way to sign in that can't work.
    """
    set_up_log(settings().log_format, settings().log_level)
    is_public = not needs_sign_in() and not serves_this_machine_only()
    if is_public and settings().dashboard_sign_in != "off":
        raise refuse_to_listen("")
    keeper = figures_of()
    keeper.check()
    try:
        if is_public:
            await asyncio.to_thread(keeper.wait, _PUBLIC_WAIT)
            if not is_public_demo():
                raise refuse_to_listen(", and the database does not hold the demo shop alone")
        yield None
    finally:
        release()


def show_error(error: Exception) -> bool:
    """Draw what a reader may know of a failed page; the log has the rest under the reference.

    Returns True, which tells Streamlit that the failure has been shown.
    """
    reference = uuid.uuid4().hex[:8]
    _log.error("page failed", reference=reference, exc_info=error)
    st.error(
        f"Reference {reference}. The program's log has the details under this reference; "
        "the other pages work.",
        title="Something went wrong",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Retry", key=f"retry {reference}")
        st.page_link(OVERVIEW, label="Overview with the same filters")
    return True
