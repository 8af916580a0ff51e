"""Alerts as code: what the file may say, when they fire, and how people are told."""

from __future__ import annotations

import hashlib
import hmac
import json
import quopri
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from engine.dashboard.pages import COMPARE
from engine.database.url import DatabaseUrl
from engine.errors import EngineError
from engine.periods import Period
from engine.reports.alert_message import COMPARE_PATH, message_of
from engine.reports.alert_rules import read_rules
from engine.reports.alerts import Alert, State
from tests.reports.conftest import Reports
from tests.reports.local_servers import mail_server, web_server
from tests.reports.small_shop import Line, add_order, add_refund, execute, rows
from tests.shop_builder import a_shop

# February brought a refund and no sale; March is the month that still runs.
SALES_FELL = """
[[alert]]
name = "sales fell"
metric = "net_sales"
window = "monthly"
condition = "falls_by"
threshold = 50
"""


@pytest.fixture
def alerts(tmp_path: Path) -> Path:
    file = tmp_path / "alerts.toml"
    file.write_text(SALES_FELL, encoding="utf-8")
    return file


def test_an_alert_fires_once_stays_and_is_resolved_once(
    shop: DatabaseUrl, reports: Reports, alerts: Path
) -> None:
    call = ("--alerts", str(alerts), "--fail-on-alert")
    first = reports(*call)
    assert first.code == 10
    assert (
        "Felt & Co: alert 'sales fell' fired: net_sales is -10 [USD] in 2026-02-01 to 2026-02-28, "
        "compared with 77.34" in first.out
    )
    second = reports(*call)
    assert (second.code, "alert" in second.out) == (0, False)
    add_order(shop, 1_050, "2026-02-10T10:00", [Line(101, "RING-S", 9_000)])
    third = reports(*call)
    assert (third.code, "alert 'sales fell' is resolved" in third.out) == (0, True)
    assert "alert" not in reports(*call).out
    assert rows(
        shop,
        "SELECT run_id, state::text, value, reference, period_start::text FROM report_alerts "
        "ORDER BY alert_id",
    ) == [
        (1, "FIRED", Decimal("-10.000000"), Decimal("77.340000"), "2026-02-01"),
        (2, "STILL", Decimal("-10.000000"), Decimal("77.340000"), "2026-02-01"),
        (3, "RESOLVED", Decimal("80.000000"), Decimal("77.340000"), "2026-02-01"),
    ]
    assert rows(shop, "SELECT alerts_fired FROM report_runs ORDER BY run_id") == [
        (1,),
        (0,),
        (0,),
        (0,),
    ]


def test_an_alert_carries_what_moved_and_a_bridge_that_adds_up(
    shop: DatabaseUrl, reports: Reports, alerts: Path
) -> None:
    (alert,) = reports("--json", "--alerts", str(alerts)).shop["alerts"]
    assert [(one["listing_id"], one["change"]) for one in alert["movers"]] == [
        (102, "-43.33"),
        (101, "-39.11"),
        (0, "-4.90"),
    ]
    bridge = alert["bridge"]
    assert bridge["period_before"] == "2026-01-01"
    moved = sum(Decimal(amount) for amount in bridge["causes"].values())
    assert moved == Decimal(bridge["after"]) - Decimal(bridge["before"])
    ((stored,),) = rows(shop, "SELECT bridge FROM report_alerts")
    assert stored == bridge


def test_a_share_is_moved_by_the_listings_whose_profit_moved_most(
    shop: DatabaseUrl, reports: Reports, tmp_path: Path
) -> None:
    file = tmp_path / "alerts.toml"
    file.write_text(
        '[[alert]]\nname = "a"\nmetric = "return_rate"\ncondition = "missing"\n', encoding="utf-8"
    )
    (alert,) = reports("--json", "--alerts", str(file)).shop["alerts"]
    moved = [(one["metric"], abs(Decimal(one["change"]))) for one in alert["movers"]]
    assert {metric for metric, _ in moved} == {"contribution_profit"}
    assert moved == sorted(moved, key=lambda one: -one[1])


def test_the_link_of_an_alert_opens_both_periods_on_the_page_that_compares(tmp_path: Path) -> None:
    assert COMPARE.stem == COMPARE_PATH
    days = [Period.containing("WEEKLY", date(2026, 3, day)) for day in (2, 9)]
    file = tmp_path / "alerts.toml"
    file.write_text(
        '[[alert]]\nname = "a"\nmetric = "net_sales"\nlevel = "product"\ncondition = "missing"\n',
        encoding="utf-8",
    )
    (rule,) = read_rules(file)
    alert = Alert(rule, "A&B", days[1], days[0], State.FIRED, None, None)
    shop = replace(a_shop(), shop_id=3)
    message = message_of(alert, shop, "https://shop.example.org/")
    assert message["dashboard"] == (
        "https://shop.example.org/compare?shop=3&of=product&a=2026-03-02&a=2026-03-08&a_id=A%26B"
        "&b=2026-03-09&b=2026-03-15&b_id=A%26B"
    )
    assert message_of(alert, shop, "")["dashboard"] is None


# What the rules say, and whether they hold of the small shop in February.
CONDITIONS = [
    ('metric="orders"\ncondition="below"\nthreshold=1', True),
    ('metric="orders"\ncondition="below"\nthreshold=0', False),
    ('metric="refunds_total"\ncondition="above"\nthreshold=9.99', True),
    ('metric="refunds_total"\ncondition="rises_by"\nthreshold=10', True),
    ('metric="refunds_total"\ncondition="rises_by"\nthreshold=10.01', False),
    ('metric="fee_rate"\ncondition="missing"', True),
    ('metric="orders"\ncondition="missing"', False),
    # No month a year before, nor four before it: nothing to compare with.
    ('metric="net_sales"\ncondition="falls_by"\nthreshold=1\nagainst="last_year"', False),
    ('metric="net_sales"\ncondition="falls_by"\nthreshold=1\nagainst="mean_of_4"', False),
    ('metric="orders"\ncondition="below"\nthreshold=1\nminimum={refund_count=1}', True),
    ('metric="orders"\ncondition="below"\nthreshold=1\nminimum={refund_count=2}', False),
    ('metric="units_sold"\nlevel="listing"\ncondition="below"\nthreshold=1', True),
    ('metric="units_sold"\nlevel="listing"\nids=[9]\ncondition="below"\nthreshold=1', False),
    ('metric="net_sales"\nlevel="product"\nids=["RING-L"]\ncondition="missing"', False),
]


def test_a_condition_holds_or_does_not(
    reported: DatabaseUrl, reports: Reports, tmp_path: Path
) -> None:
    file = tmp_path / "alerts.toml"
    # One call asks them all; each is named by its place.
    texts = [f'[[alert]]\nname = "{at}"\n{rule}\n' for at, (rule, _) in enumerate(CONDITIONS)]
    file.write_text("".join(texts), encoding="utf-8")
    found = reports("--json", "--alerts", str(file)).shop["alerts"]
    assert {alert["state"] for alert in found} == {"FIRED"}
    fired = [CONDITIONS[int(alert["alert"])][0] for alert in found]
    assert sorted(fired) == sorted(rule for rule, fires in CONDITIONS if fires)


def test_a_restated_month_can_fire(shop: DatabaseUrl, reports: Reports, tmp_path: Path) -> None:
    file = tmp_path / "alerts.toml"
    file.write_text(
        '[[alert]]\nname = "a"\nmetric = "net_sales"\ncondition = "restated_by"\nthreshold = 2\n',
        encoding="utf-8",
    )
    call = ("--json", "--alerts", str(file))
    assert reports(*call).shop["alerts"] == []
    add_refund(shop, 1_001, "2026-02-11T10:00", 100)
    assert reports(*call).shop["alerts"] == []
    add_refund(shop, 1_000, "2026-02-12T10:00", 200)
    (alert,) = reports(*call).shop["alerts"]
    assert (alert["value"], alert["reference"]) == ("-13", "-11")


def test_the_webhook_gets_signed_json_and_a_second_try(
    shop: DatabaseUrl, reports: Reports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "alerts.toml"
    file.write_text(SALES_FELL + 'notify = ["webhook"]\n', encoding="utf-8")
    monkeypatch.setattr("engine.reports.alert_delivery.FIRST_PAUSE", 0.01)
    with web_server() as web:
        monkeypatch.setenv("ALERT_WEBHOOK_URL", f"http://127.0.0.1:{web.port}/hook")
        monkeypatch.setenv("ALERT_WEBHOOK_SECRET", "of the test")
        web.statuses = [500, 200]
        (alert,) = reports("--json", "--alerts", str(file)).shop["alerts"]
    assert len(web.requests) == 2
    headers, body = web.requests[1]
    signature = hmac.new(b"of the test", body, hashlib.sha256).hexdigest()
    assert headers["X-Signature"] == f"sha256={signature}"
    message = json.loads(body)
    assert (message["alert"], message["value"], message["unit"]) == ("sales fell", "-10", "USD")
    assert isinstance(alert["delivered"]["webhook"], str)


def test_what_could_not_be_delivered_is_sent_by_the_next_run_and_changes_no_outcome(
    shop: DatabaseUrl, reports: Reports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "alerts.toml"
    file.write_text(SALES_FELL + 'notify = ["webhook"]\n', encoding="utf-8")
    monkeypatch.setattr("engine.reports.alert_delivery.FIRST_PAUSE", 0.01)
    call = ("--json", "--alerts", str(file))
    with web_server() as web:
        monkeypatch.setenv("ALERT_WEBHOOK_URL", f"http://127.0.0.1:{web.port}/hook")
        web.statuses = [500, 500, 500]
        first = reports(*call)
        assert (first.code, first.shop["status"]) == (0, "SUCCEEDED")
        assert first.shop["warnings"]["alerts_not_delivered"] == 1
        assert "500" in first.shop["alerts"][0]["delivered"]["webhook"]["error"]
        again = reports(*call).shop["alerts"][0]
        assert again["state"] == "STILL"
        told = ("movers", "bridge")
        assert [again[name] for name in told] == [first.shop["alerts"][0][name] for name in told]
        assert json.loads(web.requests[-1][1])["bridge"] == again["bridge"]
        assert again["bridge"]["causes"]
        assert len(web.requests) == 4
        reports(*call)
        assert len(web.requests) == 4


def test_a_mail_has_the_whole_story(
    shop: DatabaseUrl, reports: Reports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "alerts.toml"
    file.write_text(SALES_FELL + 'notify = ["mail"]\n', encoding="utf-8")
    with mail_server() as post:
        monkeypatch.setenv("ALERT_SMTP_URL", f"smtp://127.0.0.1:{post.port}")
        monkeypatch.setenv("ALERT_MAIL_TO", "owner@example.org")
        monkeypatch.setenv("DASHBOARD_URL", "https://shop.example.org")
        assert reports("--alerts", str(file)).code == 0
    (mail,) = post.mails
    assert "To: owner@example.org" in mail
    ((bridge,),) = rows(shop, "SELECT bridge FROM report_alerts")
    assert bridge["causes"]
    said = quopri.decodestring(mail.partition("\r\n\r\n")[2].encode()).decode()
    for text in (
        "sales fell",
        "Moved most: listing 102 Felt, net_sales -43.33",
        f"Why contribution_profit went from {bridge['before']} in the period from 2026-01-01 to "
        f"{bridge['after']}:\r\n",
        *(f"\r\n  {cause}: {amount}\r\n" for cause, amount in bridge["causes"].items()),
        "https://shop.example.org/compare?shop=1&of=shop&a=2026-01-01&a=2026-01-31&b=2026-02-01",
    ):
        assert text in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[alert", "is no TOML"),
        ("[alarm]", "expected tables \\[\\[alert\\]\\]"),
        ("[[alert]]", "Alert 1 has no name"),
        ('[[alert]]\nname="a"\nmetric="net_sale"', "There is no metric 'net_sale'"),
        ('[[alert]]\nname="a"\nmetric="net_sales"\nlevl="shop"', "has no 'levl'"),
        (
            '[[alert]]\nname="a"\nmetric="net_sales"\ncondition="sinks"',
            "condition is 'sinks'; expected one of below",
        ),
        ('[[alert]]\nname="a"\nmetric="net_sales"\ncondition="below"', "has no threshold"),
        (
            '[[alert]]\nname="a"\nmetric="net_sales"\ncondition="below"\nthreshold="1"',
            "threshold is '1'; expected a number",
        ),
        (
            '[[alert]]\nname="a"\nmetric="days_between_customer_orders"\nlevel="listing"\n'
            'condition="missing"',
            "does not exist at level 'listing'",
        ),
        (
            '[[alert]]\nname="a"\nmetric="profit_basis"\ncondition="below"\nthreshold=1',
            "it can only be missing",
        ),
        (
            '[[alert]]\nname="a"\nmetric="orders"\ncondition="missing"\nids=[1]',
            "its level is the shop",
        ),
        (
            '[[alert]]\nname="a"\nmetric="orders"\ncondition="missing"\nnotify=["pigeon"]',
            "notifies by 'pigeon'",
        ),
        (2 * '[[alert]]\nname="a"\nmetric="orders"\ncondition="missing"\n', "Two alerts are"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_2(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "alerts.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(EngineError, match=message) as raised:
        read_rules(file)
    assert raised.value.exit_code == 2


def test_a_wrong_file_stops_the_call_before_it_begins(
    shop: DatabaseUrl, reports: Reports, tmp_path: Path
) -> None:
    file = tmp_path / "alerts.toml"
    file.write_text('[[alert]]\nname="a"\nmetric="net_sale"', encoding="utf-8")
    ended = reports("--alerts", str(file))
    assert ended.code == 2
    assert "Did you mean" in ended.err
    assert rows(shop, "SELECT count(*) FROM report_runs") == [(0,)]
    assert reports("--alerts", str(tmp_path / "none.toml")).code == 4
    assert reports("--alerts", str(file), "--no-alerts").code == 0


@pytest.mark.parametrize(
    ("channel", "setting"), [("webhook", "ALERT_WEBHOOK_URL"), ("mail", "ALERT_SMTP_URL")]
)
def test_a_channel_without_an_address_is_a_setting_that_is_missing(
    shop: DatabaseUrl, reports: Reports, tmp_path: Path, channel: str, setting: str
) -> None:
    file = tmp_path / "alerts.toml"
    file.write_text(SALES_FELL + f'notify = ["{channel}"]\n', encoding="utf-8")
    ended = reports("--alerts", str(file))
    assert ended.code == 3
    assert setting in ended.err
    execute(shop, "SELECT 1")
