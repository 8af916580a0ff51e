"""The nightly reports: `python reportsv4_optimized.py`, see docs/reports.md."""

import sys

try:
    from engine.reports.cli import main
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] == "engine":
        raise
    print(f"error: The Python package {error.name} is missing.", file=sys.stderr)
    print("       Run: python -m pip install -r requirements.txt", file=sys.stderr)
    sys.exit(3)

if __name__ == "__main__":
    sys.exit(main())
