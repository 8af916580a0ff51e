"""Traffic and ads: who looked, what the marketplace's ads cost, and what they say they brought."""

from engine.metrics.catalogue.declare import DOWN, UP, Declarations
from engine.metrics.model import LISTING, SHOP, Estimate, Family, Kind, Unit, linear

SEEN = (SHOP, LISTING)  # no source knows which SKU of a listing was looked at

traffic = Declarations(Family.TRAFFIC)

traffic.units(
    "visits",
    "Visits",
    "f.visits",
    "Visits of listings; one visitor of two listings counts twice. Unknown where no source covers "
    "the period.",
    levels=SEEN,
    adds_over_time=SEEN,
    direction=UP,
    lowest=0,
)
traffic.units(
    "views",
    "Views",
    "f.views",
    "Views of listings in the period, never the counter of a listing's whole life.",
    levels=SEEN,
    adds_over_time=SEEN,
    direction=UP,
    lowest=0,
)
traffic.count(
    "favourites",
    "Favourites",
    "s.favourites",
    "People who have a listing among their favourites on the last day, as seen at most 7 days "
    "before; one person with two listings counts twice.",
    kind=Kind.SNAPSHOT,
    levels=SEEN,
    adds_over_entities=True,
    direction=UP,
)
traffic.add(
    "favourites_added",
    "Favourites added",
    Unit.COUNT,
    Kind.SNAPSHOT,
    linear("s.favourites − s.favourites_before"),
    description="Favourites on the last day less those on the day before the period; below 0 when "
    "more left than came.",
    levels=SEEN,
    adds_over_entities=True,
    adds_over_time=SEEN,
    direction=UP,
)
traffic.ratio(
    "conversion_rate",
    "Conversion rate",
    Unit.SHARE,
    "orders",
    "visits",
    "Orders per visit. Unknown unless visits are known for every day begun.",
    levels=SEEN,
    direction=UP,
)
traffic.ratio(
    "favourite_to_order_rate",
    "Orders per favourite",
    Unit.MULTIPLE,
    "orders",
    "favourites",
    "Orders per favourite on the last day.",
    levels=SEEN,
    direction=UP,
)
traffic.ratio(
    "view_to_favourite_rate",
    "Views turned favourites",
    Unit.SHARE,
    "favourites_added",
    "views",
    "Favourites added per view; known only with views of every day begun.",
    levels=SEEN,
    direction=UP,
)
traffic.ratio(
    "sales_per_view",
    "Sales per view",
    Unit.MONEY,
    "sales_after_discounts",
    "views",
    "Sales after discounts per view; known only with views of every day begun.",
    levels=SEEN,
    direction=UP,
    synonyms=("revenue_per_view",),
)
traffic.ratio(
    "contribution_per_view",
    "Contribution per view",
    Unit.MONEY,
    "contribution_profit",
    "views",
    "Contribution profit per view; known only with views of every day begun.",
    levels=SEEN,
    direction=UP,
    synonyms=("profit_per_view",),
)
traffic.ratio(
    "views_per_listing",
    "Views per listing",
    Unit.MULTIPLE,
    "views",
    "d.viewed_listings",
    "Views per listing that had one: the shop's average.",
    levels=(SHOP,),
    direction=UP,
)
traffic.ratio(
    "favourites_per_listing",
    "Favourites per listing",
    Unit.MULTIPLE,
    "favourites",
    "s.liked_listings",
    "Favourites per listing whose favourites are known: the shop's average.",
    levels=(SHOP,),
    direction=UP,
)
traffic.add(
    "views_vs_shop_average",
    "Views against shop average",
    Unit.MULTIPLE,
    Kind.DERIVED,
    Estimate(
        "views_against_shop",
        "views ÷ the shop's views per listing, from unrounded parts",
        ("views", "w.f.views", "w.d.viewed_listings"),
    ),
    description="The listing's views over the shop's average; known only with views of every day "
    "begun.",
    levels=(LISTING,),
    direction=UP,
)
traffic.add(
    "favourites_vs_shop_average",
    "Favourites against shop average",
    Unit.MULTIPLE,
    Kind.DERIVED,
    Estimate(
        "favourites_against_shop",
        "favourites ÷ the shop's favourites per listing, from unrounded parts",
        ("favourites", "w.s.favourites", "w.s.liked_listings"),
    ),
    description="The listing's favourites over the shop's average.",
    levels=(LISTING,),
    direction=UP,
)
traffic.money(
    "ad_spend",
    "Ad spend",
    "f.ad_spend",
    "The marketplace's ads, spread over the days that they ran. A SKU has its share of its "
    "listing's spend, by what was sold in the period.",
    adds_over_time=SEEN,
    direction=DOWN,
)
for name, label, about in (
    ("ad_clicks", "Ad clicks", "Clicks on the marketplace's ads."),
    ("ad_orders", "Orders from ads", "Orders that the marketplace puts down to its ads."),
):
    traffic.units(name, label, f"f.{name}", about, levels=SEEN, adds_over_time=SEEN, lowest=0)
traffic.money(
    "ad_sales",
    "Sales from ads",
    "f.ad_sales",
    "Sales that the marketplace puts down to its ads; never added to sales.",
    levels=SEEN,
    adds_over_time=SEEN,
)
traffic.ratio(
    "cost_per_click",
    "Cost per click",
    Unit.MONEY,
    "ad_spend",
    "ad_clicks",
    "Ad spend per click.",
    levels=SEEN,
    direction=DOWN,
)
traffic.ratio(
    "cost_per_ad_order",
    "Cost per ad order",
    Unit.MONEY,
    "ad_spend",
    "ad_orders",
    "Ad spend per order that the marketplace puts down to its ads.",
    levels=SEEN,
    direction=DOWN,
    synonyms=("cost_per_acquisition",),
)
traffic.ratio(
    "roas",
    "Return on ad spend",
    Unit.MULTIPLE,
    "ad_sales",
    "ad_spend",
    "Sales from ads per amount spent on them.",
    levels=SEEN,
    direction=UP,
)
traffic.ratio(
    "ad_spend_rate",
    "Ad spend rate",
    Unit.SHARE,
    "ad_spend",
    "sales_after_discounts",
    "Ad spend over sales. It can exceed 1.",
    direction=DOWN,
)
traffic.ratio(
    "break_even_roas",
    "Break-even ROAS",
    Unit.MULTIPLE,
    "net_revenue",
    "contribution_profit",
    "The return on ad spend from which ads pay: one over the contribution margin.",
    direction=DOWN,
)

METRICS = tuple(traffic.metrics)
