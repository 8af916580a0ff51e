import pytest

from engine.database.server_errors import explain
from engine.database.url import DatabaseUrl
from engine.errors import ConfigurationError, ContractError, EngineError, SourceError

URL = DatabaseUrl.parse("postgresql://app:top-secret@db.example/app")


@pytest.mark.parametrize(
    ("sqlstate", "kind", "message"),
    [
        ("42P01", ContractError, "lacks a table that the program needs"),
        ("42703", ContractError, "lacks a column that the program needs"),
        ("42704", ContractError, "lacks a type that the program needs"),
        ("42501", ConfigurationError, "may not do this"),
        ("28P01", ConfigurationError, "refuses"),
        ("3D000", ConfigurationError, "refuses"),
        ("57014", SourceError, "took longer than allowed"),
        ("55P03", SourceError, "Another program holds a lock"),
        ("08006", SourceError, "out of reach"),
        ("53100", SourceError, "disk of the database"),
        ("57P01", SourceError, "out of reach"),
        (None, SourceError, "out of reach"),
    ],
)
def test_an_error_of_the_outside_says_what_happened_where_and_what_to_do(
    sqlstate: str | None, kind: type[EngineError], message: str
) -> None:
    explained = explain(URL, "the server said:\n  so, top-secret", sqlstate)
    assert type(explained) is kind
    assert message in explained.message
    assert "postgresql://app:***@db.example/app" in explained.message
    assert "the server said: so, ***" in explained.message
    assert explained.hint


@pytest.mark.parametrize("sqlstate", ["23505", "22012", "42601", "25006"])
def test_an_error_of_our_own_making_is_not_dressed_up(sqlstate: str) -> None:
    assert explain(URL, "a bug", sqlstate) is None


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ('FATAL:  database "app" does not exist', ConfigurationError),
        ('FATAL:  password authentication failed for user "app"', ConfigurationError),
        ("fe_sendauth: no password supplied", ConfigurationError),
        ("FATAL:  the database system is starting up", SourceError),
        ("FATAL:  sorry, too many clients already", SourceError),
        ("Connection refused", SourceError),
    ],
)
def test_without_a_sqlstate_the_words_tell_a_refusal_from_a_server_out_of_reach(
    words: str, kind: type[EngineError]
) -> None:
    message = f'connection to server at "db.example", port 5432 failed: {words}'
    assert type(explain(URL, message, None)) is kind
