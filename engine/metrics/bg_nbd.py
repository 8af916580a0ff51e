"""The BG/NBD model of repeat purchases, and the gamma-gamma model of what they are worth.

One row of `Histories` = one customer. Fader, Hardie and Lee (2005), "Counting your customers the
easy way", Marketing Science 24; Fader and Hardie (2013), "The gamma-gamma model of monetary value".
Needs SciPy, which the rest of the program does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import ConfigurationError

Floats = npt.NDArray[np.float64]
_TOLERANCE = 1e-9
_LIMIT = 15.0  # |ln| of a parameter; beyond it the maximum lies at infinity


@dataclass(frozen=True, slots=True)
class Histories:
    """What the models know of each customer; time is in weeks since the first purchase day."""

    repeats: Floats  # purchase days after the first
    last: Floats  # when the last one was
    observed: Floats  # how long the customer has been known
    spent: Floats  # mean sales of a repeat day, minor units; 0 without one

    def taken(self, rows: npt.NDArray[np.int64]) -> Histories:
        """Return some customers, possibly several times."""
        return Histories(self.repeats[rows], self.last[rows], self.observed[rows], self.spent[rows])


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Purchases come at a rate that is gamma (r, alpha); after each a customer stays or not.

    The chance of leaving is beta (a, b).
    """

    r: float
    alpha: float
    a: float
    b: float

    def expected(self, histories: Histories, weeks: float) -> Floats:
        """Return the purchases that each customer is expected to make in so many weeks."""
        special = _scipy().special
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x, last, known = histories.repeats, histories.last, histories.observed
        rate = ((alpha + known) / (alpha + known + weeks)) ** (r + x)
        share = weeks / (alpha + known + weeks)
        left = 1 - rate * special.hyp2f1(r + x, b + x, a + b + x - 1, share)
        gone = a / np.maximum(b + x - 1, b) * ((alpha + known) / (alpha + last)) ** (r + x)
        stays = 1 + np.where(x > 0, gone, 0)
        return np.asarray((a + b + x - 1) / (a - 1) * left / stays)


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """What a customer spends on a day is gamma with shape p; its rate is gamma (q, gamma)."""

    p: float
    q: float
    gamma: float

    def expected(self, histories: Histories) -> Floats:
        """Return the sales that each customer is expected to bring on a purchase day."""
        x, spent = histories.repeats, histories.spent
        return np.asarray(self.p * (self.gamma + x * spent) / (self.p * x + self.q - 1))


def fit_bg_nbd(histories: Histories, start: BgNbd | None = None) -> BgNbd | None:
    """Return the parameters of the highest likelihood, None where it has no maximum."""
    x, last, known = histories.repeats, histories.last, histories.observed
    kinds, count = np.unique(np.stack((x, last, known)), axis=1, return_counts=True)
    x, last, known = kinds
    lngamma = _scipy().special.gammaln

    def loss(logs: Floats) -> float:
        r, alpha, a, b = np.exp(logs)
        a1 = lngamma(r + x) - lngamma(r) + r * logs[1]
        a2 = lngamma(a + b) + lngamma(b + x) - lngamma(b) - lngamma(a + b + x)
        a3 = -(r + x) * np.log(alpha + known)
        gone = logs[2] - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + last)
        either = np.where(x > 0, np.logaddexp(a3, gone), a3)
        return -float(np.sum(count * (a1 + a2 + either)) / count.sum())

    first = (1.0, 1.0, 1.0, 1.0) if start is None else (start.r, start.alpha, start.a, start.b)
    found = _minimised(loss, first)
    return None if found is None else BgNbd(*found)


def fit_gamma_gamma(histories: Histories, start: GammaGamma | None = None) -> GammaGamma | None:
    """Return the parameters of the highest likelihood, None where none or no mean exists."""
    paid = (histories.repeats > 0) & (histories.spent > 0)
    x, spent = histories.repeats[paid], histories.spent[paid]
    lngamma = _scipy().special.gammaln

    def loss(logs: Floats) -> float:
        p, q, gamma = np.exp(logs)
        shape = p * x
        likelihood = lngamma(shape + q) - lngamma(shape) - lngamma(q) + q * logs[2]
        likelihood += (shape - 1) * np.log(spent) + shape * np.log(x)
        likelihood -= (shape + q) * np.log(gamma + x * spent)
        return -float(np.mean(likelihood))

    mean = float(spent.mean()) if len(spent) else 0.0
    first = (2.0, 3.0, mean) if start is None else (start.p, start.q, start.gamma)
    found = _minimised(loss, first) if mean > 0 else None
    return None if found is None or found[1] <= 1 else GammaGamma(*found)


def _minimised(
    loss: Callable[[Floats], float], start: tuple[float, ...]
) -> tuple[float, ...] | None:
    """Minimise over the logarithms of positive parameters; None where that does not converge."""
    found = _scipy().optimize.minimize(
        loss,
        np.log(np.array(start)),
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": _TOLERANCE, "maxiter": 10_000, "maxfev": 10_000},
    )
    if not found.success or np.abs(found.x).max() > _LIMIT:
        return None
    return tuple(np.exp(found.x).tolist())


def _scipy() -> Any:
    try:
        import scipy.optimize
        import scipy.special
    except ImportError as error:
        raise ConfigurationError(
            "Predicted customer values need SciPy, which is not installed.",
            hint="Run: pip install -r requirements-predict.txt",
        ) from error
    return scipy
