"""What a call prints for people: how each shop went on stdout, what went wrong on stderr."""

from __future__ import annotations

import io
from collections.abc import Sequence

import click
import structlog

from engine.reports.alert_book import TOLD_BEFORE
from engine.reports.alert_message import headline
from engine.reports.outcome import ShopOutcome, sentence

log = structlog.get_logger("reports")


def print_errors(outcomes: Sequence[ShopOutcome]) -> None:
    """Print why shops failed, and what to do about it."""
    for outcome in outcomes:
        if outcome.error is not None:
            click.echo(f"error: {outcome.shop}: {outcome.error.message}", err=True)
            for line in outcome.error.hint.splitlines():
                click.echo(f"       {line}", err=True)


def print_lines(outcomes: Sequence[ShopOutcome], files: Sequence[str], code: int) -> None:
    """Print what became of each shop, its alerts that are news, and the files."""
    for outcome in outcomes:
        click.echo(sentence(outcome))
        for alert in outcome.alerts:
            if "print" in alert["delivered"] and alert["delivered"]["print"] != TOLD_BEFORE:
                click.echo(headline(alert))
    for file in files:
        click.echo(f"Written: {file}")
    if not outcomes and code == 0:
        click.echo(
            "There is no shop in the database yet, so there is nothing to do. Load the demo "
            "shop with: python -m engine demo"
        )


class LogLines(io.StringIO):
    """A stream that makes a log line of each line of text."""

    def write(self, text: str) -> int:
        """Keep a piece of a line; log the line when its end comes."""
        super().write(text)
        if text.endswith("\n"):
            log.info("progress", text=self.getvalue().strip())
            self.seek(0)
            self.truncate()
        return len(text)
