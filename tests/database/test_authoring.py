from pathlib import Path

import pytest

from engine.database import authoring
from engine.database.authoring import new_migration, schema_digest
from engine.database.url import DatabaseUrl
from engine.errors import UsageError
from engine.settings import Settings

URL = DatabaseUrl.parse("postgresql://app@db.example/app")


@pytest.mark.parametrize("name", ["", "Parcels", "004_parcels", "parcel costs", "../parcels"])
def test_a_migration_has_a_plain_name(name: str) -> None:
    with pytest.raises(UsageError, match="is no name for a migration"):
        new_migration(name, URL, settings=Settings(), say=lambda _: None)


def test_the_digest_of_the_schema_ignores_line_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "schema.prisma"
    monkeypatch.setattr(authoring, "SCHEMA_FILE", file)
    digests = []
    for content in (b"model A {\n}\n", b"model A {\r\n}\r\n", b"model B {\n}\n"):
        file.write_bytes(content)
        digests.append(schema_digest())
    assert digests[0] == digests[1] != digests[2]
