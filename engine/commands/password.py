"""`python -m engine password`: the hash of a password for the dashboard's sign-in."""

from __future__ import annotations

import secrets

import click

from engine.dashboard.access.passwords import FEWEST_CHARACTERS, PasswordHash
from engine.errors import UsageError

_SALT_BYTES = 16


@click.command("password")
def command() -> None:
    """Ask for a password and print its hash, for the setting of the owner or of the viewers.

    Put it into DASHBOARD_OWNER_PASSWORD_HASH or DASHBOARD_VIEWER_PASSWORD_HASH. The password
    itself is kept nowhere.
    """
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if len(password) < FEWEST_CHARACTERS:
        raise UsageError(
            f"The password has {len(password)} characters; expected {FEWEST_CHARACTERS} or more.",
            hint="A few words that do not belong together are easy to keep in mind.",
        )
    click.echo(str(PasswordHash.of(password, secrets.token_bytes(_SALT_BYTES))))
