"""The listings and variations of a demo shop: names, SKUs, cost codes, prices, popularity.

One row of `Catalogue.products` is one variation of one listing; several may carry one SKU. Some
listings are there to be awkward: one was deleted after it had sold, one sells custom orders without
a SKU, one is a download, one carries a SKU of another listing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demo.draws import Draws
from engine.demo.range_of_goods import (
    BRAND,
    COLOURS,
    DESIGN_STEP,
    DESIGNS,
    DIGITAL,
    KINDS,
    SIZE_STEP,
    Kind,
)
from engine.demo.sizes import Plan, ShopPlan
from engine.money import Int64Array

FIRST_CODE = 7301
NO_SKU = -1
LADDER_PREFIX = "EU-"  # sold with it, costed without
_LISTING_IDS, _PRODUCT_IDS, _IDS_A_SHOP = 1_001, 2_000_001, 100_000
_MOST_VARIATIONS = 12
_CHANNELS = {7: "OT-", 11: "ZSTK-", 13: LADDER_PREFIX, 16: "MG-", 18: "LND-"}  # by listing
_PLANTED = ("draft", "expired", "digital", "deleted", "custom")  # the last listings
_PLANTED_COUNTS = (1, 1, 1, 1, 0)
_SHARING_LISTING = 15  # of the first listing's kind, and sells its first SKU too
_CUSTOM_CENTS = 4_500


@dataclass(frozen=True, slots=True)
class Sku:
    """One stock-keeping unit; `cents` is its list price in US cents, `code` that of its costs."""

    name: str
    kind: Kind
    size: str
    colour: str
    code: int
    cents: int

    @property
    def variant_code(self) -> str:
        """The code of this colour, as weight and duty files name it."""
        return f"{self.code}-{self.colour.title()}".rstrip("-")


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing; `role` is '' or why it was planted."""

    listing_id: int
    kind: Kind
    design: str
    role: str

    @property
    def title(self) -> str:
        """The title that buyers read."""
        if self.role == "custom":
            return f"Custom order for a {BRAND} customer"
        design = self.design.replace("-", " ").title()
        return " ".join(f"Felt {self.kind.title} {design} by {BRAND}".split())


@dataclass(frozen=True, slots=True)
class Product:
    """One variation: index of its listing, index of its SKU or NO_SKU, price of the first year.

    `marker` stands before the SKU in this one place.
    """

    product_id: int
    listing: int
    sku: int
    price: int
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All listings and products of one shop. `skus` holds the whole brand's."""

    listings: tuple[Listing, ...]
    products: tuple[Product, ...]
    skus: tuple[Sku, ...]
    popularity: Int64Array  # weight of each product; 0 = sold only where planted
    listing_of: Int64Array  # of each product
    sku_of: Int64Array

    @property
    def listing_ids(self) -> Int64Array:
        """The id of each listing."""
        return np.array([listing.listing_id for listing in self.listings], np.int64)

    @property
    def product_ids(self) -> Int64Array:
        """The id of each product."""
        return np.array([product.product_id for product in self.products], np.int64)

    @property
    def first_products(self) -> Int64Array:
        """The first product of each listing."""
        return np.unique(self.listing_of, return_index=True)[1].astype(np.int64)

    def product_of(self, role: str) -> int:
        """Return the first product of the listing that was planted for a role."""
        return next(n for n, p in enumerate(self.products) if self.listings[p.listing].role == role)

    def price_of(self, product: Int64Array, year: Int64Array) -> Int64Array:
        """Return the unit price in a year of the plan: 4 % more each year, in tens."""
        base = np.array([p.price for p in self.products], np.int64)[product]
        return base * (100 + 4 * year) // 1_000 * 10

    def raw_sku(self, product: Product) -> str | None:
        """Return the SKU of a product as the marketplace shows it."""
        return None if product.sku == NO_SKU else product.marker + self.skus[product.sku].name


@dataclass(frozen=True, slots=True)
class _Variation:
    listing: int
    sku: int
    cents: int
    marker: str = ""


def build_catalogue(plan: Plan, shop: ShopPlan) -> Catalogue:
    """Make the catalogue of a shop: the whole range, or its first listings for a small shop."""
    draws = Draws(plan.seed, 0, "catalogue")
    drafts = _listings(plan.size.listings)
    skus, variations = _variations(drafts, _counts(draws, plan.size.listings, plan.size.skus))
    variations += _planted_variations(drafts, variations)
    weights = _popularity(draws, drafts, variations)
    kept = _kept_listings(plan.size.listings, shop.listings)
    place = {old: new for new, old in enumerate(kept)}
    rows = [n for n, variation in enumerate(variations) if variation.listing in place]
    base = (shop.shop_id - 1) * _IDS_A_SHOP
    products = tuple(
        Product(
            _PRODUCT_IDS + base + number,
            place[variations[row].listing],
            variations[row].sku,
            shop.price(variations[row].cents),
            variations[row].marker,
        )
        for number, row in enumerate(rows)
    )
    listings = [
        Listing(_LISTING_IDS + base + n, drafts[old].kind, drafts[old].design, drafts[old].role)
        for n, old in enumerate(kept)
    ]
    return Catalogue(
        tuple(listings),
        products,
        tuple(skus),
        weights[rows],
        np.array([p.listing for p in products], np.int64),
        np.array([p.sku for p in products], np.int64),
    )


def _kept_listings(all_listings: int, wanted: int) -> list[int]:
    """The first listings and the planted last ones, so that a small shop has these cases too."""
    planted = len(_PLANTED)
    first = min(wanted, all_listings) - planted
    return [*range(first), *range(all_listings - planted, all_listings)]


def _listings(count: int) -> list[Listing]:
    roles = [""] * (count - len(_PLANTED)) + list(_PLANTED)
    return [
        Listing(
            0,
            DIGITAL if role == "digital" else KINDS[number % len(KINDS)],
            DESIGNS[number // len(KINDS)],
            role,
        )
        for number, role in enumerate(roles)
    ]


def _counts(draws: Draws, listings: int, skus: int) -> list[int]:
    """How many SKUs each listing has, `skus` in all; the planted ones have one or none."""
    free = listings - len(_PLANTED)
    counts = (1 + draws.weighted([3, 4, 5, 5, 4, 3, 2, 1, 1], free)).tolist()
    wanted, turn = skus - sum(_PLANTED_COUNTS), 0
    while sum(counts) != wanted:
        step = 1 if sum(counts) < wanted else -1
        counts[turn % free] = min(max(counts[turn % free] + step, 1), _MOST_VARIATIONS)
        turn += 1
    return [*counts, *_PLANTED_COUNTS]


def _variations(listings: list[Listing], counts: list[int]) -> tuple[list[Sku], list[_Variation]]:
    skus: list[Sku] = []
    variations: list[_Variation] = []
    code = FIRST_CODE
    for number, (listing, count) in enumerate(zip(listings, counts, strict=True)):
        kind = listing.kind
        sizes = kind.sizes or ("",)
        extra = DESIGN_STEP * (DESIGNS.index(listing.design) % 5)
        colours = COLOURS if kind is not DIGITAL else ("",)
        for size, colour in [(size, colour) for colour in colours for size in sizes][:count]:
            step = sizes.index(size)
            cents = kind.price + SIZE_STEP * step + extra
            words = ("FELT", kind.word, listing.design, size, colour)
            name = _CHANNELS.get(number, "") + "-".join(word for word in words if word)
            variations.append(_Variation(number, len(skus), cents))
            skus.append(Sku(name, kind, size, colour, code + step, cents))
        code += len(sizes)
    return skus, variations


def _planted_variations(listings: list[Listing], variations: list[_Variation]) -> list[_Variation]:
    """A custom order without SKU, and two SKUs that another listing of their kind sells too."""
    roles = [listing.role for listing in listings]
    deleted = roles.index("deleted")
    first = variations[0]
    same_kind = next(v for v in variations if listings[v.listing].kind is listings[deleted].kind)
    return [
        _Variation(roles.index("custom"), NO_SKU, _CUSTOM_CENTS),
        _Variation(_SHARING_LISTING, first.sku, first.cents),
        _Variation(deleted, same_kind.sku, same_kind.cents, "DELETED-"),
    ]


def _popularity(draws: Draws, listings: list[Listing], variations: list[_Variation]) -> Int64Array:
    """Zipf over the listings in random order; within a listing the first variations sell best."""
    listing_weight = 10_000_000 // (draws.shuffled(len(listings)) + 2)
    members: dict[int, list[int]] = {}
    for number, variation in enumerate(variations):
        members.setdefault(variation.listing, []).append(number)
    weights = np.zeros(len(variations), np.int64)
    for listing, numbers in members.items():
        if listings[listing].role in ("custom", "deleted", "draft"):
            continue
        own = [100 // (place + 2) for place in range(len(numbers))]
        for number, share in zip(numbers, own, strict=True):
            weights[number] = int(listing_weight[listing]) * share // sum(own)
    return weights
