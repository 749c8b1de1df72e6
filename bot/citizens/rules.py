"""What campaigns may know of a person, by the codes of the outreach plans. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from bot.vn.places import gazetteer


class Situation(StrEnum):
    """How a person lives and works: it decides the tone. The codes are those of the outreach plans."""

    FARMER = "nong_dan"
    TRADER = "tieu_thuong"
    HOUSEHOLD_BUSINESS = "ho_kinh_doanh"
    SELF_EMPLOYED = "lao_dong_tu_do"
    CRAFT_VILLAGE = "lang_nghe_htx"
    LEFT_COMPULSORY = "bao_luu_bhxh"
    ON_UNEMPLOYMENT_BENEFIT = "huong_tctn"
    WORKER = "nld_doanh_nghiep"
    EMPLOYER = "nsdld"
    STUDENT = "hssv"
    UNION_MEMBER = "hoi_vien"
    OFFICIAL = "can_bo_dang_vien"
    OTHER = "khac"


class Entitlement(StrEnum):
    """What a person is entitled to by: it decides the money."""

    ETHNIC_MINORITY = "dtts"
    POOR = "ho_ngheo"
    NEAR_POOR = "ho_can_ngheo"
    ELDERLY = "nguoi_cao_tuoi"
    RECEIVING = "nguoi_dang_huong"


class Joined(StrEnum):
    """Whether a person is in social insurance already."""

    NO = "no"
    VOLUNTARY = "voluntary"
    COMPULSORY = "compulsory"
    LEFT = "left"
    PENSION = "pension"


# What the dialogue calls a person's group is, for campaigns, how they live or what they are entitled to.
_GROUPS: Mapping[str, tuple[str, Any]] = {
    "poor": ("entitlements", (Entitlement.POOR,)),
    "near_poor": ("entitlements", (Entitlement.NEAR_POOR,)),
    "ethnic_minority": ("entitlements", (Entitlement.ETHNIC_MINORITY,)),
    "farmer": ("situation", Situation.FARMER),
    "student": ("situation", Situation.STUDENT),
    "household_business": ("situation", Situation.HOUSEHOLD_BUSINESS),
}


def facts_of(heard: Mapping[str, str]) -> dict[str, Any]:
    """Return what the facts of a dialogue (group, birth, province) say of a person, by the columns of the table."""
    found: dict[str, Any] = {}
    if heard.get("group") in _GROUPS:
        found.update([_GROUPS[heard["group"]]])
    if (year := heard.get("birth", "")[:4]).isdigit():
        found["birth_year"] = int(year)
    if (province := gazetteer().today(heard.get("province", ""))) is not None:
        found["province"] = province.key
    return found
