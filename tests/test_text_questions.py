"""Questions as people type them: unaccented, half accented, with keys left over, in chat's shorthand, shouted."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilot.text import normalise
from pilot.text.habits import STEPS, prepare_question

MENDING = [step for step in STEPS if step not in ("abbreviations", "everyday")]
# As typed | as meant, case aside; invented for this test.
QUESTIONS = """
toi muon hoi thu tuc dang ky ket hon o dau | tôi muốn hỏi thủ tục đăng ký kết hôn ở đâu
chong toi danh toi thi toi phai lam gi | chồng tôi đánh tôi thì tôi phải làm gì
cho em hoi lam lai can cuoc cong dan o dau | cho em hỏi làm lại căn cước công dân ở đâu
bi mat giay phep lai xe thi phai lam sao | bị mất giấy phép lái xe thì phải làm sao
thoi han giai quyet khieu nai la bao nhieu ngay | thời hạn giải quyết khiếu nại là bao nhiêu ngày
nguoi lao dong co quyen don phuong cham dut hop dong khong | người lao động có quyền đơn phương chấm dứt hợp đồng không
dat khong co so do co duoc boi thuong khong | đất không có sổ đỏ có được bồi thường không
con ngoai gia thu co duoc thua ke khong | con ngoài giá thú có được thừa kế không
di xe may khong doi mu bao hiem bi phat bao nhieu | đi xe máy không đội mũ bảo hiểm bị phạt bao nhiêu
vuot den do phat bao nhieu tien | vượt đèn đỏ phạt bao nhiêu tiền
toi muon ly hon nhung chong khong dong y | tôi muốn ly hôn nhưng chồng không đồng ý
hang xom xay nha lan sang dat nha toi | hàng xóm xây nhà lấn sang đất nhà tôi
lam giay khai sinh cho con can giay to gi | làm giấy khai sinh cho con cần giấy tờ gì
nghi viec bao lau thi duoc huong bao hiem that nghiep | nghỉ việc bao lâu thì được hưởng bảo hiểm thất nghiệp
thue thu nhap ca nhan tinh nhu the nao | thuế thu nhập cá nhân tính như thế nào
cho vay lai nang co bi di tu khong | cho vay lãi nặng có bị đi tù không
nghia vu quan su bao nhieu tuoi | nghĩa vụ quân sự bao nhiêu tuổi
ho ngheo duoc ho tro gi | hộ nghèo được hỗ trợ gì
ddaats ddai cuar tooi bij laans chieesm | đất đai của tôi bị lấn chiếm
tooi muoons lamf giaays khai sinh | tôi muốn làm giấy khai sinh
hopwj ddoongf lao ddoongj heets hanj | hợp đồng lao động hết hạn
ly hoon thif ai nuooi con | ly hôn thì ai nuôi con
d9u7o7c5 nghi3 ma6y1 nga2y | được nghỉ mấy ngày
ko dc cap so do thi lam j | không được cấp sổ đỏ thì làm gì
cty e ko dong bhxh cho nv | công ty em không đóng bhxh cho nv
mk muốn ly hôn nhưng ck k chịu ký đơn | mình muốn ly hôn nhưng chồng không chịu ký đơn
e bị mất cccd h làm lại ở đâu z ạ | em bị mất cccd h làm lại ở đâu vậy ạ
vk e sinh con đc nghỉ bn tháng | vợ em sinh con được nghỉ bao nhiêu tháng
mn cho e hỏi thủ tục đăng ký khai sinh ntn ạ | mọi người cho em hỏi thủ tục đăng ký khai sinh như thế nào ạ
hđ lao động hết hạn mà cty k ký tiếp | hợp đồng lao động hết hạn mà công ty không ký tiếp
TÔI MUỐN HỎI VỀ THỦ TỤC SANG TÊN SỔ ĐỎ | tôi muốn hỏi về thủ tục sang tên sổ đỏ
CHO HOI THU TUC DANG KY KET HON VOI NGUOI NUOC NGOAI | cho hỏi thủ tục đăng ký kết hôn với người nước ngoài
MẤT GPLX THÌ LÀM LẠI Ở SỞ GTVT HAY UBND HUYỆN | mất gplx thì làm lại ở sở gtvt hay ubnd huyện
Tôi bị công ty cho nghỉ viêc không báo trươc | tôi bị công ty cho nghỉ việc không báo trước
thủ tuc xin cap giay phep xây dựng nhà ở | thủ tục xin cấp giấy phép xây dựng nhà ở
hoà giải ở cơ sở do ai thực hiện, uỷ ban hay tổ hoà giải | hòa giải ở cơ sở do ai thực hiện, ủy ban hay tổ hòa giải
cứu emmmm với, bị giữ xe rồiiii!!!! | cứu em với, bị giữ xe rồi!
phạt nồng độ cồn bao nhiêu vậy mọi người 😭😭 | phạt nồng độ cồn bao nhiêu vậy mọi người
em cảm ơn ạ :)) xem https://vd.vn/abc giúp em | em cảm ơn ạ xem giúp em
theo nghi dinh 168/2024/nd-cp vuot den do phat bao nhieu | theo nghị định 168/2024/nd-cp vượt đèn đỏ phạt bao nhiêu
khoan 2 dieu 5 luat dat dai quy dinh gi | khoản 2 điều 5 luật đất đai quy định gì
diem k khoan 1 dieu 6 phat may trieu | điểm k khoản 1 điều 6 phạt mấy triệu
toi muon thanh lap cong ty tnhh 1 thanh vien | tôi muốn thành lập công ty tnhh 1 thành viên
co quan nao cap giay chung nhan quyen su dung dat | cơ quan nào cấp giấy chứng nhận quyền sử dụng đất
bao lau thi xoa an tich | bao lâu thì xóa án tích
tai san rieng cua vo chong la gi | tài sản riêng của vợ chồng là gì
thu tuc nhap khau cho vo | thủ tục nhập khẩu cho vợ
mua nha giay tay co lam so do duoc khong | mua nhà giấy tay có làm sổ đỏ được không
me toi 80 tuoi co duoc tien nguoi cao tuoi khong | mẹ tôi 80 tuổi có được tiền người cao tuổi không
"""
WORDS = (
    "Tôi bị mất ko dc UBND cccd BLLĐ 😀 :)) ddaats d9a6t1 hoà thuỷ ở ý đ Ở Ý Đ e k điểm khoản 5 168/2024/NĐ-CP a@b.vn "
    "https://a.vn khônggg ??? !!! , ( ) THỦ TỤC GPLX toi muon hoi xoong VIII j z x3 <3"
)
TEXT = st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join) | st.text(
    st.sampled_from("aăâeêioôơuưyđáàạấềữợsfrxjwdkzt ẠĐ123 .,!?()/-@😀:\u0301\u0300\n"), max_size=40
)


@pytest.mark.parametrize(("typed", "meant"), [row.split(" | ") for row in QUESTIONS.strip().split("\n")])
def test_question_is_mended(typed: str, meant: str) -> None:
    assert prepare_question(typed, MENDING)[0].lower() == meant


@pytest.mark.parametrize("step", STEPS)
@settings(max_examples=60, deadline=None)
@given(text=TEXT)
def test_step_is_done_once_and_takes_nfd_as_nfc(step: str, text: str) -> None:
    text = normalise(text)
    done = STEPS[step](text)
    assert STEPS[step](done) == done
    assert unicodedata.is_normalized("NFC", done)
    assert STEPS[step](normalise(unicodedata.normalize("NFD", text))) == done


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1\n😀1", "1\n1"),  # no blank is left at the edge of a line
        ("z\u0301 ạ", "z\u0301 ạ"),  # z with an acute accent is not the z of chat
        ("oẠ\u0300", "ọA\u0300"),  # two tones on one letter
    ],
)
def test_what_hypothesis_found(typed: str, kept: str) -> None:
    assert prepare_question(typed, MENDING)[0] == unicodedata.normalize("NFC", kept)
