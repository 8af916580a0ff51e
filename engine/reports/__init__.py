"""The nightly reports: every metric of every calendar period, stored for whoever knows SQL."""
