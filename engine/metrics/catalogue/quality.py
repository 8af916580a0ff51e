"""Quality: what buyers say, by the day on which they wrote it."""

from engine.metrics.catalogue.declare import UP, Declarations
from engine.metrics.model import Family, Unit

quality = Declarations(Family.QUALITY)

quality.units(
    "reviews",
    "Reviews",
    "f.reviews",
    "Reviews with 1 to 5 stars, of the listing and SKU of the reviewed line.",
    direction=UP,
    lowest=0,
)
quality.ratio(
    "review_average",
    "Average rating",
    Unit.MULTIPLE,
    "f.stars",
    "reviews",
    "Mean number of stars, 1 to 5.",
    direction=UP,
)

METRICS = tuple(quality.metrics)
