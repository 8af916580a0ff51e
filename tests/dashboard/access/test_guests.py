"""Who comes in with which account, and as what."""

from __future__ import annotations

from typing import Any

import pytest

from engine.dashboard.access.guests import Guests, Refusal
from engine.dashboard.access.passwords import Role
from engine.dashboard.access.sessions import LONGEST
from engine.errors import SettingError
from engine.settings import Settings

NOW = 1_800_000_000.0
GUESTS = Guests.of(
    Settings(
        dashboard_owners="Mina@shop.example, both@shop.example",
        dashboard_viewers="books@tax.example both@shop.example",
    )
)


def admitted(**claims: Any) -> Role | Refusal:
    """Ask for a reader who has just signed in, with these claims changed."""
    signed_in = {"is_logged_in": True, "iat": NOW, "email": "mina@shop.example"}
    return GUESTS.admit(signed_in | claims, NOW)


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("mina@shop.example", Role.OWNER),
        ("MINA@Shop.Example", Role.OWNER),
        ("books@tax.example", Role.VIEWER),
        ("both@shop.example", Role.OWNER),
        ("mina@shop.example.org", Refusal.NOT_LISTED),
        ("mina", Refusal.NOT_LISTED),
        ("", Refusal.NO_ADDRESS),
        (None, Refusal.NO_ADDRESS),
        (["mina@shop.example"], Refusal.NO_ADDRESS),
    ],
)
def test_the_address_decides_in_any_letter_case(address: Any, role: Role | Refusal) -> None:
    assert admitted(email=address) is role


@pytest.mark.parametrize("said", [False, "false", None, 0, "no"])
def test_an_address_that_is_not_verified_is_nobodys(said: Any) -> None:
    assert admitted(email_verified=said) is Refusal.UNVERIFIED


@pytest.mark.parametrize("said", [True, "true"])
def test_a_verified_address_comes_in(said: Any) -> None:
    assert admitted(email_verified=said) is Role.OWNER


@pytest.mark.parametrize("said", [False, None, "yes", 1])
def test_nobody_is_signed_in_but_who_streamlit_says_is(said: Any) -> None:
    assert admitted(is_logged_in=said) is Refusal.NOT_SIGNED_IN
    assert GUESTS.admit({"email": "mina@shop.example"}, NOW) is Refusal.NOT_SIGNED_IN


def test_a_session_lasts_twelve_hours_from_the_token() -> None:
    assert admitted(iat=NOW - LONGEST + 1) is Role.OWNER
    assert admitted(iat=NOW - LONGEST) is Refusal.ENDED
    assert admitted(iat=NOW + 299) is Role.OWNER, "clocks differ a little"
    assert admitted(iat=NOW + 301) is Refusal.ENDED
    assert admitted(iat=None) is Refusal.ENDED
    assert admitted(iat=str(NOW)) is Refusal.ENDED


def test_an_entry_that_is_no_address_is_named() -> None:
    with pytest.raises(SettingError, match="DASHBOARD_VIEWERS holds 'books'; expected e-mail"):
        Guests.of(Settings(dashboard_viewers="a@b.example, books"))


def test_a_dashboard_that_nobody_could_read_is_refused() -> None:
    with pytest.raises(SettingError, match="no account may read") as caught:
        Guests.of(Settings(dashboard_owners=" , "))
    assert "DASHBOARD_OWNERS" in caught.value.hint
