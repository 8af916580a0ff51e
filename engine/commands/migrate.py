"""`python -m engine migrate`: brings the tables up to date, or says how they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from engine import progress
from engine.database.authoring import new_migration
from engine.database.checkup import look_at_local_server
from engine.database.local_postgres import LocalServer
from engine.database.migrate import migrate, read_migrations, status
from engine.database.url import DatabaseUrl
from engine.errors import UsageError
from engine.settings import PROJECT_FOLDER, Settings


@click.command("migrate")
@click.option("--status", "only_status", is_flag=True, help="Only say what is applied; no change.")
@click.option(
    "--new",
    "name",
    default="",
    metavar="NAME",
    help="Write the next migration from the changes of schema.prisma (for authors).",
)
def command(only_status: bool, name: str) -> None:
    """Bring the tables of the database up to date.

    Both programs do so at their start, too. Each migration is applied whole or not at all. A
    database that is newer than this program, or that has tables of somebody else's, is not touched
    (exit 3).
    """
    if only_status and name:
        raise UsageError("--status and --new can't be combined.")
    settings = Settings.load()
    if only_status and not settings.database_url:
        local = look_at_local_server(settings)
        if not local.exists:
            click.echo(f"There is no database in {local.folder} yet.")
            _print_status((), tuple(migration.name for migration in read_migrations()))
            return
    with _server(settings) as url:
        if name:
            file = new_migration(name, url, settings=settings, say=progress.say)
            click.echo(f"Written: {file.relative_to(PROJECT_FOLDER)}. Read it, then edit it.")
        elif only_status:
            found = status(url)
            _print_status(found.applied, found.pending)
        else:
            applied = migrate(url, say=progress.say)
            click.echo(f"{len(applied)} applied; the database {url} is up to date.")


@contextmanager
def _server(settings: Settings) -> Iterator[DatabaseUrl]:
    """Yield the address that migrations go to: the server itself, never a pooler before it."""
    if settings.direct_url:
        yield DatabaseUrl.parse(settings.direct_url, setting="DIRECT_URL")
    elif settings.database_url:
        yield DatabaseUrl.parse(settings.database_url)
    else:
        server = LocalServer(settings.data_path, settings.local_postgres_account, say=progress.say)
        try:
            yield server.open()
        finally:
            server.close()


def _print_status(applied: tuple[str, ...], pending: tuple[str, ...]) -> None:
    for migration in applied:
        click.echo(f"applied  {migration}")
    for migration in pending:
        click.echo(f"pending  {migration}")
