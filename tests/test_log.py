import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from engine.log import set_up_log
from tests.log_state import program_state_put_back


@pytest.fixture(autouse=True)
def _state() -> Iterator[None]:
    with program_state_put_back():
        yield


def test_events_of_ours_and_of_libraries_go_the_same_way() -> None:
    out = io.StringIO()
    set_up_log("json", "info", stream=out)
    structlog.get_logger("engine").info("stage done", stage="read", seconds=1.5)
    logging.getLogger("library").warning("slow %s", "server")
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["event"], first["stage"], first["level"]) == ("stage done", "read", "info")
    assert (second["event"], second["level"]) == ("slow server", "warning")


def test_lines_below_the_level_are_left_out() -> None:
    out = io.StringIO()
    set_up_log("text", "warning", stream=out)
    structlog.get_logger("engine").info("quiet")
    structlog.get_logger("engine").warning("loud", shop=1)
    assert "quiet" not in out.getvalue()
    assert "loud" in out.getvalue()
    assert "shop=1" in out.getvalue()


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_traceback_shows_no_values_of_variables(log_format: str) -> None:
    out = io.StringIO()
    set_up_log(log_format, "info", stream=out)
    word = "".join(["hunt", "er2"])
    try:
        raise ZeroDivisionError(str(len(word)))
    except ZeroDivisionError:
        structlog.get_logger("engine").exception("failed")
    assert "ZeroDivisionError: 7" in out.getvalue()
    assert word not in out.getvalue()
