"""Writes SQL from `schema.prisma`: the next migration, and the whole schema in one piece.

Only people who change the schema need this. It runs Prisma's command line, which compares two
schemas and prints the SQL between them; a database must be reachable, and is not written to. What
comes out is a draft: backfills, checks and the comment that says why are added by hand.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from engine.database.generate import ensure_npm_parts
from engine.database.migrate import MIGRATIONS_FOLDER, read_migrations
from engine.database.node import node_binary
from engine.database.url import DatabaseUrl
from engine.errors import SetupError, UsageError
from engine.settings import PROJECT_FOLDER, Settings

SCHEMA_FILE = PROJECT_FOLDER / "schema.prisma"
SCHEMA_SQL_FILE = MIGRATIONS_FOLDER / "schema.sql"

# The engine version that the pinned command line wants to hear of.
_ENGINE_VERSION = "c2990dca591cba766e3b7ef5d9e8a84796e47ab7"
_TIME_LIMIT = 120  # seconds
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_HEADER = """\
-- Generated: the SQL of schema.prisma in one piece, for the test that compares it with what the
-- migrations make. After a change of schema.prisma: python -m engine migrate --new NAME
-- schema.prisma sha256: {digest}

"""


def schema_digest() -> str:
    """Return the SHA-256 of schema.prisma, whatever its line ends."""
    content = SCHEMA_FILE.read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(content).hexdigest()


def new_migration(
    name: str, url: DatabaseUrl, *, settings: Settings, say: Callable[[str], None]
) -> Path:
    """Write the next migration from the committed schema.prisma to the one in the folder.

    Renews schema.sql too. Returns the file to be edited. Raises UsageError if nothing changed or
    the name is unfit, SetupError if a tool is missing or refuses the schema.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a migration.",
            hint="Use small letters, digits and _, as in add_parcel_costs.",
        )
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder, "schema.prisma")
        before.write_text(_committed_schema(), encoding="utf-8", newline="\n")
        sql = _difference(["--from-schema-datamodel", str(before)], url, settings, say)
    if "empty migration" in sql:
        raise UsageError(
            "schema.prisma is as it was committed; there is nothing to migrate.",
            hint="Change schema.prisma first.",
        )
    number = int(read_migrations()[-1].name.partition("_")[0]) + 1
    file = MIGRATIONS_FOLDER / f"{number:03d}_{name}" / "migration.sql"
    file.parent.mkdir()
    file.write_text(sql, encoding="utf-8", newline="\n")
    write_schema_sql(url, settings=settings, say=say)
    say(f"{file} is a draft: say why in a comment, add backfills and checks, then run the tests")
    return file


def write_schema_sql(url: DatabaseUrl, *, settings: Settings, say: Callable[[str], None]) -> None:
    """Renew migrations/schema.sql from schema.prisma."""
    sql = schema_sql(url, settings=settings, say=say)
    SCHEMA_SQL_FILE.write_text(sql, encoding="utf-8", newline="\n")


def schema_sql(url: DatabaseUrl, *, settings: Settings, say: Callable[[str], None]) -> str:
    """Return what migrations/schema.sql should hold: the SQL of schema.prisma and its digest."""
    sql = _difference(["--from-empty"], url, settings, say)
    # The tables go into the schema that the address names, which is there already.
    sql = re.sub(r"-- CreateSchema\nCREATE SCHEMA[^\n]*\n\n", "", sql)
    return _HEADER.format(digest=schema_digest()) + sql


def _difference(
    before: list[str], url: DatabaseUrl, settings: Settings, say: Callable[[str], None]
) -> str:
    """Return the SQL from one schema to the one in the folder."""
    modules = ensure_npm_parts(say=say, settings=settings, authoring=True)
    node = str(node_binary(settings))
    command = [node, str(modules / "migrate-cli" / "build" / "index.js"), "migrate", "diff"]
    command += ["--config", str(MIGRATIONS_FOLDER / "author.config.ts"), *before]
    command += ["--to-schema-datamodel", str(SCHEMA_FILE), "--script"]
    # Node stands in for the engines: the command line only looks whether their files exist.
    engines = ("QUERY_ENGINE_BINARY", "QUERY_ENGINE_LIBRARY", "SCHEMA_ENGINE_BINARY")
    environment = {
        **os.environ,
        **{f"PRISMA_{engine}": node for engine in engines},
        "PRISMA_EXPECTED_ENGINE_VERSION": _ENGINE_VERSION,
        "CHECKPOINT_DISABLE": "1",
        "PRISMA_HIDE_UPDATE_MESSAGE": "1",
        "NO_COLOR": "1",
        "MIGRATE_SERVER": json.dumps(url.node_pool()),
        "DATABASE_URL": "postgresql://",  # the schema names it; it is not read
    }
    ended = _run(command, environment)
    if ended.returncode != 0:
        raise SetupError(
            f"Prisma can't compare the schemas:\n{url.scrub(ended.stdout + ended.stderr).strip()}",
            hint="Mend what it names; the database of DATABASE_URL must be reachable.",
        )
    return ended.stdout.strip() + "\n"


def _committed_schema() -> str:
    ended = _run(["git", "show", "HEAD:./schema.prisma"], dict(os.environ))
    if ended.returncode != 0:
        raise SetupError(
            f"The committed schema.prisma can't be read: {ended.stderr.strip()}",
            hint="A migration is written in a git checkout of the project.",
        )
    return ended.stdout


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=PROJECT_FOLDER,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=_TIME_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"{command[0]} can't be run to its end: {error}") from error
