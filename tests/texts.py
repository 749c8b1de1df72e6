"""Texts for properties: Vietnamese as people write it, and anything at all."""

from __future__ import annotations

from hypothesis import strategies as st

_LETTERS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵbcdđghklmnpqrstvxfjwz"

vietnamese = st.text(alphabet=_LETTERS + _LETTERS.upper() + " 0123456789.,?!", max_size=80)
any_text = st.text(max_size=80)
