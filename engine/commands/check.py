"""`python -m engine check`: reads the tables and the owner's files, and says what is wrong.

It loads a shop as both programs do and writes nothing into the database or the owner's folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from engine.analytics import EcommerceAnalyticsOptimized
from engine.database import prepare
from engine.database.arrow import open_snapshot
from engine.database.url import DatabaseUrl
from engine.errors import ContractError, SourceError, UsageError
from engine.ledger.health.codes import HealthFinding, meaning_of
from engine.money import format_money
from engine.settings import Settings
from engine.sources.findings import SHOWN, Findings, Level
from engine.sources.owner_files import read_owner_files
from engine.sources.tables import choose_shop, read_shops


@click.command("check")
@click.option("--shop", default="", help="The shop, by name or id; by default all.")
@click.option("--strict", is_flag=True, help="End with 5 if there is an error or a warning.")
@click.option(
    "--template",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a complete sku_map.csv with the SKUs that lack a cost here.",
)
def command(shop: str, strict: bool, template: Path | None) -> None:
    """Read all inputs and print what is wrong with them.

    Inputs are the tables and the files of csv_inputs/. Findings are grouped by code, errors first;
    of each group those with the most sales at stake. Nothing is written but the file of --template.
    """
    settings = Settings.load()
    url = prepare(settings, client="optional")
    with open_snapshot(url) as source:
        shops = read_shops(source)
    chosen = [choose_shop(shops, shop)] if shop else shops
    if template is not None and len(chosen) != 1:
        raise UsageError(
            f"--template is for one shop, and there are {len(chosen)}.",
            hint="Name one of them with --shop.",
        )
    problems = 0
    for one in chosen:
        problems += _check(one.shop_id, settings, url, template)
    if not chosen:
        problems = _check_files(settings)
    if strict and problems:
        raise ContractError(
            f"{problems:,} error(s) and warning(s) were found, and --strict was given.",
            hint="Mend what stands above, or check without --strict.",
        )


def _check(shop_id: int, settings: Settings, url: DatabaseUrl, template: Path | None) -> int:
    """Print the findings of a shop; return how many are more than information."""
    loaded = EcommerceAnalyticsOptimized.load(shop_id, settings=settings, url=url)
    findings = loaded.health_findings
    click.echo(f"{loaded.shop.name}: {_summary(findings)}")
    for line in _groups(findings, loaded.shop.currency):
        click.echo(f"  {line}")
    if template is not None:
        _write(template, loaded.cost_template())
    return _problems(findings)


def _check_files(settings: Settings) -> int:
    """Print the findings of the owner's files where there is no shop yet."""
    found = read_owner_files(settings.csv_path, "", settings.cost_currency).findings
    click.echo(f"No shop yet; {settings.csv_path.name}: {len(found):,} finding(s)")
    for group in found.groups():
        for line in str(group).splitlines():
            click.echo(f"  {line}")
    return _count(found)


def _count(found: Findings) -> int:
    return found.count(Level.ERROR) + found.count(Level.WARNING)


def _problems(findings: Sequence[HealthFinding]) -> int:
    return sum(finding.level is not Level.INFO for finding in findings)


def _summary(findings: Sequence[HealthFinding]) -> str:
    if not findings:
        return "nothing to mend"
    counts = [sum(finding.level is level for finding in findings) for level in Level]
    words = (("error", "errors"), ("warning", "warnings"), ("note", "notes"))
    return ", ".join(
        f"{count:,} {one if count == 1 else many}"
        for count, (one, many) in zip(counts, words, strict=True)
        if count
    )


def _groups(findings: Sequence[HealthFinding], currency: str) -> Iterator[str]:
    """Yield the lines of each group, errors first; within a group the most at stake first."""
    by_code: dict[tuple[int, str], list[HealthFinding]] = {}
    for finding in findings:
        key = list(Level).index(finding.level), finding.code
        by_code.setdefault(key, []).append(finding)
    for (_, code), group in sorted(by_code.items(), key=lambda item: item[0]):
        yield f"{group[0].level} {code} ({meaning_of(code)}): {len(group):,}"
        shared = {finding.remedy for finding in group}
        if len(shared) == 1:
            yield f"  {shared.pop()}"
        for finding in group[:SHOWN]:
            yield f"  {_line(finding, currency, with_remedy=bool(shared))}"
        if len(group) > SHOWN:
            yield f"  and {len(group) - SHOWN:,} more"


def _line(finding: HealthFinding, currency: str, *, with_remedy: bool) -> str:
    places = [] if finding.row is None else [f"row {finding.row}"]
    if finding.column:
        places.append(f'column "{" ".join(finding.column.split())}"')
    value = f'value "{finding.value}" ' if finding.value is not None else ""
    parts = [f"{finding.place}: {', '.join(places)}: " if places else f"{finding.place}: "]
    parts.append(f"{value}{finding.what}" + (f"; {finding.remedy}" if with_remedy else ""))
    if finding.sales_at_stake:
        parts.append(f" ({format_money(finding.sales_at_stake, currency)} at stake)")
    return "".join(parts)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise SourceError(
            f"The template can't be written to {path}: {error.strerror}.",
            hint="Name a file in a folder that exists and is writable.",
        ) from error
    click.echo(f"Written: {path}. Fill in unit_cost and save it as sku_map.csv in csv_inputs/.")
