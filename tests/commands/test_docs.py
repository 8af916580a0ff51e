from collections.abc import Callable
from pathlib import Path

import click
import pytest

from engine.__main__ import COMMANDS, command_line
from engine.commands import docs
from engine.commands.docs import DOCUMENTS, Document, command_line_page
from engine.errors import EXIT_CODES
from engine.settings import PROJECT_FOLDER, Settings
from tests.commands.conftest import Ended

Engine = Callable[..., Ended]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.path)
def test_a_generated_page_is_current(document: Document) -> None:
    assert (PROJECT_FOLDER / document.path).read_text(encoding="utf-8") == document.text()


def test_the_page_of_the_command_line_has_every_command_option_and_exit_code() -> None:
    page, context = command_line_page(), click.Context(command_line)
    for name in COMMANDS:
        assert f"## `python -m engine {name}`" in page
        command = command_line.get_command(context, name)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[0] in page
    for code, meaning in EXIT_CODES.items():
        assert f"| {code} | {meaning} |" in page


def test_the_example_of_settings_has_every_setting() -> None:
    example = (PROJECT_FOLDER / ".env.example").read_text(encoding="utf-8")
    for name in Settings.__dataclass_fields__:
        assert f"\n# {name.upper()}=" in example


def test_a_stale_page_fails_the_check_and_is_written_by_the_command(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docs, "PROJECT_FOLDER", tmp_path)
    monkeypatch.setattr(docs, "DOCUMENTS", (Document("docs/page.md", lambda: "new\n"),))
    check = engine("docs", "--check")
    assert (check.code, check.err) == (
        3,
        "error: Not current: docs/page.md.\n       Run: python -m engine docs\n",
    )
    assert not (tmp_path / "docs").exists()
    assert engine("docs").out == "Written: docs/page.md\n"
    assert (tmp_path / "docs" / "page.md").read_text() == "new\n"
    assert engine("docs", "--check").out == "All 1 generated pages are current.\n"
