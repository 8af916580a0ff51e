"""`python -m engine setup`: the steps of the first start alone, for an image or a CI machine."""

from __future__ import annotations

import click

from engine import progress
from engine.settings import Settings


@click.command("setup")
@click.option(
    "--client-only",
    is_flag=True,
    help="Make only the typed database client; the database itself is made at the first start.",
)
def command(client_only: bool) -> None:
    """Make what the programs need: database, tables, client.

    Both programs do the same at their first start, so nobody has to call this. Only what is missing
    is made; a second call is quick and changes nothing.
    """
    settings = Settings.load()
    if client_only:
        from engine.database.generate import ensure_client

        ensure_client(say=progress.say, settings=settings)
        click.echo("The typed database client is ready.")
        return
    from engine.database import prepare

    url = prepare(settings)
    click.echo(f"Ready: the database {url} and the typed client.")
