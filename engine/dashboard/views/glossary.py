"""Glossary: what exactly does this number mean?"""

import streamlit as st

from engine.dashboard.content import glossary, glossary_entry
from engine.dashboard.filter_bar import pick
from engine.dashboard.page_run import run_or_none
from engine.metrics.registry import REGISTRY

with st.container(horizontal=True, vertical_alignment="bottom"):
    name = pick(
        "Metric",
        ["", *REGISTRY.metrics],
        lambda one: REGISTRY[one].label if one else "All of them",
        key="metric",
        others=REGISTRY.synonyms,
    )
    if not name:
        search = st.text_input(
            "Search",
            key="search-glossary",
            type="search",
            live=True,
            placeholder="a label, a name or another word for it",
        )
        chapter = st.selectbox("Chapter", glossary.chapters(), key="chapter", bind="query-params")
        level = st.selectbox(
            "Exists for", list(glossary.EXISTS_FOR), key="exists for", bind="query-params"
        )
    glossary.draw_export()
if name:
    glossary_entry.draw(REGISTRY[name], run_or_none())
else:
    found = glossary.matching(search or "", chapter, glossary.EXISTS_FOR[level])
    glossary.draw(found, search or "")
