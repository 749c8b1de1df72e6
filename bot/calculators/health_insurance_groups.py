"""The groups of the Health Insurance Law: who pays alone, whom the State helps, who has the card for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class HealthGroup(StrEnum):
    """Who somebody is in health insurance; names follow content/law/health_insurance."""

    HOUSEHOLD = "household"
    STUDENT = "student"
    NEAR_POOR = "near_poor"
    NEAR_POOR_IN_POOR_COMMUNE = "near_poor_in_poor_commune"
    AVERAGE_LIVING_AGRI = "average_living_agri"
    ETHNIC_MINORITY_LEFT_DIFFICULT_AREA = "ethnic_minority_left_difficult_area"
    VILLAGE_HEALTH_WORKER = "village_health_worker"
    VILLAGE_NON_SPECIALISED = "village_non_specialised"
    GRASSROOTS_SECURITY = "grassroots_security"
    ARTISAN = "artisan"
    TRAFFICKING_VICTIM = "trafficking_victim"
    BOMB_MINE_VICTIM = "bomb_mine_victim"
    POOR = "poor"
    CHILD_UNDER_6 = "child_under_6"
    ETHNIC_MINORITY_DIFFICULT_AREA = "ethnic_minority_difficult_area"
    SPECIALLY_DIFFICULT_AREA = "specially_difficult_area"
    ISLAND_COMMUNE = "island_commune"
    SOCIAL_ASSISTANCE = "social_assistance"
    SOCIAL_PENSION_75_PLUS = "social_pension_75_plus"
    ART23_ALLOWANCE = "art23_allowance"
    SURVIVOR_75_PLUS = "survivor_75_plus"
    PENSIONER = "pensioner"


STATE_PAID = frozenset({
    HealthGroup.POOR, HealthGroup.CHILD_UNDER_6, HealthGroup.ETHNIC_MINORITY_DIFFICULT_AREA,
    HealthGroup.SPECIALLY_DIFFICULT_AREA, HealthGroup.ISLAND_COMMUNE, HealthGroup.SOCIAL_ASSISTANCE,
    HealthGroup.SOCIAL_PENSION_75_PLUS, HealthGroup.ART23_ALLOWANCE, HealthGroup.SURVIVOR_75_PLUS,
})  # fmt: skip

# These allowances began with Luật BHXH 41/2024/QH15; survivors were paid for from 80 and by another fund before.
FROM_2025 = frozenset({HealthGroup.SOCIAL_PENSION_75_PLUS, HealthGroup.ART23_ALLOWANCE, HealthGroup.SURVIVOR_75_PLUS})

SUPPORTED = tuple(
    group for group in HealthGroup if group not in STATE_PAID | {HealthGroup.HOUSEHOLD, HealthGroup.PENSIONER}
)

# How the provinces' resolutions (content/subsidies) name the same people.
LOCAL_NAME: Mapping[HealthGroup, str] = {
    HealthGroup.STUDENT: "student",
    HealthGroup.NEAR_POOR: "near_poor",
    HealthGroup.NEAR_POOR_IN_POOR_COMMUNE: "near_poor",
    HealthGroup.AVERAGE_LIVING_AGRI: "average_income_farming",
    HealthGroup.ETHNIC_MINORITY_LEFT_DIFFICULT_AREA: "ethnic_minority_former_hardship_area",
    HealthGroup.VILLAGE_HEALTH_WORKER: "village_health_worker",
    HealthGroup.VILLAGE_NON_SPECIALISED: "part_time_village_worker",
    HealthGroup.TRAFFICKING_VICTIM: "trafficking_victim",
}
