"""Commands as a person calls them: with a database of their own, and an exit code at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from engine.__main__ import main
from engine.database.url import DatabaseUrl
from engine.settings import Settings
from tests.log_state import program_state_put_back


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away every setting of the machine that the tests run on."""
    for name in Settings.__dataclass_fields__:
        monkeypatch.setenv(name.upper(), "")


@pytest.fixture
def database(
    database_url: DatabaseUrl, no_settings: None, monkeypatch: pytest.MonkeyPatch
) -> DatabaseUrl:
    """A migrated database without rows that DATABASE_URL names."""
    monkeypatch.setenv("DATABASE_URL", address(database_url))
    return database_url


def address(url: DatabaseUrl) -> str:
    """Return an address as a person writes it into DATABASE_URL."""
    account = quote(url.user) + (f":{quote(url.password, safe='')}" if url.password else "")
    if url.on_socket:
        return f"postgresql://{account}@/{url.database}?host={quote(url.host)}"
    return f"postgresql://{account}@{url.host}:{url.port}/{url.database}"


@pytest.fixture
def engine(capsys: pytest.CaptureFixture[str], no_settings: None) -> Iterator[Callable[..., Ended]]:
    """Run `python -m engine` with these words."""

    def run(*words: str) -> Ended:
        code = main(list(words))
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    with program_state_put_back():
        yield run
