"""Which files a demo shop's owner has, and how they get into a folder without harm.

A manifest in the folder remembers what was written. A file that is not in it, or that was changed
since, belongs to somebody and is never overwritten.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from engine.demo.csv_files.carrier import price_workbook, prices_file, zones_file
from engine.demo.csv_files.cost_sheet import cost_file
from engine.demo.csv_files.duties import duties_file
from engine.demo.csv_files.fees import fees_file
from engine.demo.csv_files.small_files import (
    expenses_file,
    offsite_file,
    parcels_file,
    prefixes_file,
    rates_file,
    regions_file,
    sku_map_file,
)
from engine.demo.csv_files.weights import desi_file
from engine.demo.shop import Demo
from engine.errors import SourceError

MANIFEST = ".demo-manifest.json"


@dataclass(frozen=True, slots=True)
class Written:
    """File names by what happened to them."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]  # somebody's own


def owner_files(demo: Demo) -> dict[str, bytes]:
    """Return the name and bytes of every file."""
    shop = demo.shops[0]
    return {
        "cost.csv": cost_file(shop.catalogue, demo.costs),
        "cost_regions.csv": regions_file(),
        "desi.csv": desi_file(shop.catalogue),
        "etsy_fees.csv": fees_file(),
        "expenses.csv": expenses_file(demo.plan),
        "fedex_prices.csv": prices_file(),
        "fedex_prices_2026-02-01.xlsx": price_workbook(),
        "fedex_zones.csv": zones_file(),
        "fx_rates.csv": rates_file(demo.rates),
        "offsite_orders.csv": offsite_file(shop),
        "parcels.csv": parcels_file(),
        "sku_map.csv": sku_map_file(shop.catalogue, demo.costs),
        "sku_prefixes.csv": prefixes_file(),
        "us_duties.csv": duties_file(shop.catalogue),
    }


def write_files(folder: Path, files: dict[str, bytes]) -> Written:
    """Write the files that are missing or that an earlier demo wrote; leave all others alone.

    Files of an earlier demo that are no longer among them are removed. Raises SourceError if the
    folder can't be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _write(folder, files)
    except OSError as error:
        raise SourceError(
            f"The demo's files can't be written to {folder}: {error.strerror}.",
            hint="Make the folder writable, or name another one in CSV_FOLDER.",
        ) from error


def _write(folder: Path, files: dict[str, bytes]) -> Written:
    known = _read_manifest(folder)
    written, unchanged, kept, ours = [], [], [], {}
    for name, content in files.items():
        digest, path = hashlib.sha256(content).hexdigest(), folder / name
        before = _digest(path)
        if before is not None and before not in (digest, known.get(name)):
            kept.append(name)
            continue
        ours[name] = digest
        if before == digest:
            unchanged.append(name)
        else:
            _replace(path, content)
            written.append(name)
    for name, digest in known.items():
        if name not in files and _digest(folder / name) == digest:
            (folder / name).unlink()
    manifest = json.dumps({"files": dict(sorted(ours.items()))}, indent=1) + "\n"
    if not (folder / MANIFEST).is_file() or (folder / MANIFEST).read_text("utf-8") != manifest:
        _replace(folder / MANIFEST, manifest.encode())
    return Written(tuple(written), tuple(unchanged), tuple(kept))


def _read_manifest(folder: Path) -> dict[str, str]:
    """Return the digests of the files that an earlier demo wrote, none if there is no list."""
    try:
        files = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
        return {str(name): str(digest) for name, digest in files.items() if Path(name).name == name}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # then every file that is there counts as somebody's own


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f"{path.name}.part")
    temporary.write_bytes(content)
    temporary.replace(path)
