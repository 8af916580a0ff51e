"""The command line of the report program: options in, exit code out.

Data go to stdout, everything else to stderr. Each option can be given as an environment variable,
REPORTS_ and its name in capitals, or as such a line of `.env`. Nothing is ever asked.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from engine.edge import exit_code_of
from engine.errors import EXIT_CODES
from engine.log import set_up_log
from engine.metrics.model import Level
from engine.periods import GRAINS
from engine.reports.argument_types import DAY, INSTANT, NAME
from engine.reports.exports import FORMATS
from engine.reports.option_file import PREFIX, options_in_file
from engine.reports.options import Options
from engine.reports.program import MOST_WORKERS, Program, program_version

PROGRAM = "reportsv4_optimized.py"


def _show_version(ctx: click.Context, param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(f"{PROGRAM} {program_version()}")
        ctx.exit()


class WithExitCodes(click.Command):
    """A command whose help ends with what its exit codes mean."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit codes below the options."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])


@click.command(
    PROGRAM,
    cls=WithExitCodes,
    context_settings={"auto_envvar_prefix": PREFIX, "max_content_width": 100},
)
@click.option(
    "--from",
    "first",
    type=DAY,
    envvar="REPORTS_FROM",
    help="First local day; every period that overlaps the range is computed whole.",
)
@click.option("--to", "last", type=DAY, envvar="REPORTS_TO", help="Last local day.")
@click.option(
    "--period",
    "kinds",
    multiple=True,
    envvar="REPORTS_PERIOD",
    type=click.Choice([kind.value.lower() for kind in GRAINS]),
    help="Only periods of this kind; may be repeated.  [default: all five]",
)
@click.option(
    "--level",
    "levels",
    multiple=True,
    envvar="REPORTS_LEVEL",
    type=click.Choice([level.value for level in Level]),
    help="Only the rows of this level; may be repeated.  [default: all three]",
)
@click.option(
    "--shop",
    "shops",
    multiple=True,
    envvar="REPORTS_SHOP",
    type=NAME,
    help="Only this shop; may be repeated.  [default: all]",
)
@click.option(
    "--as-of",
    "as_of",
    type=INSTANT,
    envvar="REPORTS_AS_OF",
    help="Leave out facts from this moment on; before the last run's needs --dry-run.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Compute and check everything, say what would change, write nothing.",
)
@click.option(
    "--listing",
    "listings",
    multiple=True,
    type=int,
    envvar="REPORTS_LISTING",
    metavar="ID",
    help="Only this listing; may be repeated. With a call that writes nothing only.",
)
@click.option(
    "--sku",
    "skus",
    multiple=True,
    type=NAME,
    envvar="REPORTS_SKU",
    metavar="SKU",
    help="Only this SKU; may be repeated. With a call that writes nothing only.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Compare the stored rows with the sources, value by value; write nothing.",
)
@click.option(
    "--explain",
    type=NAME,
    metavar="METRIC",
    help="Print what one number is made of, down to its rows; needs one entity and one period.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Carry on with the last call: shops that it wrote are left out if nothing moved.",
)
@click.option(
    "--skip-empty", is_flag=True, help="End with 99 instead of 0 when nothing has changed."
)
@click.option(
    "--full",
    is_flag=True,
    help="Compare every row in the database; rows of equal values stay as they are.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Copy the rows in scope to files, as shop_monthly.parquet.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    envvar="REPORTS_FORMAT",
    help="Kind of those files; may be repeated.  [default: parquet]",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    help=f"Threads that compute.  [default: the cores, at most {MOST_WORKERS}]",
)
@click.option(
    "--engine",
    type=click.Choice(("local", "spark")),
    default="local",
    show_default=True,
    help="Where shops are worked on: here, or one task a shop on a Spark cluster.",
)
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=0,
    metavar="SECONDS",
    help="How long to wait for another run of the shop to end.  [default: 0]",
)
@click.option(
    "--alerts",
    "alerts_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    envvar="REPORTS_ALERTS",
    help="Alerts to evaluate after the run.  [default: alerts.toml, if there is one]",
)
@click.option("--no-alerts", is_flag=True, help="Evaluate none.")
@click.option("--fail-on-alert", is_flag=True, help="End with 10 instead of 0 when one fires.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    envvar="REPORTS_JSON",
    help="Print one JSON object on stdout.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress; only warnings and errors.")
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    help="How log lines look.  [default: LOG_FORMAT, else text]",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
@click.pass_obj
def command(typed: Sequence[str], /, **given: Any) -> int:
    """Compute every metric of every day, week, month, quarter and year, and store what changed.

    Of the shop, of each listing and of each SKU, for every shop in the database. A second run
    without changes writes nothing. docs/reports.md describes a run.

    Each option can be set in the environment or in .env too: REPORTS_PERIOD=monthly.
    """
    return Program(Options(**given), shlex.join([PROGRAM, *typed])).run()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    typed = sys.argv[1:] if arguments is None else list(arguments)

    def run() -> int | None:
        set_up_log("text", "warning")  # for what goes wrong before the settings are known
        ended: int | None = command.main(
            args=typed,
            prog_name=PROGRAM,
            standalone_mode=False,
            obj=typed,
            default_map=options_in_file(command),
        )
        return ended

    return exit_code_of(run)
