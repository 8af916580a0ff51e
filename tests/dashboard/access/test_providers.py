"""The section [auth] of the secrets: what it names, and what ends the program at its start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import Secrets

from engine.dashboard.access.providers import read_providers
from engine.errors import SettingError
from engine.settings import PROJECT_FOLDER

SECRET = "0123456789abcdef0123456789abcdef"
SHARED = f'redirect_uri = "http://localhost:8501/oauth2callback"\ncookie_secret = "{SECRET}"\n'
PROVIDER = (
    'client_id = "shop"\nclient_secret = "quiet"\n'
    'server_metadata_url = "https://accounts.example.com/.well-known/openid-configuration"\n'
)
Write = Callable[[str], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Make a text the secrets of the program."""
    before = {name: config.get_option(name) for name in ("secrets.files", "server.allowedHosts")}
    config.set_option("server.allowedHosts", ["localhost"])

    def write_(text: str) -> None:
        file = tmp_path / "secrets.toml"
        file.write_text(text)
        config.set_option("secrets.files", [str(file)])
        monkeypatch.setattr(st, "secrets", Secrets())

    yield write_
    for name, value in before.items():
        config.set_option(name, value)


def test_without_the_section_nobody_signs_in_with_an_account(write: Write) -> None:
    write('[other]\nkey = "value"\n')
    assert read_providers() == ()


def test_one_provider_stands_in_the_section_itself(write: Write) -> None:
    write(f"[auth]\n{SHARED}{PROVIDER}[auth.client_kwargs]\nscope = 'openid email'\n")
    assert read_providers() == ("default",)


def test_several_have_a_section_each(write: Write) -> None:
    write(f"[auth]\n{SHARED}[auth.google]\n{PROVIDER}[auth.okta]\n{PROVIDER}")
    assert read_providers() == ("google", "okta")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[auth\n", r"secrets\.toml can't be read as TOML"),
        (f"[auth]\n{PROVIDER}", "lacks redirect_uri and cookie_secret"),
        (f"[auth]\n{SHARED}", r"\[auth\] of the secrets lacks client_id, client_secret, server"),
        (f"[auth]\n{SHARED}[auth.okta]\nclient_id = 'x'\n", r"\[auth\.okta\] of the .* client_sec"),
        (f"[auth]\n{SHARED}[auth.my_own]\n{PROVIDER}", r"\[auth\.my_own\] .* underscore"),
        (f"[auth]\n{SHARED.replace(SECRET, SECRET[1:])}{PROVIDER}", "shorter than 32 characters"),
        (f"[auth]\n{SHARED.replace('/oauth2callback', '/')}{PROVIDER}", "does not end in /oauth2"),
        (
            f"[auth]\n{SHARED.replace('localhost', 'shop.example.com')}{PROVIDER}",
            "leads to shop.example.com, and the dashboard answers under no such name",
        ),
    ],
)
def test_secrets_that_can_not_work_are_said_without_their_values(
    write: Write, text: str, said: str
) -> None:
    write(text)
    with pytest.raises(SettingError, match=said) as caught:
        read_providers()
    assert caught.value.exit_code == 3
    assert SECRET[1:] not in f"{caught.value} {caught.value.hint}"
    assert "quiet" not in f"{caught.value} {caught.value.hint}"


def test_the_example_is_complete_but_for_what_is_secret(write: Write) -> None:
    example = (PROJECT_FOLDER / ".streamlit" / "secrets.toml.example").read_text("utf-8")
    write(example)
    with pytest.raises(SettingError, match="lacks cookie_secret"):
        read_providers()
    config.set_option("server.allowedHosts", ["shop.example.com"])
    for key, value in {"cookie_secret": SECRET, "client_id": "a", "client_secret": "b"}.items():
        example = example.replace(f'{key} = ""', f'{key} = "{value}"')
    write(example)
    assert read_providers() == ("default",)
