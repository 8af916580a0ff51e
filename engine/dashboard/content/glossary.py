"""The metric registry as a page: what each number means, how it is computed, where it exists."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from engine.dashboard.downloads import MIME, csv_file, safe_text
from engine.errors import did_you_mean
from engine.metrics.model import LISTING, PRODUCT, SHOP, Family, Level, Metric
from engine.metrics.registry import REGISTRY

ALL_CHAPTERS = "All chapters"
# Whom a metric exists for: label in the address and level.
EXISTS_FOR = {"Any": None, "Shop": SHOP, "Listing": LISTING, "SKU": PRODUCT}
_HEADINGS = ("name", "label", "chapter", "unit", "kind", "formula", "levels", "adds over entities")
_MORE = ("adds over time", "good direction", "since", "other words", "description")


def chapters() -> list[str]:
    """Return the chapters that hold a metric, all of them first."""
    used = dict.fromkeys(metric.family.value for metric in REGISTRY.metrics.values())
    return [ALL_CHAPTERS, *used]


def matching(search: str, chapter: str, level: Level | None = None) -> list[Metric]:
    """Return the metrics of a chapter whose name, label or other words hold the searched words.

    level: only those that exist for it.
    """
    words = search.casefold().replace("_", " ").split()
    return [
        metric
        for metric in REGISTRY.metrics.values()
        if chapter in (ALL_CHAPTERS, metric.family.value)
        and (level is None or level in metric.levels)
        and all(word in _searched(metric) for word in words)
    ]


def draw(metrics: list[Metric], search: str) -> None:
    """Draw the metrics by chapter, with the export of the whole registry."""
    if not metrics:
        names = [*REGISTRY.metrics, *REGISTRY.synonyms]
        near = did_you_mean(search.strip().casefold().replace(" ", "_"), names)
        st.info(near or "Try a shorter word, or all chapters.", title="No metric matches")
        return
    st.caption(
        f"{len(metrics)} of {len(REGISTRY.metrics)} metrics, definitions {REGISTRY.version}. "
        "Unknown is shown as –, never 0."
    )
    for family, group in groupby(metrics, key=lambda metric: metric.family):
        _draw_chapter(family, list(group))


def draw_export() -> None:
    """Draw the button that exports the whole registry."""
    st.download_button(
        "Export the registry as CSV",
        registry_file,
        file_name=f"glossary_v{REGISTRY.version}.csv",
        mime=MIME,
        on_click="ignore",
    )


def registry_file() -> bytes:
    """Return every metric with all that is declared about it."""
    return csv_file(
        [*_HEADINGS, *_MORE],
        [[safe_text(cell) for cell in _row(m)] for m in REGISTRY.metrics.values()],
    )


def _draw_chapter(family: Family, metrics: list[Metric]) -> None:
    st.header(family.value)
    for metric in metrics:
        with st.expander(metric.label, key=f"metric {metric.name}"):
            # One text a metric: a table each makes the page slow.
            st.markdown(f"{metric.description}\n\n{facts_table(facts(metric))}")


def facts_table(said: dict[str, str]) -> str:
    """Return facts as a table in Markdown; the first of them is its heading."""
    (name, value), *others = said.items()
    lines = [f"| {name} | {value} |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| {fact} | {words} |" for fact, words in others)])


def facts(metric: Metric) -> dict[str, str]:
    """Return what is declared of a metric, by what it is called for people."""
    return {
        "Name": f"`{metric.name}`",
        "Formula": f"`{metric.formula}`",
        "Unit": metric.unit.value,
        "Exists for": ", ".join(metric.levels),
        "Adds up over listings and SKUs": "yes" if metric.adds_over_entities else "no",
        "Adds up over time": _levels(metric.adds_over_time),
        "Good direction": metric.direction.value,
        "Other words": ", ".join(metric.synonyms) or "none",
    }


def _row(metric: Metric) -> list[str]:
    return [
        metric.name,
        metric.label,
        metric.family.value,
        metric.unit.value,
        metric.kind.value,
        str(metric.formula),
        ", ".join(metric.levels),
        "yes" if metric.adds_over_entities else "no",
        _levels(metric.adds_over_time),
        metric.direction.value,
        str(metric.since),
        ", ".join(metric.synonyms),
        metric.description,
    ]


def _levels(levels: tuple[str, ...]) -> str:
    return ", ".join(levels) or "no"


def _searched(metric: Metric) -> str:
    words = " ".join((metric.name, metric.label, *metric.synonyms))
    return f"{words} {words.replace('_', ' ')}".casefold()
