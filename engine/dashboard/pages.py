"""The pages, in the order of the sidebar. One file a page under `views/`, a plain script each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

_VIEWS = Path(__file__).resolve().parent / "views"
# A file of our own: an icon by name would be fetched from a web host.
ICON = _VIEWS.parent / "icon.png"
OVERVIEW = _VIEWS / "overview.py"
PROFIT_BRIDGE = _VIEWS / "profit_bridge.py"
LISTINGS = _VIEWS / "listings.py"
PRODUCTS = _VIEWS / "products.py"
ORDERS = _VIEWS / "orders.py"
CUSTOMERS = _VIEWS / "customers.py"
SHIPPING = _VIEWS / "shipping.py"
REFUNDS = _VIEWS / "refunds.py"
FEES = _VIEWS / "fees.py"
ADS = _VIEWS / "ads.py"
INVENTORY = _VIEWS / "inventory.py"
COMPARE = _VIEWS / "compare.py"
WHAT_IF = _VIEWS / "what_if.py"
DATA_HEALTH = _VIEWS / "data_health.py"
GLOSSARY = _VIEWS / "glossary.py"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: its section, file, title and icon, and the question that it answers."""

    section: str
    path: Path
    title: str
    icon: str
    answers: str


PAGES = (
    Entry("Profit", OVERVIEW, "Overview", "monitoring", "How the shop is doing."),
    Entry(
        "Profit",
        PROFIT_BRIDGE,
        "Profit bridge",
        "waterfall_chart",
        "Where each unit of money goes between the price tag and what is kept.",
    ),
    Entry(
        "Profit",
        COMPARE,
        "Compare",
        "compare_arrows",
        "What changed between two ranges, listings or SKUs, and why.",
    ),
    Entry(
        "Profit",
        WHAT_IF,
        "What-if",
        "science",
        "What the range would have earned under other prices, costs or rates.",
    ),
    Entry("Sales", LISTINGS, "Listings", "storefront", "Which listings earn, and which lose."),
    Entry("Sales", PRODUCTS, "Products", "sell", "What each SKU earns after all its costs."),
    Entry("Sales", ORDERS, "Orders", "receipt_long", "One order, or those behind a number."),
    Entry("Sales", CUSTOMERS, "Customers", "group", "Whether buyers come back."),
    Entry(
        "Costs",
        SHIPPING,
        "Shipping & duties",
        "local_shipping",
        "Where parcels earn or lose, and whether postage is priced right.",
    ),
    Entry("Costs", REFUNDS, "Refunds", "undo", "What was given back, and what that cost."),
    Entry("Costs", FEES, "Fees & payouts", "percent", "What the marketplace takes, by kind."),
    Entry("Costs", ADS, "Ads & traffic", "campaign", "Whether advertising pays."),
    Entry(
        "Stock",
        INVENTORY,
        "Inventory",
        "inventory_2",
        "What runs out, what lies dead, and how much money stands on the shelf.",
    ),
    Entry("Trust", DATA_HEALTH, "Data health", "fact_check", "How far to trust all this."),
    Entry("Trust", GLOSSARY, "Glossary", "menu_book", "What each number means."),
)


# Pages that show numbers of the range, each of which can be opened.
EXPLAINED = {page.title for page in PAGES if page.path != GLOSSARY}
# Pages that can be asked of all shops together; the others look into orders, files and shelves of
# one of them.
OF_ALL_SHOPS = {page.title for page in PAGES if page.path in (OVERVIEW, PROFIT_BRIDGE, GLOSSARY)}


def sections() -> Mapping[str, Sequence[st.Page]]:
    """Return the pages by section."""
    found: dict[str, list[st.Page]] = {}
    for page in PAGES:
        found.setdefault(page.section, []).append(
            st.Page(
                page.path,
                title=page.title,
                icon=f":material/{page.icon}:",
                default=page.path == OVERVIEW,
                help=page.answers,
            )
        )
    return found
