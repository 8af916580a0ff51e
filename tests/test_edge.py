import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from engine.edge import exit_code_of, exit_code_table
from engine.errors import EXIT_CODES, EngineError, LockedError, UsageError
from engine.log import set_up_log
from engine.settings import PROJECT_FOLDER
from tests.log_state import program_state_put_back


@pytest.fixture(autouse=True)
def _state() -> Iterator[None]:
    with program_state_put_back():
        yield


def fail(error: BaseException) -> int | None:
    raise error


def test_the_answer_of_a_program_is_its_exit_code() -> None:
    assert exit_code_of(lambda: 9) == 9
    assert exit_code_of(lambda: None) == 0


@pytest.mark.parametrize("kind", [UsageError, LockedError])
def test_an_error_that_was_foreseen_has_its_own_code(
    kind: type[EngineError], capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        exit_code_of(lambda: fail(kind("No luck.", hint="Do this.\nThen that."))) == kind.exit_code
    )
    assert capsys.readouterr().err.endswith("error: No luck.\n       Do this.\n       Then that.\n")


def test_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(lambda: fail(click.UsageError("No such option: --x"))) == 2
    assert capsys.readouterr().err == "Error: No such option: --x\n"


def test_an_interrupt_ends_with_130() -> None:
    assert exit_code_of(lambda: fail(KeyboardInterrupt())) == 130
    assert exit_code_of(lambda: fail(click.Abort())) == 130


def test_an_interrupt_that_names_its_signal_keeps_its_code() -> None:
    class Stopped(KeyboardInterrupt):
        exit_code = 143

    def inside_click() -> None:
        try:
            raise Stopped
        except Stopped as error:
            raise click.Abort from error

    assert exit_code_of(lambda: fail(Stopped())) == 143
    assert exit_code_of(inside_click) == 143


def test_a_missing_package_ends_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    missing = ModuleNotFoundError("No module named 'numpy.core'", name="numpy.core")
    assert exit_code_of(lambda: fail(missing)) == 3
    assert capsys.readouterr().err == (
        "error: The Python package numpy.core is missing.\n"
        "       Run: python -m pip install -r requirements.txt\n"
    )


def test_an_unexpected_error_has_a_reference_and_a_traceback_in_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_log("json", "info")
    secret = "hunter2"  # a local variable, which no traceback may show
    assert exit_code_of(lambda: fail(ZeroDivisionError(f"{len(secret)} by zero"))) == 1
    logged, *shown = capsys.readouterr().err.splitlines()
    reference = shown[0].removeprefix("error: Something unexpected happened (reference ")[:8]
    assert f'"reference": "{reference}"' in logged
    assert "ZeroDivisionError: 7 by zero" in logged
    assert "hunter2" not in logged.replace('secret = "hunter2"', "")
    assert shown[1] == (
        "       The log above has the traceback under this reference; please report it."
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to catch")
def test_sigterm_ends_with_143_and_lets_everything_be_given_back() -> None:
    program = (
        "import sys, time\n"
        "from engine.edge import exit_code_of\n"
        "def work():\n"
        "    try:\n"
        "        print('ready', flush=True)\n"
        "        time.sleep(30)\n"
        "    finally:\n"
        "        print('given back', flush=True)\n"
        "sys.exit(exit_code_of(work))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=PROJECT_FOLDER
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGTERM)
        assert child.stdout.read() == "given back\n"
    assert child.returncode == 143


def test_the_table_of_exit_codes_lists_each_of_them() -> None:
    rows = exit_code_table().splitlines()
    assert len(rows) == len(EXIT_CODES) + 2
    assert "| 8 | another run holds the lock |" in rows
