"""`python -m engine demo`: makes a shop that nobody owns, to try everything out on.

It fills the tables, in place of an earlier demo, and writes the owner's files. It never touches a
database with another shop, nor a file that the demo did not write itself.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from engine.database import prepare
from engine.demo.csv_files.folder import Written, owner_files, write_files
from engine.demo.load import Target, load, look_at, refuse_foreign
from engine.demo.shop import Demo, generate
from engine.demo.sizes import DEFAULT_END, SIZES, make_plan
from engine.demo.truth import truth_text
from engine.errors import SourceError
from engine.progress import say
from engine.settings import Settings


@click.command("demo", help="Load the demo shop and write its files.")
@click.option(
    "--size", type=click.Choice(list(SIZES)), default="demo", show_default=True, help="How large."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another shop.")
@click.option(
    "--end",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    default=str(DEFAULT_END),
    show_default=True,
    help="The last local day.",
)
@click.option("--orders", type=int, help="How many orders, instead of the size's own number.")
@click.option(
    "--shops", type=int, default=1, show_default=True, help="1 to 5; the second is in New York."
)
@click.option("--if-empty", is_flag=True, help="Do nothing if there are orders or a shop already.")
@click.option(
    "--truth", type=click.Path(dir_okay=False, path_type=Path), help="Write the true totals here."
)
@click.option(
    "--csv-folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the owner's files go, instead of CSV_FOLDER.",
)
def demo(
    size: str,
    seed: int,
    end: datetime,
    orders: int | None,
    shops: int,
    if_empty: bool,
    truth: Path | None,
    csv_folder: Path | None,
) -> None:
    """Load the demo shop; raises UsageError where a database holds another one."""
    plan = make_plan(size, seed=seed, end=end.date(), orders=orders, shops=shops)
    settings = Settings.load()
    url = prepare(settings, client="optional")
    target = look_at(url)
    if if_empty and target is not Target.EMPTY:
        say("The database is in use; no demo shop is loaded.")
        return
    refuse_foreign(target)
    made = generate(plan)
    files = write_files(csv_folder or settings.csv_path, owner_files(made))
    if truth is not None:
        _write_truth(truth, made)
    rows = load(url, made, say=say)
    click.echo(_summary(made, rows, files))


def _write_truth(path: Path, made: Demo) -> None:
    try:
        path.write_text(truth_text(made), encoding="utf-8")
    except OSError as error:
        raise SourceError(
            f"The truth can't be written to {path}: {error.strerror}.",
            hint="Name a file in a folder that exists and is writable.",
        ) from error


def _summary(made: Demo, rows: dict[str, int], files: Written) -> str:
    names = " and ".join(shop.plan.name for shop in made.shops)
    own = f"; left alone, not the demo's: {', '.join(files.kept)}" if files.kept else ""
    return (
        f"{names}: {rows['orders']:,} orders from {made.plan.first} to {made.plan.last}, "
        f"{sum(rows.values()):,} rows; {len(files.written)} files written, "
        f"{len(files.unchanged)} as they were{own}."
    )
