"""The pages, in the order of the sidebar. One file a page under `views/`, a plain script each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

_VIEWS = Path(__file__).resolve().parent / "views"
# A file of our own: an icon by name would be fetched from a web host.
ICON = _VIEWS.parent / "icon.png"
OVERVIEW = _VIEWS / "overview.py"
GLOSSARY = _VIEWS / "glossary.py"


def sections() -> Mapping[str, Sequence[st.Page]]:
    """Return the pages by section."""
    return {
        "Profit": [
            st.Page(
                OVERVIEW,
                title="Overview",
                icon=":material/monitoring:",
                default=True,
                help="How the shop is doing, and what to look at first.",
            )
        ],
        "Trust": [
            st.Page(
                GLOSSARY,
                title="Glossary",
                icon=":material/menu_book:",
                help="What each number means and how it is computed.",
            )
        ],
    }
