"""One Node process that runs the Prisma query engine: started, configured, watched and ended.

The process gets its configuration, database password and token included, as one line on stdin, so
that neither shows in arguments or in the environment. It lives as long as its stdin is open; the
kernel closes that even when this program is killed, so no engine is left behind.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import structlog

from engine.errors import SetupError

ENGINE_COMMIT = "393aa359c9ad4a4bb28630fb5613f9c281cde053"  # of Prisma 5.17.0
_PROGRAM = Path(__file__).with_name("query-engine.cjs")
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT")
_START_LIMIT = 10.0  # seconds until the engine has told its port
_STOP_LIMIT = 5.0  # seconds that it may take to end by itself
_TAIL = 20  # lines of its log that an error quotes

log = structlog.get_logger("prisma_engine")


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """What an engine needs to know: its programs, the schema and the way to the database."""

    node: Path
    modules: Path
    datamodel: Path
    pool: Mapping[str, Any] = field(repr=False)  # holds the password
    schema: str | None = None
    log_queries: bool = False

    def line(self, token: str) -> str:
        """Return the one JSON line that configures the process."""
        told = {
            "modules": str(self.modules),
            "datamodel": self.datamodel.read_text(encoding="utf-8"),
            "schema": self.schema,
            "pool": dict(self.pool),
            "token": token,
            "log_queries": self.log_queries,
        }
        return json.dumps(told) + "\n"


class NodeProcess:
    """The process, its address and its token; both change with each start."""

    def __init__(self, config: EngineConfig) -> None:
        self.config = config
        self.url: str | None = None
        self.token = ""
        self.popen: subprocess.Popen[str] | None = None
        self._tail: deque[str] = deque(maxlen=_TAIL)
        self._log_reader: threading.Thread | None = None

    def start(self) -> subprocess.Popen[str]:
        """Start the process and wait until it listens.

        Raises SetupError with what the process said when it does not listen within ten seconds.
        """
        self.token = secrets.token_hex(24)
        self._tail.clear()
        popen = self.popen = self._spawn()
        hello = self._configure(popen)
        if hello.get("engine") != ENGINE_COMMIT:
            self.stop()
            reason = hello.get("error") or "\n".join(self._tail) or "It said nothing."
            raise SetupError(
                f"The Prisma query engine did not start: {reason}",
                hint="Run `python -m engine setup` to make the npm parts and the client anew.",
            )
        self.url = f"http://127.0.0.1:{hello['port']}"
        return popen

    def stop(self) -> None:
        """End the process: ask by closing its stdin, then kill. Does nothing when there is none."""
        popen, self.popen, self.url = self.popen, None, None
        if popen is None:
            return
        for stream in (popen.stdin, popen.stdout):
            with contextlib.suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()
        try:
            popen.wait(_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            log.warning("engine did not end by itself and is killed", pid=popen.pid)
            popen.kill()
            popen.wait()

    def _spawn(self) -> subprocess.Popen[str]:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment["TZ"] = "UTC"
        try:
            popen = subprocess.Popen(
                [str(self.config.node), str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                env=environment,
                start_new_session=True,  # Ctrl-C is for this program, which then ends the engine
            )
        except OSError as error:
            raise SetupError(
                f"Node can't be started at {self.config.node}: {error.strerror}.",
                hint="Set NODE_BINARY to a Node of version 18 or later.",
            ) from error
        self._log_reader = threading.Thread(
            target=self._forward, args=(popen.stderr,), name="prisma-engine-log", daemon=True
        )
        self._log_reader.start()
        return popen

    def _configure(self, popen: subprocess.Popen[str]) -> dict[str, Any]:
        """Write the configuration and return the answer, empty when there is none in time."""
        assert popen.stdin is not None  # a pipe, as stdout
        assert popen.stdout is not None
        limit = threading.Timer(_START_LIMIT, popen.kill)
        limit.start()
        try:
            popen.stdin.write(self.config.line(self.token))
            popen.stdin.flush()
            answer = popen.stdout.readline()
        except BrokenPipeError:
            answer = ""  # it ended at once; its log says why
        finally:
            limit.cancel()
        if not answer:
            popen.wait()
            if self._log_reader is not None:
                self._log_reader.join(1)
            return {}
        hello: dict[str, Any] = json.loads(answer)
        return hello

    def _forward(self, stream: IO[str]) -> None:
        """Pass the log lines of the process on; runs in a thread until the process ends."""
        with stream:
            for line in stream:
                self._tail.append(line.rstrip())
                try:
                    entry = json.loads(line)
                    level, message = entry["level"], entry["message"]
                except (ValueError, TypeError, KeyError):
                    level, message = "warning", line.rstrip()  # Node's own words
                getattr(log, level if level in ("info", "error") else "warning")(message)
