"""The Node process: what it needs, who may talk to it, what it says, when it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from engine.database.client import ClientThread
from engine.database.node import node_binary
from engine.database.prisma_engine import process as process_module
from engine.database.prisma_engine.process import EngineConfig, NodeProcess
from engine.database.url import DatabaseUrl
from engine.errors import SetupError
from engine.settings import PROJECT_FOLDER, Settings

Query = dict[str, Any]


@pytest.fixture
def config(operations_project: Path, operations_database: DatabaseUrl) -> EngineConfig:
    return EngineConfig(
        node=node_binary(Settings()),
        modules=operations_project / "node_modules",
        datamodel=operations_project / "schema.prisma",
        pool=operations_database.node_pool() | {"password": "very-secret"},
    )


@pytest.fixture
def started(config: EngineConfig) -> Iterator[NodeProcess]:
    node = NodeProcess(config)
    node.start()
    yield node
    node.stop()


def ask(node: NodeProcess, path: str, token: str | None = None, **request: Any) -> httpx.Response:
    bearer = node.token if token is None else token
    headers = {"Authorization": f"Bearer {bearer}"}
    method = "POST" if request else "GET"
    return httpx.request(
        method, f"{node.url}{path}", headers=headers, trust_env=False, timeout=10, **request
    )


def gone(pid: int, within: float = 8) -> bool:
    """Whether a process ends in time; one that nobody has waited for yet has ended too."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state.split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_only_who_has_the_token_gets_an_answer(started: NodeProcess) -> None:
    assert httpx.get(f"{started.url}/status", trust_env=False).status_code == 401
    wrong = "0" * len(started.token)
    assert ask(started, "/status", token=wrong).status_code == 401
    assert ask(started, "/", token="short", json={"query": "query { x }"}).status_code == 401
    assert ask(started, "/status").json() == {"status": "ok"}


def test_each_process_has_a_token_of_its_own(config: EngineConfig) -> None:
    first, second = NodeProcess(config), NodeProcess(config)
    try:
        first.start()
        second.start()
        assert len(first.token) == len(second.token) == 48  # 192 bits
        assert first.token != second.token
        assert ask(second, "/status", token=first.token).status_code == 401
    finally:
        first.stop()
        second.stop()


def test_an_unknown_path_is_404_and_metrics_are_empty(started: NodeProcess) -> None:
    assert ask(started, "/other").status_code == 404
    assert ask(started, "/other", json={}).status_code == 404
    assert ask(started, "/metrics").json() == {"counters": [], "gauges": [], "histograms": []}


def test_text_that_is_no_query_is_told_apart(started: NodeProcess) -> None:
    query = {"query": "query { result: findManyParcel ( where ) { id } }", "variables": {}}
    error = ask(started, "/", json=query).json()["errors"][0]
    assert error["error"] == "query text: expected ':' at 39, found \") { id } }\""
    query["query"] = "query { result: dropParcel { id } }"
    error = ask(started, "/", json=query).json()["errors"][0]
    assert error["error"] == "query text: unknown operation dropParcel"
    error = ask(started, "/", content="{").json()["errors"][0]
    assert "JSON" in error["error"]


def test_a_request_over_64_mib_is_refused_and_the_engine_lives(started: NodeProcess) -> None:
    refused = ask(started, "/", content=b"x" * (64 * 1024 * 1024 + 1))
    assert refused.status_code == 413
    assert "64 MiB at most" in refused.text
    assert ask(started, "/status").status_code == 200


def test_no_secret_shows_in_arguments_environment_or_repr(
    config: EngineConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:very-secret@db/shop")
    node = NodeProcess(config)
    about = Path(f"/proc/{node.start().pid}")
    shown = (about / "cmdline").read_bytes() + (about / "environ").read_bytes()
    node.stop()
    assert b"query-engine.cjs" in shown
    for secret in (node.token, "very-secret"):
        assert secret.encode() not in shown
        assert secret not in repr(config)


def test_closing_its_stdin_ends_the_process(started: NodeProcess) -> None:
    assert started.popen is not None
    popen = started.popen
    start = time.monotonic()
    started.stop()
    assert popen.returncode == 0
    assert time.monotonic() - start < 2
    started.stop()  # does nothing


def test_a_process_that_does_not_end_is_killed(
    started: NodeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_module, "_STOP_LIMIT", 0.2)
    assert started.popen is not None
    popen = started.popen
    os.kill(popen.pid, signal.SIGSTOP)
    with capture_logs() as lines:
        started.stop()
    assert popen.returncode == -signal.SIGKILL
    assert "is killed" in lines[0]["event"]


def test_missing_npm_parts_are_named(config: EngineConfig, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="Cannot find module") as refused:
        NodeProcess(replace(config, modules=tmp_path)).start()
    assert "python -m engine setup" in str(refused.value)


def test_a_node_that_can_not_be_started_is_named(config: EngineConfig, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=f"Node can't be started at {tmp_path / 'node'}: No such"):
        NodeProcess(replace(config, node=tmp_path / "node")).start()


@pytest.mark.parametrize(
    ("script", "said"),
    [("echo broken >&2; exit 3", "broken"), ("exit 0", "It said nothing"), ("sleep 60", "nothing")],
)
def test_a_node_that_does_not_answer_is_given_up(
    config: EngineConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    monkeypatch.setattr(process_module, "_START_LIMIT", 0.3)
    fake = tmp_path / "node"
    fake.write_text(f"#!/bin/sh\nexec 3>&1\n{script.replace('sleep', 'exec sleep')}\n")
    fake.chmod(0o755)
    with capture_logs(), pytest.raises(SetupError, match=f"did not start: .*{said}"):
        NodeProcess(replace(config, node=fake)).start()


def test_a_field_with_the_name_of_an_operator_is_refused(
    config: EngineConfig, tmp_path: Path
) -> None:
    schema = config.datamodel.read_text(encoding="utf-8").replace("  code ", "  data ")
    (tmp_path / "schema.prisma").write_text(schema, encoding="utf-8")
    with pytest.raises(SetupError, match=r"Parcel\.data bears the name of a query operator"):
        NodeProcess(replace(config, datamodel=tmp_path / "schema.prisma")).start()


def test_no_field_of_the_real_schema_bears_such_a_name(config: EngineConfig) -> None:
    node = NodeProcess(replace(config, datamodel=PROJECT_FOLDER / "schema.prisma"))
    node.start()
    node.stop()


def test_statements_are_logged_on_request_and_their_values_never(
    node_thread: Callable[..., ClientThread], operations_database: DatabaseUrl
) -> None:
    with capture_logs() as lines:
        for log_sql in (False, True):
            with node_thread(log_sql=log_sql).opened(operations_database) as db:
                db.sender.find_many(where={"name": f"value-{log_sql}"})
            time.sleep(0.2)
            logged = json.dumps([line["event"] for line in lines])
            assert ("SELECT" in logged) == log_sql
    assert "value-" not in logged


def test_the_engine_ends_when_its_parent_is_killed(
    operations_project: Path, operations_database: DatabaseUrl, tmp_path: Path
) -> None:
    parent = tmp_path / "parent.py"
    parent.write_text(
        "import sys, time\n"
        "from pathlib import Path\n"
        "from engine.database.node import node_binary\n"
        "from engine.database.prisma_engine.process import EngineConfig, NodeProcess\n"
        "from engine.settings import Settings\n"
        "project = Path(sys.argv[1])\n"
        "config = EngineConfig(node_binary(Settings()), project / 'node_modules',\n"
        "                      project / 'schema.prisma', pool={'host': sys.argv[2]})\n"
        "print(NodeProcess(config).start().pid, flush=True)\n"
        "time.sleep(60)\n",
        encoding="utf-8",
    )
    command = [sys.executable, str(parent), str(operations_project), operations_database.host]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_FOLDER)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as running:
        assert running.stdout is not None
        engine = int(running.stdout.readline())
        assert not gone(engine, within=0.1)
        running.kill()
        assert gone(engine)


def test_the_names_that_are_private_to_the_client_are_there(operations: ModuleType) -> None:
    client = operations.Prisma(use_dotenv=False)
    assert client._internal_engine is None
    assert client._packaged_schema_path.name == "schema.prisma"
    engine = operations.engine.AsyncQueryEngine
    for name in ("_ensure_file", "_kill_process", "spawn", "request", "connect", "aclose", "stop"):
        assert callable(getattr(engine, name))
    made = engine(dml_path=client._packaged_schema_path, http_config={"trust_env": False})
    for name in ("url", "headers", "file", "process"):
        assert hasattr(made, name)
    assert operations.config.expected_engine_version == process_module.ENGINE_COMMIT
    assert operations.client.BINARY_PATHS.query_engine
    assert callable(operations._builder.dumps)
