"""Glossary: what exactly does this number mean?"""

import streamlit as st

from engine.dashboard.content import glossary

with st.container(horizontal=True):
    search = st.text_input(
        "Search",
        key="search-glossary",
        type="search",
        live=True,
        placeholder="a label, a name or another word for it",
    )
    chapter = st.selectbox("Chapter", glossary.chapters(), key="chapter", bind="query-params")
glossary.draw(glossary.matching(search or "", chapter), search or "")
