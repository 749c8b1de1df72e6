"""Which commune, district or province a text names, and what is left to ask."""

from __future__ import annotations

import random
import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vn.addresses import MOST_CANDIDATES, Place, find_places
from bot.vn.communes import Unit, communes, names, province_name, province_of
from bot.vn.places import gazetteer
from bot.vn.text import fold, nfc
from tests.texts import any_text

OLD_PROVINCES = [key for province in gazetteer().provinces.values() for key in province.former]
NEW_COMMUNES = random.Random(1).sample(list(communes().values()), 400)
OLD_COMMUNES = random.Random(2).sample(
    list({id(one.unit): one.unit for each in names().bearers.values() for one in each if one.unit.level == "old_commune"}.values()), 400
)  # fmt: skip


def place(text: str, *, expecting: bool = False, within: str | None = None) -> Place:
    (found,) = find_places(text, expecting=expecting, within=within)
    return found


def province_line(key: str) -> str:
    return province_name(key) if province_name(key).startswith("TP") else f"tỉnh {province_name(key)}"


def folded(text: str) -> str:
    return fold(text).lower()


SPELLINGS: tuple[Callable[[str], str], ...] = (str, str.upper, folded, lambda name: f"em ở {name}, cho em hỏi")


@pytest.mark.parametrize("key", OLD_PROVINCES)
def test_each_of_the_63_old_provinces_is_found_in_every_spelling(key: str) -> None:
    for spelling in SPELLINGS:
        found = place(spelling(province_name(key)))
        assert found.province == province_of(key)
        assert found.old_province in {key, None}


@pytest.mark.parametrize("key", gazetteer().provinces)
def test_each_of_the_34_provinces_is_found_in_every_spelling(key: str) -> None:
    for spelling in SPELLINGS:
        assert place(spelling(province_name(key))).province == key


def test_the_name_of_a_merged_province_does_not_tell_the_old_one() -> None:
    assert place("tỉnh Phú Thọ").old_province is None
    assert place("Phú Thọ cũ").old_province == "phu_tho"
    assert place("Hà Nội").old_province == "ha_noi"
    assert place("Vĩnh Phúc nay là Phú Thọ").old_province == "vinh_phuc"


def is_found(found: Place, unit: Unit) -> bool:
    """Tell whether a unit is what was found, or among what is to be asked."""
    meant = [(found.old_province, found.commune), *((one.old_province, one.commune) for one in found.candidates)]
    return all((unit.old_province, code) in meant for code in unit.communes)


@pytest.mark.parametrize("unit", NEW_COMMUNES, ids=lambda unit: str(unit.communes[0]))
def test_a_commune_of_today_is_found_with_its_province(unit: Unit) -> None:
    text = f"{unit.name}, {province_line(unit.province)}"
    for typed in (text, folded(text)):
        assert place(typed).province == unit.province
        assert is_found(place(typed), unit)


@pytest.mark.parametrize("unit", OLD_COMMUNES, ids=lambda unit: f"{unit.name} {unit.district}")
def test_an_old_commune_is_found_with_its_district_and_province(unit: Unit) -> None:
    text = f"{unit.name}, {unit.district}, {province_line(unit.old_province)}"
    for typed in (text, folded(text)):
        found = place(typed)
        assert found.old_province == unit.old_province
        assert is_found(found, unit)
        assert (found.commune is None) == bool(found.candidates)


@pytest.mark.parametrize(
    "text",
    [
        "hộ cận nghèo ở Bình Xuyên", "ho can ngheo o binh xuyen", "Bình Xuyên, Vĩnh Phúc", "o binh xuyen vinh phuc", "huyện Bình Xuyên",
        "em quê Bình Xuyên ạ", "h. Bình Xuyên, t. Vĩnh Phúc", "Bình Xuyên thuộc tỉnh Phú Thọ",
    ],
)  # fmt: skip
def test_an_old_district_and_a_commune_named_after_it_need_no_question(text: str) -> None:
    found = place(text)
    assert (found.province, found.old_province, found.candidates) == ("phu_tho", "vinh_phuc", ())


def test_a_name_of_many_places_is_asked_about() -> None:
    found = place("em ở xã Tân Thành")
    assert (found.province, found.old_province, found.commune) == (None, None, None)
    assert len(found.candidates) == MOST_CANDIDATES
    assert len({one.label for one in found.candidates}) == MOST_CANDIDATES
    assert "Xã Tân Thành, Quảng Trị (Quảng Bình cũ)" in {one.label for one in found.candidates}


def test_a_known_province_narrows_a_name_of_many_places() -> None:
    assert place("xã Tân Thành", within="quang_binh").old_province == "quang_binh"
    assert place("xã Tân Thành", within="quang_tri").province == "quang_tri"


def test_a_known_province_does_not_hide_that_another_is_named() -> None:
    assert place("xã Bình Xuyên, Phú Thọ", within="ca_mau").old_province == "vinh_phuc"


def test_a_divided_commune_is_not_claimed_to_be_one_of_its_parts() -> None:
    found = place("phường Cống Vị, quận Ba Đình, Hà Nội")
    assert (found.old_province, found.district, found.commune) == ("ha_noi", "Quận Ba Đình", None)
    assert [one.label for one in found.candidates] == ["Phường Ngọc Hà", "Phường Giảng Võ"]


def test_an_old_commune_called_by_the_wrong_kind_is_understood() -> None:
    for text in ("xã Hương Canh", "thị trấn Hương Canh", "tt. Hương Canh"):
        assert (place(text).old_province, place(text).commune) == ("vinh_phuc", "08935")


@pytest.mark.parametrize(
    ("text", "old_province", "code"),
    [
        ("đặc khu Bạch Long Vĩ", "hai_phong", "11948"),
        ("đặc khu Cồn Cỏ", "quang_tri", "19742"),
        ("huyện đảo Hoàng Sa", "da_nang", "20333"),
        ("huyện Lý Sơn", "quang_ngai", "21548"),
        ("dac khu con dao", "ba_ria_vung_tau", "26732"),
    ],
)
def test_a_special_zone_that_had_no_communes_is_found_by_both_names(text: str, old_province: str, code: str) -> None:
    assert (place(text).old_province, place(text).commune) == (old_province, code)


@pytest.mark.parametrize(
    ("text", "old_province", "district"),
    [
        ("P.5, Q.3, TP.HCM", "ho_chi_minh", "Quận 3"), ("phuong 5 quan 3 tphcm", "ho_chi_minh", "Quận 3"), ("quận 9", "ho_chi_minh", "Quận 9"),
        ("Huyện Mĩ Đức", "ha_noi", "Huyện Mỹ Đức"), ("tp Qui Nhơn", "binh_dinh", "Thành phố Quy Nhơn"), ("thị xã Sapa", "lao_cai", "Thị xã Sapa"),
        ("huyện Ea Hleo", "dak_lak", "Huyện Ea H'leo"), ("huyện Krông Pắk, Đắc Lắc", "dak_lak", "Huyện Krông Pắc"),
        ("ở tận Buôn Mê Thuột", "dak_lak", "Thành phố Buôn Mê Thuột"), ("tôi ở Vinh", "nghe_an", "Thành phố Vinh"),
        ("thành phố Thuỷ Nguyên", "hai_phong", "Thành phố Thủy Nguyên"),
    ],
)  # fmt: skip
def test_districts_are_found_in_the_spellings_people_use(text: str, old_province: str, district: str) -> None:
    assert (place(text).old_province, place(text).district) == (old_province, district)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("brvt", ["ba_ria_vung_tau"]), ("đắc lắc", [None]), ("bắc cạn", ["bac_kan"]), ("sài gòn", [None]), ("tôi ở vinh phuc", ["vinh_phuc"]),
        ("từ Sóc Trăng lên Bình Dương", ["soc_trang", "binh_duong"]), ("xã Hòa Bình, tỉnh Bạc Liêu", ["bac_lieu"]), ("Hà Nội, Ba Vì", ["ha_noi"]),
        ("BHXH tỉnh An Giang", [None]), ("bảo hiểm xã hội An Giang", [None]), ("Bắc Giang, Bắc Ninh", ["bac_giang", None]),
    ],
)  # fmt: skip
def test_provinces_are_found_alone_and_around_communes(text: str, keys: list[str | None]) -> None:
    assert [found.old_province for found in find_places(text)] == keys


def test_a_city_that_may_be_the_province_or_the_city_inside_is_left_open() -> None:
    assert (place("TP Bắc Ninh").province, place("TP Bắc Ninh").old_province) == ("bac_ninh", None)
    assert place("TP Hải Dương").district == "Thành phố Hải Dương"
    assert place("TP Huế").district is None


@pytest.mark.parametrize(
    ("answer", "old_province"),
    [
        ("Hương Canh", "vinh_phuc"),
        ("dạ huong canh ạ", "vinh_phuc"),
        ("em ở Phú Quốc nha", "kien_giang"),
        ("Thống Nhất, Đồng Nai", "dong_nai"),
    ],
)
def test_a_bare_name_counts_as_an_answer(answer: str, old_province: str) -> None:
    assert place(answer, expecting=True).old_province == old_province


@pytest.mark.parametrize("answer", ["đồng ý", "dong y", "để tôi xem lại đã", "cho tôi hỏi trung tâm bảo hiểm ở đâu", "văn phòng bảo hiểm", "là gì", "An Sinh ơi"])  # fmt: skip
def test_what_is_no_answer_names_no_place(answer: str) -> None:
    assert find_places(answer, expecting=True) == []


def test_a_bare_name_without_a_question_is_none() -> None:
    assert find_places("Hương Canh có gì vui") == []


NO_PLACES = """
bảo hiểm y tế hộ gia đình|hộ gia đình có 4 người|Bà nội tôi 72 tuổi chưa có thẻ|tôi ở vùng cao|Lương hưu tính ra sao|già lại không có lương hưu
cần thợ hồ|bên trẻ đóng bao nhiêu|làm đồng cực lắm|cho tôi đóng thấp nhất|bác cần hỏi|lao động tự do|tôi ở địa phương|ở xã tôi có đại lý không
UBND xã cho biết|cán bộ xã tư vấn|người sống ở xã biên giới|ở xã con có không|hợp tác xã nông nghiệp|bảo hiểm xã hội tự nguyện|bảo hiểm xã hội một lần
trợ cấp hưu trí xã hội|nhà ở xã hội|an sinh xã hội|tôi làm ở văn phòng|con tôi ở đại học|tôi ở trung tâm|họ ở trong nước|ở nước ngoài có đóng được không
người Việt Nam định cư ở nước ngoài|đường cao bằng nhau|phương án đóng nào lợi|phương thức đóng|phường tôi có hỗ trợ không|quận nào cũng được
đóng p 20 năm mới đủ|q 1 năm 2026|cơ quan 5 người|tôi 45 tuổi, nam|thứ ba tuần sau|hồ sơ gồm gì|tư vấn giúp tôi|chờ mãi chưa có|thanh toán online
công ty tôi ở khu công nghiệp|nghỉ việc từ tháng ba|sáu tháng nữa|mức bình quân|tiền lương bình quân|lương tâm|trung bình mỗi tháng|thống nhất như vậy
chế độ ốm đau|thai sản khi sinh con|đóng cho đủ|mỗi tháng bao nhiêu|tham gia lại được không|điều kiện hưởng|công bằng cho dân|tiến bộ hơn|yên tâm
tôi đồng ý|cảm ơn nhé|chúc mừng năm mới|ở đâu cũng được|ở nhà nội trợ|ở quê làm ruộng|ở thành phố có khác không|ở tỉnh nào cũng vậy|quê tôi nghèo
xa quá không đi được|xã hội hóa|thị trường lao động|thị xã có đại lý không|thành phố trực thuộc|tỉnh tôi hỗ trợ bao nhiêu|huyện không còn nữa
bao hiem y te ho gia dinh|ba noi toi 72 tuoi chua co the|vung cao|luong huu tinh ra sao|can tho ho cho cong trinh
ben tre ben gia dong bao nhieu|lam dong cuc lam co duoc khong|muc dong thap nhat la bao nhieu|bac can hoi gi khong vay|dia phuong toi co ho tro khong
ubnd xa cho biet|ho o xa bien gioi|bao hiem xa hoi tu nguyen|bao hiem xa hoi mot lan|bao hiem xa hoi an toan khong|tro cap huu tri xa hoi
toi lam o van phong|toi o trung tam|o nuoc ngoai co dong duoc khong|phuong an dong nao loi|phuong tien di lai|phuong thuc dong|co quan 5 nguoi
co quan bao hiem o dau|quan ly quy|quan trong nhat la gi|quan tam den luong huu|thu ba tuan sau|ho so gom gi|tu van giup toi|thanh toan online
tham gia lai duoc khong vay|dong tien hang thang|tien dong hang thang|nam nay dong bao nhieu|nam 2026 dong bao nhieu|tang muc dong|giam muc dong
trung binh moi thang|thong nhat nhu vay|toi dong y|chuc mung nam moi|o dau cung duoc|o nha noi tro|o que lam ruong|o nha nam nay|xa qua khong di duoc
nguoi lam dong may phan|cu bao nhieu tien|dich vu cong|dieu kien luong huu|xu ly nhan vien|tre ngay khai bao|di an gio roi|tai sao lai the|tai nha toi
""".replace("\n", "|").strip("|").split("|")  # fmt: skip


@pytest.mark.parametrize("text", NO_PLACES)
def test_no_place_is_found_in_ordinary_sentences(text: str) -> None:
    assert find_places(text) == []
    assert find_places(f"cho em hỏi là {text} thì làm thế nào cho đúng", expecting=True) == []


def test_a_place_stands_where_it_says() -> None:
    text = "Em ở xã Bình Xuyên, tỉnh Phú Thọ (Vĩnh Phúc cũ) ạ"
    found = place(text)
    assert text[found.start : found.end] == "xã Bình Xuyên, tỉnh Phú Thọ (Vĩnh Phúc cũ"
    assert found.old_province == "vinh_phuc"


PIECES = st.sampled_from(
    ["xã", "huyện", "tỉnh", "Bình Xuyên", "Tân Thành", "Vĩnh Phúc", "Hà Nội", "TP.", "q1", "ở", "cũ", "mới", ",", "(", "xa", "12", "đ", "\u0301"]
)  # fmt: skip
addresses = st.lists(PIECES, max_size=12).map(" ".join)


@given(st.one_of(any_text, addresses), st.booleans(), st.sampled_from([None, "phu_tho", "vinh_phuc", "atlantis"]))
def test_any_text_can_be_searched(text: str, expecting: bool, within: str | None) -> None:
    end = 0
    for found in find_places(text, expecting=expecting, within=within):
        assert end <= found.start < found.end <= len(nfc(text))
        assert len(found.candidates) != 1
        assert found.old_province is None or province_of(found.old_province) == found.province
        end = found.end


@given(addresses)
def test_the_form_of_unicode_does_not_matter(text: str) -> None:
    assert find_places(text) == find_places(unicodedata.normalize("NFD", text))


def test_a_message_is_searched_within_milliseconds() -> None:
    text = "em chao anh chi, nha em thuoc ho can ngheo o xa tan thanh tinh ca mau, em muon hoi ve muc dong bao hiem nam nay"
    find_places(text)
    started = time.perf_counter()
    for _ in range(50):
        find_places(text)
    assert (time.perf_counter() - started) / 50 < 0.01  # 0.5 ms on an idle machine
