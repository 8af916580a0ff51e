"""What the demo brand makes: kinds of goods, designs, sizes and colours, all invented.

Prices are US cents, costs shares of the price in per mille, desi thousandths of a kilogram.
"""

from __future__ import annotations

from dataclasses import dataclass

BRAND = "Tuftmoor"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of goods: its word in SKUs and titles, its sizes from small to large."""

    word: str
    title: str
    sizes: tuple[str, ...]
    price: int
    cost_permille: int
    desi: int


KINDS = (
    Kind("SLEEVE", "Laptop Sleeve", ("13IN", "14IN", "15IN", "16IN"), 3490, 290, 700),
    Kind("BASKET", "Storage Basket", ("S", "M", "L"), 2890, 310, 1500),
    Kind("COASTER", "Coaster Set", (), 1490, 270, 400),
    Kind("ORGANISER", "Desk Organiser", ("MINI", "MIDI", "MAXI"), 2190, 300, 900),
    Kind("RUG", "Round Rug", ("60CM", "90CM", "120CM"), 6900, 360, 3200),
    Kind("TRAY", "Catch-all Tray", ("S", "M"), 1890, 280, 500),
    Kind("GLASSCASE", "Glasses Case", (), 1590, 250, 300),
    Kind("TOTE", "Tote Bag", ("S", "L"), 4490, 330, 1100),
    Kind("PLANTER", "Plant Pot Cover", ("13X18", "18X24"), 2490, 300, 800),
    Kind("BOARD", "Pin Board", ("40X60", "60X90"), 5490, 340, 2800),
    Kind("KEYRING", "Key Ring", (), 890, 220, 150),
    Kind("CUSHION", "Seat Cushion", ("40CM", "50CM"), 3290, 320, 1900),
    Kind("SLIPPER", "Slippers", ("36", "38", "40", "42"), 3990, 330, 1300),
    Kind("CABLEWRAP", "Cable Wrap", (), 790, 210, 100),
    Kind("PENCASE", "Pencil Case", (), 1290, 240, 250),
)
DIGITAL = Kind("PATTERN", "Sewing Pattern (PDF)", (), 690, 0, 0)
SIZE_STEP, DESIGN_STEP = 600, 200  # cents on top for each larger size and each finer design

COLOURS = (
    "GREY",
    "BLACK",
    "SAND",
    "NAVY",
    "OLIVE",
    "RUST",
    "CREAM",
    "TEAL",
    "PLUM",
    "MUSTARD",
    "ROSE",
    "GRAPHITE",
)

_TREES = (
    "ALDER BIRCH CEDAR ELM FIR HAZEL HOLLY IVY JUNIPER LARCH LINDEN MAPLE MYRTLE OAK PINE POPLAR "
    "ROWAN SPRUCE SUMAC TEAK THORN WALNUT WILLOW YEW"
).split()
_FINISHES = ("", "-STRIPE", "-DOT", "-WAVE", "-STITCH", "-KNOT")
DESIGNS = ("", *(tree + finish for finish in _FINISHES for tree in _TREES))
