"""One call of the report program, from its options to what it prints.

What was done goes to stdout, as lines or as one JSON object; what a person has to know meanwhile,
errors and the log go to stderr.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tomllib
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import TextIO

import click
import structlog

from engine import progress
from engine.database import prepare, release
from engine.database.url import DatabaseUrl
from engine.errors import EngineError
from engine.log import set_up_log
from engine.reports.alert_delivery import Channels, check_channels
from engine.reports.alert_rules import DEFAULT_FILE, Rule, read_rules
from engine.reports.alerts import State
from engine.reports.analyst_views import publish_views
from engine.reports.calls import chosen_shops, run_call
from engine.reports.desk import Call
from engine.reports.explaining import explained
from engine.reports.exports import make_folder, write_files
from engine.reports.options import Options
from engine.reports.outcome import (
    ALERT_CODE,
    FIRST_SIGNAL_CODE,
    NOTHING_CHANGED_CODE,
    SUCCEEDED,
    ShopOutcome,
    call_record,
    exit_code,
)
from engine.reports.printing import LogLines, print_errors, print_lines
from engine.reports.retention import retention_of
from engine.reports.run_book import Caller
from engine.reports.spec import Scope
from engine.reports.stopping import Stopped, is_left_behind
from engine.settings import PROJECT_FOLDER, Settings

MOST_WORKERS = 8
# Settings that move figures, as the run's row holds them; none of them is a secret.
FIGURE_SETTINGS = ("returned_goods", "vat_on_fees", "restock_days", "cost_currency", "csv_folder")

log = structlog.get_logger("reports")


def program_version() -> str:
    """Return the version of the project."""
    with (PROJECT_FOLDER / "pyproject.toml").open("rb") as file:
        version: str = tomllib.load(file)["project"]["version"]
    return version


def make_caller(call_id: str, typed: str, settings: Settings, scope: Scope) -> Caller:
    """Return what every run of a call has in common.

    Where the owner's files lie takes no part in `settings_hash`: what they say is fingerprinted.
    """
    figures = {name: getattr(settings, name) for name in FIGURE_SETTINGS}
    text = json.dumps({**figures, "csv_folder": None}, sort_keys=True)
    return Caller(
        call_id=call_id,
        command=typed,
        code_version=program_version(),
        settings=figures,
        settings_hash=hashlib.sha256(text.encode()).hexdigest()[:16],
        scope=scope,
    )


class Program:
    """One call, from its options to what it prints."""

    def __init__(self, options: Options, typed: str) -> None:
        self._options = options
        self._typed = typed
        self._call_id = str(uuid.uuid4())
        self._logs_json = False

    def run(self) -> int:
        """Do the work, print how it went and return the exit code."""
        outcomes: list[ShopOutcome] = []
        files: list[str] = []
        try:
            scope, question = self._options.scope(), self._options.question()
            settings = Settings.load()
            log_format = self._options.log_format or settings.log_format
            set_up_log(log_format, self._log_level(settings))
            self._logs_json = log_format == "json"
            rules, channels = self._alerts(settings)
            if self._options.output:
                make_folder(self._options.output)
            url = prepare(
                settings,
                say=self._say,
                client="optional" if self._reads_only else "required",
                deadline_seconds=settings.retry_deadline,
            )
            if question is not None:
                as_json = self._options.as_json
                click.echo(explained(question, settings, url, as_json=as_json))
                return 0
            call = replace(self._call(settings, scope), rules=rules, channels=channels)
            if self._options.engine == "spark":
                outcomes = self._on_spark(call, url)
            else:
                outcomes = run_call(call, settings, url, say=self._say, stream=self._stream())
            files = self._write_files(settings, url, scope, outcomes)
        except EngineError as error:
            self._print(outcomes, files, error.exit_code, error)
            raise
        except Stopped as stopped:  # before there was a shop to be interrupted
            return self._end(outcomes, files, stopped.exit_code)
        return self._end(outcomes, files, self._code(outcomes))

    @property
    def _reads_only(self) -> bool:
        options = self._options
        return options.dry_run or options.verify or options.explain is not None

    def _code(self, outcomes: Sequence[ShopOutcome]) -> int:
        code = exit_code(outcomes)
        changed = any(outcome.counts.written for outcome in outcomes)
        fired = any(alert["state"] == State.FIRED for one in outcomes for alert in one.alerts)
        if code == 0 and self._options.fail_on_alert and fired:
            return ALERT_CODE
        is_quiet_night = self._options.skip_empty and not self._reads_only and not changed
        return NOTHING_CHANGED_CODE if code == 0 and is_quiet_night else code

    def _end(self, outcomes: Sequence[ShopOutcome], files: Sequence[str], code: int) -> int:
        """Print how it went and return the exit code, or end here if a read would not let us."""
        self._print(outcomes, files, code, None)
        if code > FIRST_SIGNAL_CODE and is_left_behind():
            sys.stdout.flush()
            sys.stderr.flush()
            release()
            os._exit(code)
        return code

    def _on_spark(self, call: Call, url: DatabaseUrl) -> list[ShopOutcome]:
        from engine.reports.spark import run_on_spark  # only where it is asked for

        publish_views(url)
        return run_on_spark(call, [shop.shop_id for shop in chosen_shops(url, call.shops)])

    def _alerts(self, settings: Settings) -> tuple[tuple[Rule, ...], Channels]:
        """Read and check the alerts before anything else is done; none for a read-only call."""
        options = self._options
        file = options.alerts_file or PROJECT_FOLDER / DEFAULT_FILE
        if self._reads_only or options.no_alerts:
            return (), Channels()
        if options.alerts_file is None and not file.is_file():
            return (), Channels()
        channels = Channels(
            webhook_url=settings.alert_webhook_url,
            webhook_secret=settings.alert_webhook_secret,
            smtp_url=settings.alert_smtp_url,
            mail_from=settings.alert_mail_from,
            mail_to=settings.alert_mail_to,
            dashboard_url=settings.dashboard_url,
        )
        rules = read_rules(file)
        check_channels(rules, channels)
        return rules, channels

    def _call(self, settings: Settings, scope: Scope) -> Call:
        options = self._options
        caller = make_caller(self._call_id, self._typed, settings, scope)
        return Call(
            caller=caller,
            shops=options.shops,
            as_of=options.as_of,
            workers=options.workers or min(os.cpu_count() or 1, MOST_WORKERS),
            dry_run=options.dry_run,
            verify=options.verify,
            resume=options.resume,
            full=options.full,
            wait_seconds=options.wait,
            retention=retention_of(settings),
        )

    def _write_files(
        self,
        settings: Settings,
        url: DatabaseUrl,
        scope: Scope,
        outcomes: Sequence[ShopOutcome],
    ) -> list[str]:
        done = [outcome.shop_id for outcome in outcomes if outcome.status == SUCCEEDED]
        if self._options.output is None or not done:
            return []
        formats = self._options.formats or ("parquet",)
        timeout_ms = settings.reports_read_timeout * 1_000
        return write_files(url, done, scope, self._options.output, formats, timeout_ms)

    def _print(
        self,
        outcomes: Sequence[ShopOutcome],
        files: Sequence[str],
        code: int,
        error: EngineError | None,
    ) -> None:
        options = self._options
        print_errors(outcomes)
        if not options.as_json:
            print_lines(outcomes, files, code)
            return
        record = call_record(
            next((one.call_id for one in outcomes if one.call_id), self._call_id),
            outcomes,
            code=code,
            dry_run=options.dry_run,
            files=files,
            error=error,
        )
        click.echo(json.dumps(record, ensure_ascii=False))

    def _say(self, text: str) -> None:
        """Tell a person what is going on, where that is wanted."""
        if self._logs_json:
            log.info("progress", text=text)
        elif not self._options.quiet:
            progress.say(text)

    def _stream(self) -> TextIO:
        """Return where progress goes: stderr, the log where lines of text would spoil it."""
        if self._logs_json:
            return LogLines()
        return io.StringIO() if self._options.quiet else sys.stderr

    def _log_level(self, settings: Settings) -> str:
        if self._options.quiet:
            return "warning"
        return "debug" if self._options.verbose else settings.log_level
