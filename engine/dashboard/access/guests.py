"""Who may read when readers sign in with an account elsewhere: a list of e-mail addresses.

An identity provider says who somebody is (OpenID Connect Core 1.0, the claims of section 2 and
5.1); whether they may read, and as what, is said here. The day's clock comes from outside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.dashboard.access.passwords import Role
from engine.dashboard.access.sessions import LONGEST
from engine.errors import SettingError
from engine.settings import Settings

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_BETWEEN = re.compile(r"[,;\s]+")
_SKEW = 300  # seconds by which the provider's clock may be ahead of ours


class Refusal(StrEnum):
    """Why somebody does not come in, as a page says it."""

    NOT_SIGNED_IN = "Sign in to see the figures."
    ENDED = "Your session has ended."
    NO_ADDRESS = "The account that you signed in with tells no e-mail address."
    UNVERIFIED = "The e-mail address of this account has not been verified."
    NOT_LISTED = "This account may not read the dashboard."


@dataclass(frozen=True, slots=True)
class Guests:
    """The addresses that may read, in small letters. Who is on both lists is an owner."""

    owners: frozenset[str]
    viewers: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> Guests:
        """Read both lists; raises SettingError for what is no address, and for no address at all.

        Without one nobody could come in.
        """
        guests = cls(
            _addresses("DASHBOARD_OWNERS", settings.dashboard_owners),
            _addresses("DASHBOARD_VIEWERS", settings.dashboard_viewers),
        )
        if not guests.owners | guests.viewers:
            raise SettingError(
                "Readers sign in with an account ([auth] of the secrets), and no account may read.",
                hint="Set DASHBOARD_OWNERS, and DASHBOARD_VIEWERS, to e-mail addresses.",
            )
        return guests

    def admit(self, claims: Mapping[str, Any], now: float) -> Role | Refusal:
        """Return what a reader with these claims may do, or why nothing; `now` in Unix seconds.

        A session lasts 12 hours from the moment at which the provider issued the token. An address
        whose provider says that it is not verified is nobody's.
        """
        if claims.get("is_logged_in") is not True:
            return Refusal.NOT_SIGNED_IN
        issued = issued_at(claims)
        if issued is None or not -_SKEW <= now - issued < LONGEST:
            return Refusal.ENDED
        address = claims.get("email")
        if not isinstance(address, str) or not address:
            return Refusal.NO_ADDRESS
        if str(claims.get("email_verified", True)).lower() != "true":  # some send it as text
            return Refusal.UNVERIFIED
        if address.lower() in self.owners:
            return Role.OWNER
        return Role.VIEWER if address.lower() in self.viewers else Refusal.NOT_LISTED


def issued_at(claims: Mapping[str, Any]) -> float | None:
    """Return the moment of a sign-in in Unix seconds, None where the provider tells none."""
    issued = claims.get("iat")
    return issued if isinstance(issued, (int, float)) else None


def _addresses(setting: str, text: str) -> frozenset[str]:
    given = [part for part in _BETWEEN.split(text) if part]
    for part in given:
        if not _ADDRESS.fullmatch(part):
            raise SettingError(
                f"{setting} holds {part!r}; expected e-mail addresses, separated by commas."
            )
    return frozenset(part.lower() for part in given)
