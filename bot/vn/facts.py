"""What a text tells about the person: group, sex, size of the household, province. Rules, not learning; whole words only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.vn.addresses import find_places
from bot.vn.numbers import WORDS, amount, bare_too, lowered, read_bare
from bot.vn.text import fold, nfc


@dataclass(frozen=True)
class Fact:
    """A fact and where it stands in the NFC form of the text; kind is group, sex, members or province."""

    kind: str
    value: str
    start: int
    end: int


# The 53 peoples beside the Kinh. Names of the second list are people's names too («em là Hoa»), names of the third are other words
# without their marks («người lao», «người mà»).
_PEOPLES = (
    r"khmer|khơ[\s-]?me|nùng|h['’]?mông|dao|gia\s?rai|j['’]?rai|êđê|ba\s?na|bahnar|sán\s?chay|k['’]?ho|xơ[\s-]?đăng|sán\s?dìu|hrê|"
    r"ra[\s-]?glai|m['’]?nông|x?tiêng|s['’]?tiêng|khơ\s?mú|bru|vân kiều|katu|gié|chơ\s?ro|xinh\s?mun|chu\s?ru|pà thẻn|si\s?la|pu\s?péo|rơ\s?măm|brâu"
)
_PEOPLES_AFTER_PEOPLE = r"tày|thái|mường|hoa"
_PEOPLES_WITH_MARKS = (
    r"chăm|mông|thổ|giáy|mạ|co|cor|kháng|lự|mảng|cống|ngái|chứt|ê đê|cơ[\s-]?ho|cơ[\s-]?tu|tà\s?ôi|hà nhì|la chí|la ha|"
    r"la hủ|phù lá|lô lô|cơ\s?lao|bố y|ơ đu"
)
_A_PEOPLE = r"(?! (?:bình|nguyên|lan|sản|kỳ|lư|kiều|sóc|lo|nuôi|chỉ|nhĩ|chiến|nghị|lay|lát|tè|nhé|khương|chà|ảng|thuỷ|thủy|hòa|hoà)(?!\w))"
_ISLANDS = r"vân đồn|bạch long v[ĩỹiy]|cát hải|cồn cỏ|lý sơn|côn đảo|phú quốc|thổ ch(?:âu|u)|kiên hải"
_ALSO_ISLANDS = r"cô tô|phú quý|hoàng sa|trường sa"  # communes and streets are called so too
_USUAL = r"(?! (?:xuyên|trú|trực|nhật|bị|hay|ngày|kỳ|phải|có)(?!\w))"
_GROUPS: tuple[tuple[str, str], ...] = (  # first match wins: «cận nghèo» before «nghèo»
    ("near_poor", r"cận nghèo|hcn"),
    ("poor", r"(?:hộ|diện|gia đình|nhà(?: em| tôi| mình| con| cháu)?)(?: thuộc)?(?: diện| hộ)? nghèo|sổ (?:hộ )?nghèo"),
    ("ethnic_minority", r"(?:người |đồng bào )?dân tộc(?: thiểu số)?(?! (?:kinh|nội trú|bán trú|việt|ta(?! oi| ôi)|nào|gì)(?!\w))|dtts"),
    ("ethnic_minority", rf"(?:người|đồng bào|bà con|gốc|em là|tôi là|mình là|con là|cháu là) (?:{_PEOPLES}){_A_PEOPLE}"),
    ("ethnic_minority", rf"(?:người|đồng bào|bà con) (?:{_PEOPLES_AFTER_PEOPLE}){_A_PEOPLE}"),
    ("island", rf"xã đảo|đặc khu|huyện đảo|ngoài đảo|(?:đảo|huyện) (?:{_ALSO_ISLANDS})|(?:\A\W*|(?:ở|tại|trên|ngoài|đảo|dân|sống|người) )(?:{_ISLANDS})"),
    ("student", r"sinh viên|học sinh|hssv"),
    ("household_business", r"chủ hộ kinh doanh|hộ kinh doanh cá thể|hộ kinh doanh"),
    ("farmer", r"(?<!hội\s)nông dân|làm ruộng|làm nông|làm rẫy|trồng lúa|chăn nuôi"),
    ("other", r"(?:không|ko|k|hông) (?:thuộc |có |trong |nằm trong )?(?:diện|hộ|nhóm|đối tượng|ưu tiên)(?: (?:diện|hộ|nhóm|đối tượng|ưu tiên))? (?:nào|gì)(?: hết| cả)?"),
    ("other", r"(?:không|ko|k|hông) (?:được |có |thuộc )?(?:diện )?ưu tiên(?! (?:nào|gì))"),
    ("other", rf"(?:hộ|gia đình|nhà(?: em| tôi| mình| con)?|diện|dân|người)(?: dân)?(?: bình)? thường{_USUAL}"),
    ("other", r"\A\W*(?:(?:dạ|em|tôi|mình|thì|chỉ) )*bình thường(?: (?:ạ|thôi|à|nha))*\W*\Z"),
)  # fmt: skip
_GROUPS_WITH_MARKS = (("ethnic_minority", rf"(?:người|đồng bào|bà con) (?:{_PEOPLES_WITH_MARKS}){_A_PEOPLE}"),)
_SEX: tuple[tuple[str, str], ...] = (
    ("female", r"(?<!phụ\s)nữ|(?<!hội\s)phụ nữ|đàn bà"),
    (
        "male",
        r"nam giới|đàn ông|lao động nam|(?:em|tôi|anh|là|giới tính:?) nam(?! định| dinh| bộ| bo| nay| ngoái| ngoai| sau| trước| truoc| nào| nao| trong| viện| vien| người| nguoi| khẩu| khau|\s*\d)|"
        r"(?:là|giới tính:?) nam(?=,? \d\d\s?(?:tuổi|t)(?!\w))|\A\W*(?:(?:dạ|vâng) )?nam(?: ạ| nha| nhé)?\W*\Z",
    ),
)
_SEX_WITH_MARKS = (
    ("male", r"(?:\A\W*|em |tôi )nam(?=,? \d\d\s?(?:tuổi|t)(?!\w))"),
)  # «nam 60 tuoi» may be «năm 60 tuổi»
_DENIED = re.compile(
    r"(?:không|ko|k|khong|chưa|chua|hết|het|thoát|thoat)(?: phải| phai| thuộc| thuoc| có| co| còn| con| là| la)*\s*$"
)
_MARKS = re.compile("[à-ýăđĩũơưạ-ỹ]")
_ME = "em|tôi|mình|tui|con|cháu|chị|anh|e"
# Whose birth or age is told: «chồng em sinh 1980».
_TOLD_OF = re.compile(
    bare_too(
        rf"(?<!\w)(?:(?:(?P<female>(?:mẹ|má) (?:chồng|vợ)|chị (?:chồng|vợ)|(?<!em\s)vợ|mẹ|má|bà nội|bà ngoại|con gái|em gái|chị gái)|(?P<male>(?:bố|ba|cha) (?:chồng|vợ)|anh (?:chồng|vợ)|(?<!em\s)chồng|bố|ba|cha|tía|ông nội|ông ngoại|con trai|em trai|anh trai)) )?"
        rf"(?:(?P<self>{_ME}) )?(?:năm nay |nay )?(?:sinh(?=\s*\d| (?:năm|ngày|tháng|hồi|vào)(?!\w))|sn|(?:\d\d|{WORDS})\s*(?:tuổi|t))(?!\w)"
    )
)
_SOME = rf"(?P<number>\d{{1,2}}|{WORDS})"
_MEMBERS = tuple(
    (more, re.compile(rf"(?<!\w)(?<!\d[.,/:-])(?:{bare_too(pattern)})(?!\w)"))
    for more, pattern in (
        (0, rf"(?:nhà|hộ|gia đình|gđ)(?: (?:{_ME}|bác|cô|chú))?(?: (?:có|gồm|được|là|tất cả|tổng cộng|tổng|chỉ|hiện|cả thảy)){{0,3}} {_SOME} (?:người|nhân khẩu|khẩu|thành viên|ng|miệng ăn)(?! (?:con|cháu|già|bệnh|ốm|lao động|nghỉ|khuyết tật|mất|lớn)(?!\w))"),
        (0, rf"{_SOME} (?:nhân )?khẩu"),
        (2, rf"vợ chồng(?: (?:{_ME}))?(?:\s*,| và| với| cùng| có){{0,2}} {_SOME} (?:đứa con|con|đứa|cháu|bé)(?! (?:bò|trâu|lợn|heo|gà|vịt|dê|chó|dâu|rể)(?!\w))"),
    )
)  # fmt: skip
_HOUSEHOLD = range(1, 21)


def find_facts(text: str) -> list[Fact]:
    """Return at most one group and one sex, the household's size and every province; a denied group («không phải hộ nghèo») is none."""
    lower = lowered(text)
    group, sex = _first("group", lower), _first("sex", lower) or _sex_of_relative(lower)
    facts = [fact for fact in (group, sex) if fact]
    places = [
        Fact("province", place.old_province or place.province, place.start, place.end)
        for place in find_places(text)
        if place.province
    ]
    return facts + find_members(text) + places


def find_members(text: str) -> list[Fact]:
    """Return how many people a household has: «nhà 4 người», «4 khẩu», «hai vợ chồng và 2 con»."""
    lower = lowered(text)
    found = [
        Fact("members", str(number), *match.span())
        for more, pattern in _MEMBERS
        for match in pattern.finditer(lower)
        if (number := int(amount(match["number"]) or 0) + more) in _HOUSEHOLD
    ]
    return [
        fact
        for place, fact in enumerate(found)
        if all(other.end <= fact.start or fact.end <= other.start for other in found[:place])
    ]


def read_members(text: str) -> list[Fact]:
    """Return what a reply to «how many people?» may mean: «nhà 4 người», «bốn người», bare «4», «4-5»."""
    numbers = read_bare(text, "nguoi", "ng", "khau")
    bare = [Fact("members", str(number), 0, len(nfc(text))) for number in numbers if number in _HOUSEHOLD]
    return find_members(text) or bare


def _sex_of_relative(text: str) -> Fact | None:
    """Return the sex of the one person whose birth or age is told, if the word for that person has a sex."""
    told = [found for found in _TOLD_OF.finditer(text) if found["female"] or found["male"] or found["self"]]
    if len(told) != 1 or not (told[0]["female"] or told[0]["male"]):
        return None
    sex = "female" if told[0]["female"] else "male"
    return Fact("sex", sex, *told[0].span(sex))


def _first(kind: str, text: str) -> Fact | None:
    with_marks = bool(_MARKS.search(text))
    view = text if with_marks or text.isascii() else fold(text)
    for value, pattern in _TABLES[kind, with_marks]:
        for found in pattern.finditer(view):
            if not _DENIED.search(view[: found.start()]):
                return Fact(kind, value, found.start(), found.end())
    return None


def _compiled(table: tuple[tuple[str, str], ...]) -> list[tuple[str, re.Pattern[str]]]:
    return [(value, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)".replace(" ", r"\s+"))) for value, pattern in table]


def _folded(table: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((value, fold(pattern)) for value, pattern in table)


_TABLES = {
    ("group", True): _compiled(_GROUPS + _GROUPS_WITH_MARKS),
    ("group", False): _compiled(_folded(_GROUPS)),
    ("sex", True): _compiled(_SEX + _SEX_WITH_MARKS),
    ("sex", False): _compiled(_folded(_SEX)),
}
