from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.database.locks import Lease, exclusive_lock
from engine.errors import ConfigurationError
from engine.settings import PROJECT_FOLDER

Holder = subprocess.Popen[str]
Hold = Callable[[str, Path], Holder]

HOLD = """
import sys
from pathlib import Path
from engine.database.locks import Lease, exclusive_lock
kind, path = sys.argv[1], Path(sys.argv[2])
if kind == "lease":
    Lease(path).take()
else:
    lock = exclusive_lock(path)
    lock.__enter__()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Start processes that hold a lock until they are killed."""
    holders: list[Holder] = []

    def start(kind: str, path: Path) -> Holder:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD, kind, str(path)],
            cwd=PROJECT_FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        holders.append(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        return holder

    yield start
    for holder in holders:
        holder.kill()
        holder.communicate()


def test_an_exclusive_lock_waits_until_a_killed_holder_is_gone(tmp_path: Path, hold: Hold) -> None:
    holder = hold("lock", tmp_path / "lock")
    entered = threading.Event()

    def enter() -> None:
        with exclusive_lock(tmp_path / "lock"):
            entered.set()

    waiting = threading.Thread(target=enter)
    waiting.start()
    assert not entered.wait(0.3)
    holder.kill()
    assert entered.wait(10)
    waiting.join()


def test_threads_of_one_process_exclude_each_other(tmp_path: Path) -> None:
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(20):
            with exclusive_lock(tmp_path / "lock"):
                inside += 1
                most = max(most, inside)
                os.sched_yield()
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_a_lock_is_given_back_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), exclusive_lock(tmp_path / "lock"):
        raise ZeroDivisionError
    with exclusive_lock(tmp_path / "lock"):
        pass


def test_a_lock_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigurationError, match=r"missing/lock can't be opened: No such file"),
        exclusive_lock(tmp_path / "missing" / "lock"),
    ):
        pass


def test_the_only_holder_of_a_lease_is_the_last(tmp_path: Path) -> None:
    lease = Lease(tmp_path / "lease")
    assert not lease.held
    lease.take()
    lease.take()
    assert lease.held
    assert lease.give_back()
    assert not lease.held
    assert not lease.give_back()


def test_a_lease_is_shared_and_only_the_last_holder_is_told_so(tmp_path: Path) -> None:
    first, second = Lease(tmp_path / "lease"), Lease(tmp_path / "lease")
    first.take()
    second.take()
    assert not first.give_back()
    assert second.give_back()


def test_a_killed_process_loses_its_lease(tmp_path: Path, hold: Hold) -> None:
    holder = hold("lease", tmp_path / "lease")
    lease = Lease(tmp_path / "lease")
    lease.take()
    assert not lease.give_back()
    holder.kill()
    holder.wait()
    lease.take()
    assert lease.give_back()


FORK = """
import os, sys
from pathlib import Path
from engine.database.locks import Lease
lease, other = Lease(Path(sys.argv[1])), Lease(Path(sys.argv[1]))
lease.take()
child = os.fork()
if child == 0:
    os._exit(10 + lease.held + lease.give_back())
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
other.take()
print(other.give_back(), lease.give_back())
"""


def test_a_forked_child_has_no_share_and_cannot_end_its_parents(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FORK, str(tmp_path / "lease")],
        cwd=PROJECT_FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.split() == ["10", "False", "True"]
