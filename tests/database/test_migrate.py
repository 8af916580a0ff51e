import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from engine.database.migrate import (
    MIGRATIONS_FOLDER,
    migrate,
    read_migrations,
    split_statements,
    status,
)
from engine.database.url import DatabaseUrl
from engine.errors import ConfigurationError, MigrationError, SourceError

ALL = [migration.name for migration in read_migrations()]


def silent(line: str) -> None:
    assert line


def write(folder: Path, name: str, sql: str) -> None:
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "migration.sql").write_text(sql, newline="\n")


def tables_of(url: DatabaseUrl) -> set[str]:
    with psycopg.connect(url.libpq()) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class "
            "WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
        )
        return {name for (name,) in rows}


def test_an_empty_database_gets_all_migrations_in_order(empty_database_url: DatabaseUrl) -> None:
    said: list[str] = []
    assert migrate(empty_database_url, say=said.append) == ALL
    assert said == [f"migration {name} applied" for name in ALL]
    assert {"orders", "shops", "shop_reports"} <= tables_of(empty_database_url)


def test_a_second_call_applies_nothing(database_url: DatabaseUrl) -> None:
    assert migrate(database_url, say=silent) == []


def test_the_first_migration_alone_makes_what_shop_databases_have(
    empty_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    write(tmp_path, ALL[0], (MIGRATIONS_FOLDER / ALL[0] / "migration.sql").read_text())
    migrate(empty_database_url, say=silent, folder=tmp_path)
    assert tables_of(empty_database_url) == {
        "_prisma_migrations",
        *("orders", "order_transactions", "order_refunds", "order_shipments", "reviews"),
        *("listings", "listing_products", "product_offerings", "product_property_values"),
        *("listing_ad_stats", "listing_visit_stats", "ledger_entries"),
    }


def test_records_are_those_of_prismas_own_command_line(database_url: DatabaseUrl) -> None:
    with psycopg.connect(database_url.libpq()) as connection:
        rows = connection.execute(
            "SELECT migration_name, checksum, finished_at IS NOT NULL, rolled_back_at, "
            "applied_steps_count, length(id) FROM _prisma_migrations ORDER BY migration_name"
        ).fetchall()
    expected = [(m.name, m.checksum, True, None, 1, 36) for m in read_migrations()]
    assert rows == expected


def test_status_names_what_is_applied_and_what_is_pending(
    empty_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    write(tmp_path, "001_one", "CREATE TABLE one (id int);")
    assert status(empty_database_url, folder=tmp_path).pending == ("001_one",)
    assert tables_of(empty_database_url) == set(), "asking for the status writes nothing"
    migrate(empty_database_url, say=silent, folder=tmp_path)
    write(tmp_path, "002_two", "CREATE TABLE two (id int);")
    found = status(empty_database_url, folder=tmp_path)
    assert (found.applied, found.pending) == (("001_one",), ("002_two",))


def test_a_failing_statement_is_named_and_its_whole_file_rolled_back(
    empty_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    write(tmp_path, "001_one", "CREATE TABLE one (id int);")
    write(
        tmp_path,
        "002_two",
        "CREATE TABLE two (id int);\n-- why\nALTER TABLE nowhere\n  ADD COLUMN x int;",
    )
    with pytest.raises(MigrationError) as raised:
        migrate(empty_database_url, say=silent, folder=tmp_path)
    assert "002_two/migration.sql failed" in raised.value.message
    assert 'relation "nowhere" does not exist' in raised.value.message
    assert raised.value.message.endswith("ALTER TABLE nowhere ADD COLUMN x int;")
    assert raised.value.exit_code == 3
    assert tables_of(empty_database_url) == {"one", "_prisma_migrations"}
    assert status(empty_database_url, folder=tmp_path).applied == ("001_one",)


def test_a_server_lost_amid_a_migration_leaves_the_database_as_it_was(
    empty_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    write(tmp_path, "001_one", "CREATE TABLE one (id int);")
    ends_itself = "SELECT pg_terminate_backend(pg_backend_pid());"
    write(tmp_path, "002_two", f"CREATE TABLE two (id int);\n{ends_itself}")
    with pytest.raises(SourceError, match="out of reach"):
        migrate(empty_database_url, say=silent, folder=tmp_path)
    assert tables_of(empty_database_url) == {"one", "_prisma_migrations"}
    write(tmp_path, "002_two", "CREATE TABLE two (id int);")
    assert migrate(empty_database_url, say=silent, folder=tmp_path) == ["002_two"]


def test_a_file_changed_after_it_was_applied_stops(
    empty_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    write(tmp_path, "001_one", "CREATE TABLE one (id int);")
    migrate(empty_database_url, say=silent, folder=tmp_path)
    write(tmp_path, "001_one", "CREATE TABLE one (id bigint);")
    with pytest.raises(MigrationError, match=r"001_one/migration\.sql was changed after"):
        status(empty_database_url, folder=tmp_path)


def test_a_database_newer_than_the_program_stops(
    empty_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    write(tmp_path / "new", "001_one", "SELECT 1;")
    write(tmp_path / "new", "002_two", "SELECT 1;")
    write(tmp_path / "old", "001_one", "SELECT 1;")
    migrate(empty_database_url, say=silent, folder=tmp_path / "new")
    with pytest.raises(MigrationError, match="migration 002_two, which this program does not"):
        migrate(empty_database_url, say=silent, folder=tmp_path / "old")


def test_a_migration_that_another_program_left_half_done_stops(
    empty_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    write(tmp_path, "001_one", "SELECT 1;")
    migrate(empty_database_url, say=silent, folder=tmp_path)
    with psycopg.connect(empty_database_url.libpq()) as connection:
        connection.execute("UPDATE _prisma_migrations SET finished_at = NULL")
    with pytest.raises(MigrationError, match="began the migration 001_one and did not finish"):
        migrate(empty_database_url, say=silent, folder=tmp_path)


def test_a_rolled_back_record_counts_as_pending(
    empty_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    write(tmp_path, "001_one", "SELECT 1;")
    migrate(empty_database_url, say=silent, folder=tmp_path)
    with psycopg.connect(empty_database_url.libpq()) as connection:
        connection.execute("UPDATE _prisma_migrations SET rolled_back_at = now()")
    assert migrate(empty_database_url, say=silent, folder=tmp_path) == ["001_one"]


def test_tables_that_nobody_recorded_are_not_touched(empty_database_url: DatabaseUrl) -> None:
    with psycopg.connect(empty_database_url.libpq()) as connection:
        connection.execute("CREATE TABLE orders (order_id bigint); CREATE TABLE other (id int)")
    with pytest.raises(MigrationError, match=r"already has tables .* did not make: orders\."):
        migrate(empty_database_url, say=silent)
    assert tables_of(empty_database_url) == {"orders", "other"}


def test_foreign_tables_of_other_names_do_no_harm(empty_database_url: DatabaseUrl) -> None:
    with psycopg.connect(empty_database_url.libpq()) as connection:
        connection.execute("CREATE TABLE other (id int)")
    assert migrate(empty_database_url, say=silent) == ALL


def test_programs_that_start_at_once_apply_each_migration_once(
    empty_database_url: DatabaseUrl,
) -> None:
    start = threading.Barrier(3)

    def run() -> list[str]:
        start.wait()
        return migrate(empty_database_url, say=silent)

    with ThreadPoolExecutor(3) as programs:
        results = [future.result() for future in [programs.submit(run) for _ in range(3)]]
    assert sorted(results) == [[], [], ALL]


def test_waiting_for_another_program_is_said(
    empty_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    write(tmp_path, "001_one", "SELECT 1;")
    said: list[str] = []
    with psycopg.connect(empty_database_url.libpq(), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(72707369)")

        def let_go(line: str) -> None:
            said.append(line)
            other.execute("SELECT pg_advisory_unlock_all()")

        migrate(empty_database_url, say=let_go, folder=tmp_path)
    assert said[0] == "another program is migrating this database; waiting for it"


def test_a_file_without_transaction_may_build_an_index_concurrently(
    empty_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    write(tmp_path, "001_one", "CREATE TABLE one (id int);")
    write(tmp_path, "002_i", "-- no-transaction\nCREATE INDEX CONCURRENTLY one_id ON one (id);")
    assert migrate(empty_database_url, say=silent, folder=tmp_path) == ["001_one", "002_i"]


def test_a_file_without_transaction_holds_one_statement(
    empty_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    write(tmp_path, "001_one", "-- no-transaction\nSELECT 1; SELECT 2;")
    with pytest.raises(MigrationError, match="has 2 statements; expected one"):
        migrate(empty_database_url, say=silent, folder=tmp_path)


def test_the_schema_of_the_address_is_made_and_used(empty_database_url: DatabaseUrl) -> None:
    host = empty_database_url.host
    address = f"postgresql://{empty_database_url.user}@/{empty_database_url.database}?host={host}"
    if not empty_database_url.on_socket:
        pytest.skip("the test server is not on a unix socket")
    url = DatabaseUrl.parse(f"{address}&port={empty_database_url.port}&schema=shop")
    assert migrate(url, say=silent) == ALL
    assert "orders" in tables_of(url)
    assert tables_of(empty_database_url) == set()


def test_an_unreachable_server_is_a_source_error_without_the_password() -> None:
    url = DatabaseUrl.parse("postgresql://app:top-secret@127.0.0.1:1/app")
    with pytest.raises(SourceError, match="out of reach") as raised:
        migrate(url, say=silent)
    assert "top-secret" not in str(raised.value)


def test_a_missing_database_is_a_configuration_error(empty_database_url: DatabaseUrl) -> None:
    url = empty_database_url.with_database("no_such_database")
    with pytest.raises(ConfigurationError, match=r"refuses: .*does not exist") as raised:
        migrate(url, say=silent)
    assert raised.value.exit_code == 3


def test_a_database_that_can_only_be_read_is_said_to_be_so(empty_database_url: DatabaseUrl) -> None:
    name = psycopg.sql.Identifier(empty_database_url.database)
    with psycopg.connect(empty_database_url.libpq(), autocommit=True) as connection:
        connection.execute(
            psycopg.sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name)
        )
    with pytest.raises(MigrationError, match="can't be read or recorded"):
        migrate(empty_database_url, say=silent)


def test_a_database_that_lacks_nothing_need_not_be_writable(database_url: DatabaseUrl) -> None:
    name = psycopg.sql.Identifier(database_url.database)
    with psycopg.connect(database_url.libpq(), autocommit=True) as connection:
        connection.execute(
            psycopg.sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name)
        )
    assert migrate(database_url, say=silent) == []


def test_a_folder_without_migrations_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match="There is no migration in"):
        read_migrations(tmp_path)


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("SELECT 1; SELECT 2", ["SELECT 1;", "SELECT 2"]),
        ("SELECT ';'; SELECT \";\" ;", ["SELECT ';';", 'SELECT ";" ;']),
        (
            "SELECT 'it''s;'; -- a ; b\n/* ; */ DO 1;",
            ["SELECT 'it''s;';", "-- a ; b\n/* ; */ DO 1;"],
        ),
        ("DO $$ BEGIN; END $$; DO $x$ $$;$$ $x$;", ["DO $$ BEGIN; END $$;", "DO $x$ $$;$$ $x$;"]),
        (r"SELECT E'\';'; SELECT 2;", [r"SELECT E'\';';", "SELECT 2;"]),
        ("-- nothing; here\n;", []),
    ],
)
def test_statements_end_at_semicolons_outside_quotes_and_comments(
    text: str, statements: list[str]
) -> None:
    assert split_statements(text) == statements
