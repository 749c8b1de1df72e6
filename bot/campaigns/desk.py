"""The desk of campaign staff: the content, the settings and the moment by which a plan is looked at, for commands and pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.answers.library import Library
from bot.campaigns import store
from bot.campaigns.document import with_document
from bot.campaigns.forecast import Forecast, forecast, read_prices
from bot.campaigns.grounds import grounds_of, looked_up
from bot.campaigns.plan import Plan, read_plan
from bot.campaigns.reach import Question, Reach, count
from bot.campaigns.schedule import Step
from bot.campaigns.store import Campaign, Pinned
from bot.campaigns.templates import Template, changes_on, load_templates, render
from bot.clock import day_in_vietnam
from bot.errors import Refused
from bot.outbox.caps import caps_of
from bot.outbox.channels import RATES, SMS, TELEGRAM
from bot.settings import ROOT, Settings
from bot.vn.sms import count as sms_count
from bot.yaml_files import read_yaml

PRICES = ROOT / "content" / "campaigns" / "prices.yaml"

_loaded: list[
    tuple[Library, Mapping[str, Template]]
] = []  # those of the library that was asked last; content is read once


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is ahead of a plan: whom it would reach of all it means, whom of them the next time it speaks, and how that goes."""

    whole: Reach
    next: Reach
    steps: tuple[Step, ...]  # of that next time; none: it will not speak any more
    forecast: Forecast


@dataclass(frozen=True, slots=True)
class Desk:
    """Where campaign staff work: the database, the content, the moment."""

    engine: AsyncEngine
    library: Library
    settings: Settings
    now: datetime

    def plan_in(self, file: Path) -> Plan:
        """Return the plan of a file."""
        return read_plan(read_yaml(file), self.library.topics, str(file))

    @property
    def templates(self) -> Mapping[str, Template]:
        """Return the texts that campaigns may be made of, by key."""
        if not _loaded or _loaded[0][0] is not self.library:
            _loaded[:] = [(self.library, load_templates(ROOT / "content", self.library))]
        return _loaded[0][1]

    def pinned(self, plan: Plan) -> tuple[Pinned, ...]:
        """Return the texts of a plan for the law of its first day; raise Refused when that law changes before its end."""
        template = self.template(plan)
        self._check_advertising(plan)
        first, last = plan.schedule.days
        law, texts = self.library.law, self.library.texts
        changes = changes_on(template, law, first, last, texts, plan.channels)
        if changes is not None:
            raise Refused(
                f"Từ {changes} luật đổi nên lời của {plan.key} không còn đúng: hãy kết thúc trước ngày đó, rồi soạn chiến dịch khác."
            )
        pinned = render(template, law, first, texts, plan.channels, refuse_by=self.settings.sms_refuse_by)
        missing = plan.arms.keys() - {one.arm for one in pinned}
        if missing:
            raise Refused(f"Mẫu {plan.template} không có bản {min(missing)}; hãy chọn bản khác hoặc viết thêm.")
        offsets = {one.step for one in pinned}
        if not {str(offset) for offset in plan.schedule.offsets} <= offsets and "" not in offsets:
            raise Refused(f"Mẫu {plan.template} chỉ có lời cho các ngày {', '.join(sorted(offsets))}.")
        chosen = tuple(one for one in pinned if one.arm in plan.arms)
        if plan.document is None:
            return chosen
        return with_document(chosen, plan.document, first, texts, web=self.settings.public_url)

    def grounds(self, plan: Plan, texts: Sequence[Pinned]) -> dict[str, str]:
        """Return what the texts of a plan rest on."""
        return grounds_of(self.template(plan), self.library, texts, *plan.schedule.days, plan.document)

    def grounds_now(self, campaign: Campaign, plan: Plan) -> dict[str, str]:
        """Return what the content says today of what the texts of a campaign rest on; raise Refused when it cannot be sent."""
        self._check_advertising(plan)
        return looked_up(campaign.grounds, self.library, *plan.schedule.days)

    def _check_advertising(self, plan: Plan) -> None:
        template = self.templates.get(plan.template)
        if self.settings.sms_advertising_type or SMS.name not in plan.channels:
            return
        if template is not None and template.advertising:
            raise Refused(
                f"Mẫu {plan.template} là tin quảng cáo, mà nhà mạng chưa cho loại tin này qua SMS: hãy bỏ kênh SMS,"
                " hoặc nhờ người quản trị đặt AN_SINH_SMS_ADVERTISING_TYPE."
            )

    def template(self, plan: Plan) -> Template:
        """Return the texts that a plan names."""
        found = self.templates
        if plan.template not in found:
            raise Refused(f"Không có mẫu {plan.template}; có các mẫu {', '.join(found)}.")
        return found[plan.template]

    def question(self, plan: Plan, step: Step | None = None) -> Question:
        """Return what is asked of the tables to know whom a plan means now; `step`: on one day of it."""
        return Question(
            plan.audience,
            plan.channels,
            plan.key,
            self.now,
            until=step.expires_at if step else plan.schedule.ends,
            paid_until=step.about if step else None,
            caps=(*caps_of(self.settings.campaign_cap), *([plan.at_most] if plan.at_most else [])),
        )

    async def reach(self, connection: AsyncConnection, plan: Plan) -> Reach:
        """Return whom a plan would reach now."""
        return await count(connection, self.question(plan))

    async def look_ahead(self, connection: AsyncConnection, plan: Plan) -> Outlook:
        """Return what is ahead of a plan; raise Refused when its texts cannot be sent as they are."""
        texts, whole = self.pinned(plan), await self.reach(connection, plan)
        steps = plan.schedule.next_steps(day_in_vietnam(self.now))
        reach = whole if plan.schedule.once else Reach()  # also when its moment is past: it begins as soon as it may
        for step in () if plan.schedule.once else steps:
            reach += await count(connection, self.question(plan, step))
        begins = max([self.now, *(step.due_at for step in steps)])
        ends = min((step.expires_at for step in steps), default=plan.schedule.ends)
        return Outlook(whole, reach, steps, self.foretell(plan, reach.by_channel, texts, begins=begins, ends=ends))

    def foretell(
        self,
        plan: Plan,
        counts: Mapping[str, int],
        texts: Sequence[Pinned] = (),
        *,
        begins: datetime,
        ends: datetime | None = None,
        seen: Mapping[str, float] | None = None,
    ) -> Forecast:
        """Return when so many messages of each channel will have left, and what they cost.

        `ends`: until when they are worth sending, None: to the end of the campaign. `seen`: rates that were measured.
        """
        rates = {**RATES, TELEGRAM.name: float(self.settings.telegram_rate), **(seen or {})}
        sms = (sms_count(str(one.body["text"])).parts for one in texts if one.channel == SMS.name)
        return forecast(
            counts,
            rates,
            read_prices(read_yaml(PRICES), str(PRICES)),
            begins=begins,
            ends=ends or plan.schedule.ends,
            parts={SMS.name: max(sms, default=1)},
        )

    async def plan_of(self, connection: AsyncConnection, key: str) -> tuple[Campaign, Plan]:
        """Return a campaign and its plan."""
        campaign = await self.campaign(connection, key)
        return campaign, read_plan(campaign.plan, self.library.topics, key)

    async def campaign(self, connection: AsyncConnection, key: str) -> Campaign:
        """Return a campaign, whether its plan can still be read by the content of today or not."""
        campaign = await store.find(connection, key)
        if campaign is None:
            raise Refused(f"Không có chiến dịch {key}.")
        return campaign
