"""The dashboard: `streamlit run dashboard.py`, or `python dashboard.py`."""

import streamlit as st

from engine.dashboard.serving import lifespan, middleware, routes, show_error

app = st.App(
    "engine/dashboard/app.py",
    lifespan=lifespan,
    middleware=middleware,
    routes=routes,
    on_script_error=show_error,
)

if __name__ == "__main__":
    app.run()
