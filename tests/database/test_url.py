from __future__ import annotations

import dataclasses

import adbc_driver_postgresql.dbapi
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from engine.database.url import DatabaseUrl
from engine.errors import SettingError

SECRET = "s3cr:t/ä @%'\\#?"
ENCODED = "s3cr%3At%2F%C3%A4%20%40%25%27%5C%23%3F"
FULL = f"postgresql://app:{ENCODED}@db.example:6543/shop"


def libpq(text: str, **options: object) -> dict[str, object]:
    return conninfo_to_dict(DatabaseUrl.parse(text).libpq(**options))  # type: ignore[arg-type]


# ------------------------------------------------------------------ reading


def test_each_part_of_an_address_is_read() -> None:
    url = DatabaseUrl.parse(f"{FULL}?schema=Felt")
    assert (url.host, url.port, url.user, url.database) == ("db.example", 6543, "app", "shop")
    assert (url.password, url.schema) == (SECRET, "Felt")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_both_schemes_mean_the_same(scheme: str) -> None:
    assert DatabaseUrl.parse(f" {scheme}://a@h/d\n") == DatabaseUrl("h", 5432, "a", "d")


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://app@/shop?host=/run/pg",
        "postgresql://app@localhost/shop?host=/run/pg",
        "postgresql://app@%2Frun%2Fpg/shop",
        "postgresql:///shop?user=app&host=%2Frun%2Fpg",
        "postgresql:///?dbname=shop&user=app&host=/run/pg&port=5432&password=",
    ],
)
def test_a_unix_socket_can_be_written_as_parameter_or_as_host(text: str) -> None:
    assert DatabaseUrl.parse(text) == DatabaseUrl("/run/pg", 5432, "app", "shop")


@pytest.mark.parametrize(("text", "port"), [("[2001:db8::1]", 5432), ("[2001:db8::1]:6000", 6000)])
def test_an_ipv6_host_stands_in_brackets(text: str, port: int) -> None:
    url = DatabaseUrl.parse(f"postgresql://a@{text}/d")
    assert (url.host, url.port) == ("2001:db8::1", port)
    assert text in str(url)


def test_a_plus_sign_is_no_blank() -> None:
    assert DatabaseUrl.parse("postgresql://a:x+y@h/d").password == "x+y"


def test_without_a_user_the_own_account_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "zoe")
    assert DatabaseUrl.parse("postgresql://h/d").user == "zoe"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mysql://a@h/d", "does not begin with postgresql://"),
        ("host=h dbname=d", "does not begin with postgresql://"),
        ("postgresql://a@h", "names no database"),
        ("postgresql://a@/d", r"names no host; a unix socket is asked for by \?host=/folder"),
        ("postgresql://a@h1,h2/d", "several hosts, expected one"),
        ("postgresql://a@h:db/d", "port is no whole number from 1 to 65535"),
        ("postgresql://a@h/d?sslmod=require", "no parameter 'sslmod'. Did you mean sslmode"),
        ("postgresql://a@h/d?zzz=1", "Known are: application_name, "),
        ("postgresql://a@h/d?schema=a&schema=b", "schema is given twice"),
        ("postgresql://a@h/d?schema=a,b", "schema is 'a,b', expected a name"),
        ("postgresql://a@h/d?sslmode=on", "sslmode is 'on', expected one of disable, allow"),
        ("postgresql://a@h/d?pgbouncer=1", "pgbouncer is '1', expected one of true, false"),
        ("postgresql://a@h/d?connection_limit=0", "connection_limit is no whole number from 1"),
        ("postgresql://a@h/d?pool_timeout=-1", "pool_timeout is no whole number from 0"),
        ("postgresql://a@h/d?sslcert=c.pem", "sslcert and sslkey"),
        ("postgresql://a@h/d?pgbouncer=true&schema=x", "ALTER ROLE … SET search_path"),
        ("postgresql://a@h/d?sslmode=disable&sslaccept=strict", "sslaccept=strict contradicts"),
    ],
)
def test_a_wrong_address_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(SettingError, match=message) as caught:
        DatabaseUrl.parse(text, setting="DIRECT_URL")
    assert str(caught.value).startswith("DIRECT_URL can't be understood: ")
    assert "Expected: postgresql://user:password@host:5432/database" in str(caught.value)


@pytest.mark.parametrize("sign", ["/", "?", "/@", "?a&", "?a=b&c"])
def test_a_password_that_is_not_encoded_is_refused_without_repeating_it(sign: str) -> None:
    text = f"postgresql://app:hush{sign}hush@h/d"
    with pytest.raises(SettingError, match=r"not encoded: write / .* as %2F") as caught:
        DatabaseUrl.parse(text)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


# ------------------------------------------------------------------ for libpq


def test_libpq_gets_every_part_and_sessions_in_utc() -> None:
    assert libpq(FULL) == {
        "host": "db.example",
        "port": "6543",
        "user": "app",
        "dbname": "shop",
        "password": SECRET,
        "application_name": "engine",
        "connect_timeout": "10",
        "keepalives_idle": "30",
        "sslmode": "prefer",
        "options": "-c TimeZone=UTC",
    }


def test_libpq_gets_the_parameters_that_it_knows_and_no_others() -> None:
    passed = "connect_timeout=3&target_session_attrs=read-write&channel_binding=require"
    files = "sslrootcert=ca.pem&sslcert=c.pem&sslkey=k.pem&sslmode=verify-ca"
    dropped = "connection_limit=3&pool_timeout=4&socket_timeout=5&statement_cache_size=0"
    got = libpq(f"{FULL}?{passed}&{files}&{dropped}")
    assert {**got, **dict(pair.split("=") for pair in f"{passed}&{files}".split("&"))} == got
    assert not {"connection_limit", "pool_timeout", "socket_timeout"} & set(got)


def test_what_no_library_has_a_use_for_is_named() -> None:
    url = DatabaseUrl.parse(f"{FULL}?socket_timeout=5&pool_timeout=4&statement_cache_size=0")
    assert url.without_meaning == ("socket_timeout", "statement_cache_size")


def test_our_program_name_follows_the_owners() -> None:
    got = libpq(f"{FULL}?application_name=felt", application_name="engine read")
    assert got["application_name"] == "felt engine read"


def test_our_session_settings_follow_the_owners_options_and_so_win() -> None:
    got = libpq(
        f"{FULL}?options=-c%20work_mem%3D1MB&schema=Felt", read_only=True, statement_timeout_ms=15
    )
    assert got["options"] == (
        "-c work_mem=1MB -c TimeZone=UTC -c default_transaction_read_only=on "
        '-c statement_timeout=15 -c search_path="Felt"'
    )


def test_a_pooler_gets_no_session_settings() -> None:
    text = f"{FULL}?pgbouncer=true&options=-c%20work_mem%3D1MB"
    url = DatabaseUrl.parse(text)
    assert url.pgbouncer
    assert "options" not in libpq(text, read_only=True)
    assert "options" not in url.node_pool()


@pytest.mark.parametrize(
    ("parameters", "mode"),
    [
        ("", "prefer"),
        ("sslmode=disable", "disable"),
        ("sslaccept=strict", "verify-full"),
        ("sslmode=require&sslaccept=strict", "verify-full"),
        ("sslaccept=accept_invalid_certs", "require"),
        ("sslmode=prefer&sslaccept=accept_invalid_certs", "prefer"),
    ],
)
def test_prismas_words_for_tls_become_libpqs(parameters: str, mode: str) -> None:
    assert libpq(f"{FULL}?{parameters}")["sslmode"] == mode


def test_both_drivers_take_the_address_and_work_in_utc(empty_database_url: DatabaseUrl) -> None:
    address = empty_database_url.libpq(read_only=True, statement_timeout_ms=1234)
    question = (
        "SELECT current_setting('TimeZone'), current_setting('transaction_read_only'), "
        "current_setting('statement_timeout'), current_database()::text"
    )
    expected = ("UTC", "on", "1234ms", empty_database_url.database)
    with psycopg.connect(address) as connection:
        assert connection.execute(question).fetchone() == expected
    with adbc_driver_postgresql.dbapi.connect(address) as other, other.cursor() as cursor:
        cursor.execute(question)
        assert cursor.fetchone() == expected


def test_the_search_path_is_the_schema_letter_by_letter(empty_database_url: DatabaseUrl) -> None:
    with psycopg.connect(empty_database_url.libpq(), autocommit=True) as connection:
        connection.execute('CREATE SCHEMA "Felt"')
    url = dataclasses.replace(empty_database_url, schema="Felt")
    with psycopg.connect(url.libpq()) as connection:
        assert connection.execute("SELECT current_schema()").fetchone() == ("Felt",)


# ------------------------------------------------------------------ for Node and Prisma


def test_node_gets_plain_fields() -> None:
    assert DatabaseUrl.parse(FULL).node_pool() == {
        "host": "db.example",
        "port": 6543,
        "user": "app",
        "password": SECRET,
        "database": "shop",
        "max": 5,
        "connectionTimeoutMillis": 10_000,
        "idleTimeoutMillis": 30_000,
        "keepAlive": True,
        "keepAliveInitialDelayMillis": 30_000,
        "application_name": "engine prisma",
        "ssl": False,
        "options": "-c TimeZone=UTC",
    }


def test_prismas_pool_parameters_become_nodes() -> None:
    pool = DatabaseUrl.parse(f"{FULL}?connection_limit=9&pool_timeout=2").node_pool()
    assert (pool["max"], pool["connectionTimeoutMillis"]) == (9, 2_000)


@pytest.mark.parametrize(
    ("parameters", "ssl"),
    [
        ("sslmode=disable", False),
        ("sslmode=require", {"rejectUnauthorized": False}),
        ("sslmode=require&sslrootcert={ca}", {"rejectUnauthorized": True, "ca": "authority"}),
        ("sslmode=verify-ca&sslrootcert={ca}", {"rejectUnauthorized": True, "ca": "authority"}),
        ("sslmode=verify-full&sslrootcert={ca}", {"rejectUnauthorized": True, "ca": "authority"}),
        ("sslmode=verify-full&sslrootcert=system", {"rejectUnauthorized": True}),
        (
            "sslmode=require&sslcert={ca}&sslkey={ca}",
            {"rejectUnauthorized": False, "cert": "authority", "key": "authority"},
        ),
    ],
)
def test_node_checks_the_server_as_far_as_asked(
    parameters: str, ssl: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    file.write_text("authority")
    url = DatabaseUrl.parse(f"{FULL}?{parameters.replace('{ca}', str(file))}")
    assert url.node_pool()["ssl"] == ssl


@pytest.mark.parametrize(("found", "ssl"), [(True, {"rejectUnauthorized": False}), (False, False)])
def test_where_tls_is_left_open_node_follows_what_libpq_found(found: bool, ssl: object) -> None:
    url = DatabaseUrl("h", 5432, "a", "d", tls_in_use=found)
    assert url.sslmode == "prefer"
    assert url.node_pool()["ssl"] == ssl


def test_a_socket_never_has_tls() -> None:
    url = DatabaseUrl.parse("postgresql://a@/d?host=/run/pg&sslmode=require")
    assert url.node_pool()["ssl"] is False


def test_a_certificate_that_is_not_there_is_named() -> None:
    url = DatabaseUrl.parse(f"{FULL}?sslmode=verify-full&sslrootcert=/no/ca.pem")
    with pytest.raises(SettingError, match=r"certificate that DATABASE_URL names .*/no/ca.pem"):
        url.node_pool()


def test_a_native_engine_gets_a_socket_in_its_own_form() -> None:
    text = "postgresql://app@/shop?host=/run/pg&schema=Felt&connection_limit=2"
    assert DatabaseUrl.parse(text).prisma() == (
        "postgresql://app@localhost/shop?connection_limit=2&application_name=engine%20prisma"
        "&sslmode=prefer&schema=Felt"
        "&options=-c%20TimeZone%3DUTC%20-c%20search_path%3D%22Felt%22&host=%2Frun%2Fpg"
    )


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("sslmode=allow", "sslmode=prefer"),
        ("sslmode=verify-full&sslrootcert=ca.pem", "sslmode=require&sslaccept=strict&sslcert=ca"),
    ],
)
def test_a_native_engine_gets_tls_in_its_own_words(parameters: str, expected: str) -> None:
    assert expected in DatabaseUrl.parse(f"{FULL}?{parameters}").prisma()


def test_what_prisma_gets_is_the_same_address() -> None:
    url = DatabaseUrl.parse(FULL)
    again = DatabaseUrl.parse(url.prisma())
    assert (again.host, again.port, again.user, again.password, again.database) == (
        *(url.host, url.port, url.user, url.password, url.database),
    )


# ------------------------------------------------------------------ for people


def test_the_password_is_never_shown() -> None:
    url = DatabaseUrl.parse(f"{FULL}?options=-c%20my.key%3Dhush&schema=Felt")
    shown = "postgresql://app:***@db.example:6543/shop?schema=Felt"
    assert (str(url), f"{url}", repr(url)) == (shown, shown, f"DatabaseUrl({shown})")


def test_a_socket_is_shown_with_its_folder_and_port() -> None:
    text = "postgresql://app@/shop?host=/run/pg&port=6000"
    assert str(DatabaseUrl.parse(text)) == text


@pytest.mark.parametrize("form", [SECRET, ENCODED, r"'s3cr:t/ä @%\'\\#?'"])
def test_a_drivers_message_loses_the_password_in_each_form(form: str) -> None:
    url = DatabaseUrl.parse(FULL)
    assert url.scrub(f"connecting with {form} failed") == "connecting with *** failed"


def test_without_a_password_a_message_stays_as_it_is() -> None:
    assert DatabaseUrl("h", 5432, "a", "d").scrub("a message") == "a message"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_any_password_survives_all_forms(password: str) -> None:
    url = DatabaseUrl("h", 5432, "app", "d", password=password)
    assert DatabaseUrl.parse(url.prisma()).password == password
    assert conninfo_to_dict(url.libpq())["password"] == password


def test_another_database_of_the_same_server_keeps_everything_else() -> None:
    url = DatabaseUrl.parse(f"{FULL}?schema=Felt&sslmode=require")
    other = url.with_database("other")
    assert other.database == "other"
    assert other.with_database("shop") == url


def test_an_address_can_be_the_key_of_a_dictionary() -> None:
    assert {DatabaseUrl.parse(FULL): 1}[DatabaseUrl.parse(FULL)] == 1
