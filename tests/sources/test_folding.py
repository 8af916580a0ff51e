"""Words are compared without letter case, accents, kinds of i and kinds of space."""

import pytest

from engine.sources.folding import fold


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ÇALIŞMA", "calisma"),
        ("CALISMA", "calisma"),
        ("AĞUSTOS", "agustos"),
        ("Agustos", "agustos"),
        ("İ ı I i", "i i i i"),
        ("Ğ ş", "g s"),
        ("US\u00a0MAYIS  2025 ", "us mayis 2025"),
        ("ＳＫＵ", "sku"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_folding_a_folded_text_changes_nothing() -> None:
    for text in ("İstanbul ŞİŞLİ", "Çekya", "Côte d'Ivoire", "ﬁyat"):
        assert fold(fold(text)) == fold(text)
