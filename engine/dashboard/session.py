"""Who reads this page: asked again at each run, so that an open tab ends with its session.

Readers sign in with an account of an identity provider where the secrets name one; else with a
password where there is one; else whoever sits at the machine is the owner.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import NoReturn
from urllib.parse import urlencode, urlsplit

import streamlit as st
import structlog

from engine.dashboard.access.door import COOKIE, SIGN_OUT, Door, sign_in_for
from engine.dashboard.access.guests import Guests, Refusal, issued_at
from engine.dashboard.access.passwords import Role
from engine.dashboard.access.providers import ONLY, read_providers
from engine.dashboard.access.sessions import Uses
from engine.dashboard.data import settings

_log = structlog.get_logger("engine")
_TOLD = "sign-in told"  # of the session: what the log has of it
_BY_ITSELF = "runs by itself"  # of the session: the run that follows is not the reader's


@dataclass(frozen=True, slots=True)
class Accounts:
    """Sign-in with an account: at which providers, whose, and when each was last used."""

    providers: tuple[str, ...]
    guests: Guests
    uses: Uses = field(default_factory=Uses)


@st.cache_resource(max_entries=1, show_spinner=False)
def the_accounts() -> Accounts | None:
    """Return who may sign in with an account, None where nobody does.

    Raises SettingError for secrets or lists of addresses that can't be right.
    """
    providers = read_providers()
    return Accounts(providers, Guests.of(settings())) if providers else None


@st.cache_resource(max_entries=1, show_spinner=False)
def the_door() -> Door:
    """Return the door of this process; raises SettingError for a hash that is none.

    Where readers sign in with an account no password opens it.
    """
    given = settings()
    if the_accounts() is not None:
        given = replace(given, dashboard_owner_password_hash="", dashboard_viewer_password_hash="")
    return Door(given)


def needs_sign_in() -> bool:
    """Whether readers have to sign in, in whichever way."""
    return the_accounts() is not None or the_door().has_lock


def token() -> str | None:
    """Return what the reader's browser shows of a session."""
    return st.context.cookies.get(COOKIE)


def require_reader() -> Role:
    """Return the role of the reader; without a live session the run ends here.

    Where nobody has to sign in, whoever sits at the machine is the owner. Only what the reader
    does keeps a session alive, not a run that newer data bring.
    """
    is_active = not st.session_state.pop(_BY_ITSELF, False)
    accounts = the_accounts()
    if accounts is not None:
        return _require_account(accounts, is_active=is_active)
    door = the_door()
    if not door.has_lock:
        return Role.OWNER
    role = door.sessions.role(token(), is_active=is_active)
    if role is None:
        st.info("Your session has ended.", title="Sign in again")
        st.link_button("Sign in", sign_in_for(_here()))
        st.stop()
    return role


def _here() -> str:
    """Return the address of the page, with all that stands in it."""
    path = urlsplit(st.context.url or "/").path or "/"
    query = [(key, one) for key in st.query_params for one in st.query_params.get_all(key)]
    return f"{path}?{urlencode(query)}" if query else path


def run_by_itself() -> NoReturn:
    """Run the whole page again without its reader, whose session grows no younger by it."""
    st.session_state[_BY_ITSELF] = True
    st.rerun()


def has_ended() -> bool:
    """Whether the session of an open page is over; asking does not keep it alive."""
    accounts = the_accounts()
    if accounts is not None:
        return isinstance(_admitted(accounts, is_active=False), Refusal)
    door = the_door()
    return door.has_lock and not door.sessions.role(token(), is_active=False)


def sign_out_link(role: Role) -> None:
    """Say who is signed in, with the way out; nothing where there is no sign-in."""
    if the_accounts() is not None:
        st.caption(f"Signed in as {role}.")
        st.button("Sign out", on_click=st.logout, width="stretch")
    elif the_door().has_lock:
        st.caption(f"Signed in as {role}. [Sign out]({SIGN_OUT})")


def _admitted(accounts: Accounts, *, is_active: bool) -> Role | Refusal:
    claims, now = st.user.to_dict(), time.time()
    admitted, issued = accounts.guests.admit(claims, now), issued_at(claims)
    if isinstance(admitted, Refusal) or issued is None:
        return admitted
    sign_in = f"{claims['email']} {issued}"
    is_idle = accounts.uses.is_idle(sign_in, issued, now, is_active=is_active)
    return Refusal.ENDED if is_idle else admitted


def _require_account(accounts: Accounts, *, is_active: bool) -> Role:
    """Return the role of the account that is signed in; before any data are touched."""
    admitted = _admitted(accounts, is_active=is_active)
    _tell(admitted)
    if isinstance(admitted, Refusal):
        _refuse(admitted, accounts.providers)
        st.stop()
    return admitted


def _refuse(refusal: Refusal, providers: tuple[str, ...]) -> None:
    """Draw why there are no figures, with the way to sign in."""
    st.title("Shop profit")
    if refusal in (Refusal.NOT_SIGNED_IN, Refusal.ENDED):
        st.info(refusal.value, title="Sign in")
        for name in providers:
            label = "Sign in" if name == ONLY else f"Sign in with {name}"
            st.button(label, on_click=st.login, args=(name,))
        return
    st.warning(
        f"{refusal} Ask the owner of the shop, or sign in with another account.",
        title="No access",
    )
    st.button("Sign out", on_click=st.logout)


def _tell(admitted: Role | Refusal) -> None:
    """Log a sign-in or a refusal once a session, with the account and nothing else of it."""
    if admitted is Refusal.NOT_SIGNED_IN or st.session_state.get(_TOLD) == admitted:
        return
    st.session_state[_TOLD] = admitted
    account = st.user.get("email")
    if isinstance(admitted, Role):
        _log.info("signed in", account=account, role=admitted.value)
    else:
        _log.warning("sign-in refused", account=account, reason=admitted.value)
