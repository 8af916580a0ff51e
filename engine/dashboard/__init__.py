"""The web application: live figures of one shop for any range of days.

Streamlit and Plotly are imported here and nowhere else. Nothing here reads a report table, groups
rows or computes with money: a page names metrics, asks the engine and shows the answer.
"""
