"""Which column of a list means what, by its heading in Vietnamese or English. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.vn.text import fold_key

_HEADINGS: Mapping[str, str] = {
    "name": "ho ten|ho va ten|ten|ho ten nguoi tham gia|ho va ten nguoi tham gia|full name|name",
    "phone": "dien thoai|so dien thoai|sdt|dt|so dt|dien thoai di dong|so dien thoai di dong|so dien thoai lien he|dien thoai lien he|phone|mobile|phone number|telephone",
    "commune": "xa|phuong|xa phuong|phuong xa|xa phuong thi tran|phuong xa thi tran|xa thi tran|commune|ward",
    "district": "huyen|quan|quan huyen|huyen quan|huyen thi xa|quan huyen thi xa|huyen thi xa thanh pho|district",
    "province": "tinh|thanh pho|tinh thanh pho|tinh thanh|tinh tp|province|city",
    "place": "dia chi|noi o|noi cu tru|dia chi thuong tru|noi thuong tru|cho o hien nay|address",
    "group": "nhom|nhom doi tuong|doi tuong|nghe nghiep|nghe|dien|dien uu tien|nhom quyen loi|group|occupation",
    "birth": "nam sinh|ngay sinh|ngay thang nam sinh|sinh nam|birth year|year of birth|date of birth|birthday",
    "joined": "da tham gia|tham gia|da tham gia bhxh|tham gia bhxh|tinh trang tham gia|joined",
    "paid_until": "dong den thang|da dong den thang|dong den|da dong den|han dong|paid until",
    "consent": "dong y|dong y nhan tin|dong y ngay hinh thuc|dong y nhan tin ngay hinh thuc|consent",
    "consent_on": "ngay dong y|dong y ngay|consent date|consent on",
    "consent_by": "hinh thuc dong y|hinh thuc|dong y hinh thuc|cach dong y|consent form|consent by",
}  # fmt: skip
_BY_HEADING = {heading: column for column, headings in _HEADINGS.items() for heading in headings.split("|")}
CONSENT = frozenset({"consent", "consent_on", "consent_by"})


def columns_of(cells: Sequence[str]) -> dict[int, str] | None:
    """Return what each column means when these cells are headings, which have a telephone number and something besides."""
    found = {at: _BY_HEADING[key] for at, cell in enumerate(cells) if (key := fold_key(cell)) in _BY_HEADING}
    return found if "phone" in found.values() and len(found) > 1 else None


def twice(columns: Mapping[int, str]) -> str | None:
    """Return a meaning that two columns have; None when each is its own."""
    names = list(columns.values())
    return next((name for name in names if names.count(name) > 1), None)
