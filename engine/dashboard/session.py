"""Who reads this page: asked again at each run, so that an open tab ends with its session."""

from __future__ import annotations

import streamlit as st

from engine.dashboard.access.door import COOKIE, SIGN_IN, SIGN_OUT, Door
from engine.dashboard.access.passwords import Role
from engine.dashboard.data import settings


@st.cache_resource(max_entries=1, show_spinner=False)
def the_door() -> Door:
    """Return the door of this process; raises SettingError for a hash that is none."""
    return Door(settings())


def token() -> str | None:
    """Return what the reader's browser shows of a session."""
    return st.context.cookies.get(COOKIE)


def require_reader() -> Role:
    """Return the role of the reader; without a live session the run ends here.

    Where nobody has to sign in, whoever sits at the machine is the owner.
    """
    door = the_door()
    if not door.has_lock:
        return Role.OWNER
    role = door.sessions.role(token())
    if role is None:
        st.info("Your session has ended.", title="Sign in again")
        st.link_button("Sign in", SIGN_IN)
        st.stop()
    return role


def has_ended() -> bool:
    """Whether the session of an open page is over; asking does not keep it alive."""
    door = the_door()
    return door.has_lock and not door.sessions.role(token(), is_active=False)


def sign_out_link(role: Role) -> None:
    """Say who is signed in, with the way out; nothing where there is no sign-in."""
    if the_door().has_lock:
        st.caption(f"Signed in as {role}. [Sign out]({SIGN_OUT})")
