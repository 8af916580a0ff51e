from __future__ import annotations

import subprocess
import sys

import pytest

import engine


def test_the_public_names_are_a_short_list():
    assert sorted(engine.__all__) == [
        "EcommerceAnalyticsOptimized",
        "Level",
        "Period",
        "PeriodKind",
        "Settings",
        "errors",
    ]
    assert all(getattr(engine, name) for name in engine.__all__)


def test_other_names_are_not_there():
    with pytest.raises(AttributeError, match="'engine' has no attribute 'analytic'"):
        _ = engine.analytic


def test_the_settings_can_be_read_without_pandas():
    code = "import sys, engine.settings; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
