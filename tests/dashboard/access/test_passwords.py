"""Hashes of passwords: what fits, what is no hash, and that nothing of a value is repeated."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from engine.commands.password import command
from engine.dashboard.access.passwords import PasswordHash, Role, role_of
from engine.errors import SettingError, UsageError

OWNERS, VIEWERS = "four quiet green hats", "nine slow paper boats"


@pytest.fixture(scope="module")
def hashes() -> dict[Role, PasswordHash]:
    return {
        Role.OWNER: PasswordHash.of(OWNERS, b"one salt"),
        Role.VIEWER: PasswordHash.of(VIEWERS, b"another"),
    }


@pytest.mark.parametrize(
    ("typed", "role"), [(OWNERS, Role.OWNER), (VIEWERS, Role.VIEWER), ("guess", None), ("", None)]
)
def test_a_password_opens_its_own_role(hashes, typed: str, role: Role | None) -> None:
    assert role_of(typed, hashes) is role


def test_every_hash_is_computed_whoever_knocks(hashes, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    real = PasswordHash.fits

    def noted(self: PasswordHash, password: str) -> bool:
        asked.append(self.salt)
        return real(self, password)

    monkeypatch.setattr(PasswordHash, "fits", noted)
    role_of(OWNERS, hashes)
    assert asked == [b"one salt", b"another"]


def test_the_same_password_with_another_salt_is_another_hash() -> None:
    assert PasswordHash.of(OWNERS, b"a").key != PasswordHash.of(OWNERS, b"b").key


@pytest.mark.parametrize(
    "text",
    ["secret-word", "scrypt:1:8:1:YQ==:YQ==", "scrypt:32768:8:1:YQ==:!!", "scrypt:32768:8:1::YQ=="],
)
def test_what_is_no_hash_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SettingError, match="DASHBOARD_OWNER_PASSWORD_HASH is not") as error:
        PasswordHash.parse(text, "DASHBOARD_OWNER_PASSWORD_HASH")
    assert text not in f"{error.value.message} {error.value.hint}"


def test_the_command_prints_a_hash_that_fits_and_has_no_dollar_sign() -> None:
    answer = CliRunner().invoke(command, input=f"{OWNERS}\n{OWNERS}\n")
    assert answer.exit_code == 0
    printed = answer.stdout.strip().splitlines()[-1]
    assert "$" not in printed
    assert PasswordHash.parse(printed, "any").fits(OWNERS)


def test_a_short_password_is_refused() -> None:
    answer = CliRunner().invoke(command, input="short\nshort\n")
    assert isinstance(answer.exception, UsageError)
    assert "5 characters; expected 12 or more" in answer.exception.message
