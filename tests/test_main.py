import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.__main__ import COMMANDS, main
from engine.settings import PROJECT_FOLDER
from tests.log_state import program_state_put_back


def run(*words: str) -> int:
    with program_state_put_back():
        return main(list(words))


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    shown = capsys.readouterr().out
    for name in COMMANDS:
        assert f"\n  {name} " in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("improt",), "No such command 'improt'"),
        (("import",), "Missing argument 'PATH…'"),
        (("doctor", "--fast"), "No such option '--fast'"),
    ],
)
def test_wrong_usage_ends_with_2(
    words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    assert message in capsys.readouterr().err


def test_a_bad_setting_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")
    assert run("docs", "--check") == 3
    assert capsys.readouterr().err.startswith("error: LOG_LEVEL in the environment is 'loud'")


def test_without_the_python_packages_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise ModuleNotFoundError('gone', name='click')\n")
    ended = subprocess.run(
        [sys.executable, "-m", "engine", "doctor"],
        cwd=PROJECT_FOLDER,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (
        3,
        "error: The Python package click is missing.\n"
        "       Run: python -m pip install -r requirements.txt\n",
    )
