"""Password hashes: `scrypt:32768:8:1:<salt>:<key>`, both parts in base64.

scrypt as RFC 7914 defines it, with N = 2¹⁵, r = 8, p = 1: 32 MiB of memory for each guess. Colons
separate the parts because compose files and shells eat the dollar signs that others use.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import SettingError

_N, _R, _P = 32_768, 8, 1
_MEMORY = 64 * 1024 * 1024  # bytes; scrypt needs 128 × N × r and a little more
_KEY_BYTES = 32
FEWEST_CHARACTERS = 12
_FORM = f"scrypt:{_N}:{_R}:{_P}:<salt>:<key>"


class Role(StrEnum):
    """What a reader may do. Both see every figure."""

    OWNER = "owner"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """One stored hash, read and checked."""

    salt: bytes
    key: bytes

    @classmethod
    def parse(cls, text: str, setting: str) -> PasswordHash:
        """Read a hash from a setting; raises SettingError that never repeats the value."""
        parts = text.split(":")
        if len(parts) != 6 or parts[:4] != ["scrypt", str(_N), str(_R), str(_P)]:
            raise _not_a_hash(setting)
        try:
            salt, key = (base64.b64decode(part, validate=True) for part in parts[4:])
        except binascii.Error:
            raise _not_a_hash(setting) from None
        if len(key) != _KEY_BYTES or not salt:
            raise _not_a_hash(setting)
        return cls(salt, key)

    @classmethod
    def of(cls, password: str, salt: bytes) -> PasswordHash:
        """Compute the hash of a password."""
        return cls(salt, _scrypt(password, salt))

    def fits(self, password: str) -> bool:
        """Whether the password is the one, compared in constant time."""
        return hmac.compare_digest(_scrypt(password, self.salt), self.key)

    def __str__(self) -> str:
        parts = (base64.b64encode(part).decode("ascii") for part in (self.salt, self.key))
        return ":".join(("scrypt", str(_N), str(_R), str(_P), *parts))


def role_of(password: str, hashes: dict[Role, PasswordHash]) -> Role | None:
    """Return whose password it is, None for nobody's.

    Every hash is computed whatever the others say, so the time tells nothing.
    """
    fitting = [role for role, stored in hashes.items() if stored.fits(password)]
    return fitting[0] if fitting else None


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8"), salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=_KEY_BYTES
    )


def _not_a_hash(setting: str) -> SettingError:
    return SettingError(
        f"{setting} is not a password hash of the form {_FORM}.",
        hint="Make one: python -m engine password",
    )
