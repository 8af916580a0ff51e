"""Brings a database to the schema of this program: applies the SQL files of `migrations/` in order.

One row of `_prisma_migrations` is one applied file; the table, the checksums and the advisory lock
are those of Prisma's own command line, so either program can carry on where the other stopped. A
migration is applied whole or not at all. Nothing here ever edits data that no migration names, and
nothing applies half of the files of a database that it does not recognise.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from engine.database.server_errors import explain
from engine.database.url import DatabaseUrl
from engine.errors import MigrationError
from engine.settings import PROJECT_FOLDER

MIGRATIONS_FOLDER = PROJECT_FOLDER / "migrations"
OLDEST_SERVER = 15

_LOCK_NUMBER = 72707369  # the one that Prisma's command line takes
_LOCK_TIMEOUT_MS = 10_000
_NO_TRANSACTION = "-- no-transaction"
_CREATE_RECORDS = """
CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id varchar(36) PRIMARY KEY NOT NULL,
    checksum varchar(64) NOT NULL,
    finished_at timestamptz,
    migration_name varchar(255) NOT NULL,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
)"""
_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""
    r"|\$(\w*)\$.*?\$\1\$|;",
    re.DOTALL,
)
_CREATED_TABLE = re.compile(r'^CREATE TABLE (?:IF NOT EXISTS )?"?(\w+)"?', re.MULTILINE)

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Migration:
    """One folder of `migrations/`: its name and the bytes of its `migration.sql`."""

    name: str
    content: bytes

    @property
    def checksum(self) -> str:
        """The SHA-256 of the file's bytes, as Prisma computes it."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def sql(self) -> str:
        """The text of the file."""
        return self.content.decode("utf-8")

    @property
    def in_transaction(self) -> bool:
        """False for a file that opens with `-- no-transaction`: it is one statement by itself."""
        return not self.sql.startswith(_NO_TRANSACTION)


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """Names of the migrations that a database has, and of those that it still lacks, in order."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]


def migrate(
    url: DatabaseUrl, *, say: Callable[[str], None], folder: Path = MIGRATIONS_FOLDER
) -> list[str]:
    """Apply what the database lacks and return the names of the migrations applied now.

    `url` is the server itself, not a transaction pooler. `say` gets one line a migration. Programs
    that start at once wait for each other. Raises MigrationError naming file and statement, with
    the database as it was before that file, SourceError if the server is out of reach and
    ConfigurationError if it refuses us.
    """
    migrations = read_migrations(folder)
    with _connection(url) as connection:
        if not _pending(connection, migrations):
            return []
        _take_lock(connection, say)
        # Another program may have done it meanwhile.
        pending = _pending(connection, migrations)
        if pending and pending[0] is migrations[0]:
            _refuse_foreign_tables(connection, pending[0])
        _create_schema(connection, url)
        connection.execute(_CREATE_RECORDS)
        connection.execute("SELECT set_config('lock_timeout', %s, false)", (str(_LOCK_TIMEOUT_MS),))
        for migration in pending:
            _apply(connection, migration)
            say(f"migration {migration.name} applied")
    return [migration.name for migration in pending]


def status(url: DatabaseUrl, *, folder: Path = MIGRATIONS_FOLDER) -> MigrationStatus:
    """Compare a database with the migrations of this program; writes nothing.

    Raises MigrationError where the two do not belong together, SourceError if the server is out of
    reach and ConfigurationError if it refuses us.
    """
    migrations = read_migrations(folder)
    with _connection(url) as connection:
        pending = _pending(connection, migrations)
    names = tuple(migration.name for migration in pending)
    return MigrationStatus(
        applied=tuple(m.name for m in migrations if m.name not in names), pending=names
    )


def read_migrations(folder: Path = MIGRATIONS_FOLDER) -> list[Migration]:
    """Read all migrations of a folder in the order of their names."""
    files = sorted(folder.glob("[0-9]*/migration.sql"))
    if not files:
        raise MigrationError(
            f"There is no migration in {folder}.",
            hint="The folder belongs to the program; put it back from the repository.",
        )
    return [Migration(file.parent.name, file.read_bytes()) for file in files]


def split_statements(sql: str) -> list[str]:
    """Split a SQL text at its semicolons, not at those inside quotes, comments or $$ bodies."""
    statements, start = [], 0
    for token in _TOKEN.finditer(sql):
        if token.group() == ";":
            statements.append(sql[start : token.end()])
            start = token.end()
    statements.append(sql[start:])
    return [text.strip() for text in statements if _without_comments(text).strip(";")]


def _without_comments(sql: str) -> str:
    def blank(token: re.Match[str]) -> str:
        return "" if token.group().startswith(("--", "/*")) else token.group()

    return _TOKEN.sub(blank, sql).strip()


@contextmanager
def _connection(url: DatabaseUrl) -> Iterator[Connection]:
    try:
        conninfo = url.libpq(application_name="engine migrate")
        with psycopg.connect(conninfo, autocommit=True, prepare_threshold=None) as connection:
            if connection.info.server_version < OLDEST_SERVER * 10_000:
                raise MigrationError(
                    f"The server of {url} is PostgreSQL "
                    f"{connection.info.server_version // 10_000}; "
                    f"the program needs {OLDEST_SERVER} or later."
                )
            yield connection
    except psycopg.Error as error:
        outside = isinstance(error, psycopg.OperationalError)
        explained = explain(url, str(error), error.sqlstate) if outside else None
        raise explained or MigrationError(
            f"The migrations of {url} can't be read or recorded: {url.scrub(str(error)).strip()}",
            hint="The account needs the right to create tables in the schema.",
        ) from error


def _take_lock(connection: Connection, say: Callable[[str], None]) -> None:
    """Wait until no other program migrates; closing the connection gives the lock back."""
    (taken,) = _row(connection, "SELECT pg_try_advisory_lock(%s)", (_LOCK_NUMBER,))
    if not taken:
        say("another program is migrating this database; waiting for it")
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK_NUMBER,))


def _create_schema(connection: Connection, url: DatabaseUrl) -> None:
    """Make the schema that the address asks for, if it is not there yet."""
    (exists,) = _row(connection, "SELECT current_schema() IS NOT NULL")
    if exists:
        return
    if url.schema is None:
        raise MigrationError(
            f"The search path of {url} names no schema that exists.",
            hint="Create the schema, or name one with ?schema=… in DATABASE_URL.",
        )
    name = psycopg.sql.Identifier(url.schema)
    connection.execute(psycopg.sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))


def _pending(connection: Connection, migrations: list[Migration]) -> list[Migration]:
    (recorded,) = _row(connection, "SELECT to_regclass('_prisma_migrations') IS NOT NULL")
    if not recorded:
        return migrations
    rows = connection.execute(
        "SELECT migration_name, checksum, finished_at IS NOT NULL FROM _prisma_migrations "
        "WHERE rolled_back_at IS NULL ORDER BY migration_name"
    ).fetchall()
    by_name = {migration.name: migration for migration in migrations}
    for name, checksum, finished in rows:
        if not finished:
            raise MigrationError(
                f"Another program began the migration {name} and did not finish it.",
                hint="Repair the tables by hand, then mark it: prisma migrate resolve.",
            )
        if name not in by_name:
            raise MigrationError(
                f"The database has the migration {name}, which this program does not know.",
                hint="The database belongs to a newer version of the program: update it.",
            )
        if by_name[name].checksum != checksum:
            raise MigrationError(
                f"{name}/migration.sql was changed after it had been applied to this database.",
                hint="Put the file back as it was released; changes belong into a new migration.",
            )
    known = {name for name, _, _ in rows}
    return [migration for migration in migrations if migration.name not in known]


def _refuse_foreign_tables(connection: Connection, first: Migration) -> None:
    """Stop before the first migration if tables of its names are there already."""
    tables = _CREATED_TABLE.findall(first.sql)
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
        "AND relname = ANY(%s) ORDER BY relname",
        (tables,),
    ).fetchall()
    if found:
        names = ", ".join(name for (name,) in found)
        raise MigrationError(
            f"The database already has tables that this program did not make: {names}.",
            hint="Nothing was changed. Use an empty database, or another schema (?schema=…).",
        )


def _apply(connection: Connection, migration: Migration) -> None:
    statements = split_statements(migration.sql)
    if migration.in_transaction:
        with connection.transaction():
            for statement in statements:
                _run(connection, migration, statement)
            _record(connection, migration)
        return
    if len(statements) != 1:
        raise MigrationError(
            f"{migration.name}/migration.sql opens with '{_NO_TRANSACTION}' and has "
            f"{len(statements)} statements; expected one."
        )
    _run(connection, migration, statements[0])
    _record(connection, migration)


def _run(connection: Connection, migration: Migration, statement: str) -> None:
    try:
        connection.execute(statement.encode())
    except psycopg.Error as error:
        if connection.closed:
            raise
        state = "The database is as it was before this file."
        raise MigrationError(
            f"{migration.name}/migration.sql failed: {str(error).strip()}\n"
            f"in the statement: {_shortened(statement)}",
            hint=state if migration.in_transaction else "",
        ) from error


def _record(connection: Connection, migration: Migration) -> None:
    connection.execute(
        "INSERT INTO _prisma_migrations "
        "(id, checksum, finished_at, migration_name, applied_steps_count) "
        "VALUES (%s, %s, now(), %s, 1)",
        (str(uuid.uuid4()), migration.checksum, migration.name),
    )


def _shortened(statement: str) -> str:
    text = " ".join(_without_comments(statement).split())
    return text if len(text) <= 300 else f"{text[:300]} …"


def _row(connection: Connection, sql: str, parameters: tuple[Any, ...] = ()) -> tuple[Any, ...]:
    row = connection.execute(sql.encode(), parameters).fetchone()
    assert row is not None, "a SELECT without FROM always has a row"
    return row
