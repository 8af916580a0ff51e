"""Profit analytics of a shop: one engine for the dashboard and the nightly reports."""
