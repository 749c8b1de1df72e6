"""Which share of the average a pension is, and the lump sum for more years than the highest share needs."""

from __future__ import annotations

from decimal import Decimal

from bot.calculators.career import credited_years
from bot.calculators.contribution import LAW_2024
from bot.calculators.months import duration
from bot.calculators.people import Sex
from bot.calculators.working import Unit, Working, dong
from bot.vn import show

ODD_MONTHS_CUT_FROM = 6  # months; the two cuts for odd months are named after it in content/law


def pension_years(working: Working, months: int) -> Decimal:
    """Write and return the years that count for the share."""
    years = credited_years(working, months)
    working.write("calc_pension_years", duration(months), years, Unit.YEARS)
    return years


def pension_rate(working: Working, sex: Sex, years: Decimal, early_months: int = 0) -> Decimal:
    """Write and return the share: by the law of the day, at most the highest one, less the cut for retiring early."""
    by_law = _rate_law_2024 if working.day >= LAW_2024 else _rate_law_2014
    formula, rate = by_law(working, sex, years)
    most = working.decimal("pension.rate_max")
    if rate > most:
        formula, rate = f"{formula} = {show.percent(rate)}; ≤ {show.percent(most)}", most
    working.write("calc_pension_rate", formula, rate, Unit.PERCENT)
    return (rate - _early_cut(working, rate, early_months) if early_months else rate).normalize()


def _rate_law_2014(working: Working, sex: Sex, years: Decimal) -> tuple[str, Decimal]:
    """Luật BHXH 58/2014/QH13, Điều 56 and 74: the first years give the base share, each further one the same again."""
    return _from_base(working, f"pension.rate_{sex}.", "base_years", "base_rate", "per_year", years)


def _rate_law_2024(working: Working, sex: Sex, years: Decimal) -> tuple[str, Decimal]:
    """Luật BHXH 41/2024/QH15, Điều 66 and 99: as before, and men have a share of their own for short careers."""
    if sex is Sex.MALE and years < working.whole("pension.rate_male.base_years"):
        names = ("short_career_from_years", "short_career_base_rate", "short_career_per_year")
        return _from_base(working, "pension.rate_male.", *names, years)
    return _from_base(working, f"pension.rate_{sex}.", "base_years", "base_rate", "per_year", years)


def _from_base(
    working: Working, folder: str, base_years: str, base_rate: str, per_year: str, years: Decimal
) -> tuple[str, Decimal]:
    first, base = working.whole(folder + base_years), working.decimal(folder + base_rate)
    each, further = working.decimal(folder + per_year), max(Decimal(0), years - first)
    formula = f"{show.percent(base)} + {show.decimal_comma(further)} × {show.percent(each)}"
    return formula, base + further * each


def _early_cut(working: Working, rate: Decimal, early_months: int) -> Decimal:
    """Return what is cut for retiring before the age: per whole year, and less for odd months."""
    years, odd = divmod(early_months, 12)
    rest = "months_6_to_under_12" if odd >= ODD_MONTHS_CUT_FROM else "under_6_months"
    per_year = working.decimal("pension.early_retirement_cut.per_year")
    cut = years * per_year + working.decimal(f"pension.early_retirement_cut.{rest}")
    formula = f"{show.percent(rate)} − {show.percent(cut)} ({duration(early_months)})"
    working.write("calc_pension_rate_early", formula, rate - cut, Unit.PERCENT)
    return cut


def lump_sum(working: Working, sex: Sex, years: Decimal, average: int, months_after: int = 0) -> int:
    """Write and return the lump sum: half a month's average for each year above the threshold, more for years after the age."""
    name = f"pension.lump_sum_threshold_years.{sex}"
    threshold = working.law.parameters[name].on(working.day).value
    assert isinstance(threshold, int)
    if years <= threshold:
        return 0
    extra = years - working.whole(name)
    after = min(extra, credited_years(working, months_after)) if working.day >= LAW_2024 else Decimal(0)
    terms = [(extra - after, working.decimal("pension.lump_sum_multiple.before_retirement_age"))]
    if after:
        terms.append((after, working.decimal("pension.lump_sum_multiple.after_retirement_age")))
    worth = sum((count * multiple for count, multiple in terms), Decimal(0))
    inner = " + ".join(
        f"{show.decimal_comma(count)} năm × {show.decimal_comma(multiple)}" for count, multiple in terms if count
    )
    return working.step("calc_pension_lump_sum", f"({inner}) × {show.grouped(average)}", dong(worth * average))
