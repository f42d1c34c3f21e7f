"""Word lists for finding names of persons. Written for this project, in small letters.

Text without accents is held against the same lists without accents (`pilot.quality.name_lexicon`).
"""

STRONG_SURNAMES = "nguyễn trần lê phạm huỳnh hoàng vũ võ đặng bùi đỗ ngô dương trịnh phùng trương đinh"
"""Surnames that are hardly anything else at the head of a run of capitals."""

UNMISTAKABLE_SURNAMES = "nguyễn trần phạm huỳnh hoàng bùi trịnh phùng"
"""Those of them that are hardly anything else even in small letters without accents (``do thi`` is *đô thị* too)."""

CLEAR_SURNAMES = "nguyễn lê huỳnh hoàng bùi đặng trịnh phùng ngô"
"""Those of them that begin a name in small letters with accents if two more syllables of names follow."""

SURNAMES = (
    "alăng bhling blúp chẻo hạng khiếu lăng lèo moong mè lù nay nùng phàn phủng pơ pờ rcom sin tẩn thền "
    "tráng trượng vùi xồng zơ ka cụt cư phan hồ lý đào đoàn vương lâm mai tô tạ hà lương lưu thái châu cao "
    "chu tăng tống quách kiều tôn doãn la lại lục mạc nghiêm ngụy nhâm nông ninh quang sầm sử tào thạch "
    "thân thi thiều tiêu tiết triệu từ uông ung văn vi viên vưu xa âu an ân bạch bành bế biện bình bồ cái "
    "cầm cấn chử cung cù danh diệp diêu đàm đan đàng đậu điền điểu đới đồng đổng đồ đống giang giáp giàng "
    "hàn hầu hoa hình hứa kha khổng khúc khuất khương kim ksor kpă lã lạc lầu lèng lều liễu lò lỗ lộc lữ "
    "lường ma mã mẫn mạch mùa niê ngân nhan nhữ ôn phù phương phượng quàng quan sùng siu sơn rơ rmah thàng "
    "thang thẩm thào thịnh thôi thới tòng trà trang trác trình tưởng ty vàng vừ vòng y êban h'"
)
"""Further surnames; each is also an ordinary word, so it needs a full name or a form of address around it."""

SYLLABLES = (
    "a ái an ân anh ánh ảnh ẩn âu ba bá bắc bạch bách bân băng bằng bảo báu bảy bé bế bền bích biên bình "
    "bính bộ bổng bốn bông cả các cẩm cần cẩn cảnh canh cát cầu chánh châm châu chi chí chiến chiểu chín "
    "chinh chính chung chuyên chương chức công cơ cúc cung cường cương da dân danh dần dật di dịch diễm "
    "điểm diễn diện diệp diệu dinh doanh doãn du dũng dụng dung dư duẩn duật dực dự dưỡng dương duy duyên "
    "duyệt đa đài đại đắc đăng đào đạo đạt đệ đính điền điệp đình định đoan đoàn đoài độ đoán đô đôn đông "
    "đồng đức được gia giác giàu giang giáp giao hà hạ hai hải hàm hân hằng hảo hào hạnh hạo hậu hiền hiển "
    "hiến hiên hiệp hiếu hiệu hinh hiện hoa hòa hoà hóa hoài hoan hoàn hoàng hoạch hoằng hợi hợp học hồi "
    "hội hồ hồng hộ huân huấn huệ hùng hưng hương hường hướng hữu huy huyên huyền huỳnh hưởng ích kết kha "
    "khả khải khai khái khâm khang khanh khánh khê khiêm khiết khiêu khoa khoái khoan khoát khôi khởi khuê "
    "khuyến khuyên khương kiên kiếm kiệm kiến kiệt kiều kim kính kỳ kỷ la lạc lai lài lam lâm lân lan lanh "
    "lành lập lạng lắm lê lệ len lễ liên liêm liễu linh lĩnh lộc lợi long lời loan lữ lụa lực lưu luân luận "
    "luật luyến luyện lượng lương ly lý mai mạnh mão mẫn mận mậu mến mị mi miên minh mơ mộng mùi mười mừng "
    "muội mỹ my mỵ na nam năm nga ngà ngân ngát nghi nghị nghiệp nghiêm nghĩa ngoan ngoãn ngọc ngời ngữ "
    "ngưng nguyên nguyện nguyệt nhạn nhã nhàn nhân nhâm nhật nhất nhi nhị nhiên nhiệm nhơn nhu như nhuận "
    "nhung nhượng nhựt nhường ninh niệm nở nữ nương oanh ốc pháp phát phấn phán phi phiên phong phổ phú "
    "phúc phước phụng phùng phương phượng quân quan quang quế quí quốc quy quý quỳ quyên quyền quyết quỳnh "
    "rạng rõ sa sách san sang sáng sáu sành sắc sen sinh sim sĩ sỹ son sơn soạn song sương sửu tá tài tâm "
    "tấn tân tần tạo tặng tây tánh tám tằm thạc thạch thái thân thăng thắng thắm thanh thành thảnh thạnh "
    "thao thảo thập thất thật thế thể thêu thi thị thích thiên thiện thiết thiệu thiều thìn thịnh thiệp "
    "thoa thọ thoại thoan thoát thơ thời thơm thông thống thu thư thụ thứ thuận thuần thuật thục thúc thung "
    "thúy thuý thùy thuỳ thủy thuỷ thụy thuyên thuyết thuyền thương thường thượng thưởng tỉnh tích tiên "
    "tiến tiền tiếp tiệp tín tình tính tịnh toán toàn toại toản tố tòng tới tôn tổng trác trai trang tráng "
    "trâm trân trạch trấn trí tri trìu triết triều triển trinh trình trị triệu trọng trung trúc trụ trực "
    "trường trưởng trước tú tư tứ từ tự tuân tuấn tuất tuệ tùng tước tươi tường tưởng tuyên tuyến tuyền "
    "tuyển tuyết tý tỵ uyên uyển út ước vân văn vạn vang vấn vàng vi vĩ viên viện việt viết vinh vĩnh vịnh "
    "vọng vũ vui vương vượng vượt vỹ vy ý xuân xuyên xuyến xuất xinh yên yến tèo tí cu hên hớn ngạn nhẫn "
    "nhẹ đậu đượm đảm gấm hoè hòe khẩn lãm lạp liệu ngãi nguyễn trần phạm đỗ bùi nhuần nhiễu phỉ rin rớt "
    "rồi sậu thấm thẩm thậm thẹo thỏa thuộc tửu"
)
"""Syllables of middle and given names."""

LOWER_GIVEN = (
    "tuấn hùng huyền nga ngọc nhung oanh quyên thủy thúy trang vân yến linh hiếu khánh loan phượng quỳnh "
    "trinh tuyết vinh cường giang hà hải hoàng huy kiên lâm tùng dũng lan hạnh thảo phương quang thắng toàn "
    "trung hưng vy uyên nhi trâm diễm ngân kiều"
)
"""Given names that are read as names after a form of address even in small letters (with accents only)."""

ADDRESSES = (
    "anh chị ông bà cô chú bác dì cậu mợ thím dượng em cháu con bé thầy cụ bạn o mệ chàng nàng vợ chồng tên "
    "lão thằng nhỏ nội ngoại trai gái dâu rể bố mẹ ba má cha mạ shipper"
)
"""Forms of address and kin; a capital after them may begin a name."""

UNCLEAR_ADDRESSES = "mo di ban o me ma cu lao noi ten trai gai con"
"""Those of them that are everyday words when typed without accents."""

NAMING_ADDRESSES = "anh chị ông bà cô chú bác dì cậu mợ thím cháu bé thầy cụ tên"
"""Those of them after which a capital is a name even if no list has it."""

ROLES = (
    "luật sư|bác sĩ|thẩm phán|công dân|giám đốc|bị đơn|nguyên đơn|bị cáo|bị can|bị hại|đương sự|nhân chứng|"
    "làm chứng|chủ hộ|đồng chí|đ/c|bên a|bên b|bên bán|bên mua|bên vay|người vay|người bán|người mua|"
    "người nhận|đại diện|kinh doanh|công an viên|cán bộ|kế toán|chủ nhà|chủ trọ|chủ xe|chủ đất|"
    "công chứng viên|kiểm sát viên|thư ký|chấp hành viên|điều tra viên|người yêu cầu|làm đơn|khiếu nại|"
    "tố cáo|bị kiện|khởi kiện|liên quan|chủ tịch|phó chủ tịch|trưởng phòng|trưởng thôn|hiệu trưởng|"
    "giáo viên|khách hàng|nhân viên|sinh viên|học sinh|thành viên|đảng viên|hội viên|đoàn viên|"
    "người lao động|bệnh nhân|nạn nhân|hộ|người thuê|bên thuê|cho thuê|con trai|con gái|thí sinh|tài xế|"
    "lái xe|chủ tài khoản|thửa đất của|của|và|với|là|gửi|mang tên|đứng tên"
)
"""What else stands right before a name: parties, offices, and the little words that join them."""

FORM_FIELDS = "họ và tên|họ tên|họ và tên khai sinh"
"""Fields of forms; what follows their colon is a name, whatever it is made of."""

STATEMENTS = (
    "tôi tên|em tên|con tên|cháu tên|mình tên|tui tên|e tên|tôi tên là|em tên là|tên tôi là|tên em là|"
    "tên con là"
)
"""What a name follows in the same way without a colon."""

NO_NAMES = "gì ai nào sai trên trong khác không của bị và đã là theo để cho chưa có như ở với"
"""Words that no name holds."""

INTRODUCTIONS = (
    f"{FORM_FIELDS}|{STATEMENTS}|tên là|tên|tôi là|em là|mình là|tui là|e là|mk là|mik là|tau là|con là|cháu là|tớ là|"
    "ký tên|người làm đơn|người viết đơn|người khai|kính đơn|trân trọng|cảm ơn|chủ tài khoản|chủ tk|mang tên|đứng tên"
)
"""What announces a name."""

ORDINALS = "hai ba tư năm sáu bảy tám chín mười út cả"
"""Kin called by number: ``chị Hai`` names nobody."""

OFFICES = (
    "chủ giám bí phó trưởng công cảnh thẩm luật bác kiểm chánh viện đại hiệu thủ bộ tổng cán ủy hội tổ "
    "trung giáo kế đội thanh tòa sở ban cục chi phòng việt ubnd hđnd tand csgt vksnd thcs thpt"
)
"""First syllables of offices and bodies, which are capitalised after a form of address (``anh Công an``)."""

COMPOUNDS = (
    "thẩm phán|cảnh sát|chi nhánh|danh mục|cơ quan|phạm vi|phạm nhân|phạm tội|phạm luật|phạm pháp|từ bình|"
    "doanh nghiệp|nội thủy|chỉ huy|chỉ tiêu|tài chính|tổng giám|phó tổng|đoàn giám|đoàn nghi|đoàn thanh|"
    "đoàn kiểm|thẩm định|hồ sơ|trang web|nữ giới|nam giới|cháu ngoại|cháu nội|trang thông|chánh văn|"
    "trưởng văn|chấp hành|danh hiệu|trang phục|linh kiện|bộ trưởng|thứ trưởng|tổ trưởng|chủ tịch|giám đốc|"
    "bí thư|chánh án|chủ nhiệm|hội trưởng|đội trưởng|viện trưởng|công ty|công an|công đoàn|công chứng|"
    "công dân|công văn|công nhân|công chức|luật sư|bảo hiểm|bảo vệ|thanh tra|thanh niên|an ninh|hải quan|"
    "trung tâm|trung ương|hòa giải|hạnh kiểm|phương án|bình đẳng|dân sự|quốc hội|thành phố|tài sản|"
    "tài khoản|tài xế|thông tư|hiến pháp|hôn nhân|chính phủ|chính quyền|đại học|đại diện|toàn bộ|viện kiểm|"
    "quyết định|hội đồng|hợp đồng|hợp tác|hiệu trưởng|thu nhập|thi hành|thư ký|tổng đài|văn phòng|văn bản|"
    "pháp luật|quy định|quyền sử|nghị định|nghị quyết|tỉnh ủy|trường học|học sinh|sinh viên|tình trạng|"
    "tố cáo|thuế thu|kế toán|kiến nghị|kỳ thi|hằng năm|hà nội|hà giang|hà tĩnh|hà nam|hải phòng|hải dương|"
    "thảo luận|phương tiện|phương thức|quang trung|giang hồ|hoàng sa|trung quốc|trung bình|thắng kiện|"
    "toàn quyền|dũng cảm|hùng hổ|anh hùng|linh hoạt|lâm nghiệp|lâm đồng|kiên quyết|trang trại|vân vân|"
    "huy động|yến sào|việt kiều|bác hồ|cường độ|cường hào|ngân hàng|ngân sách|nội vụ|nội dung|nội bộ|"
    "nội quy|công bố|tuyên bố|khủng bố|phân bố|bố trí|cụ thể|công cụ|bà con|sử dụng|trình tự|trình độ|"
    "ngoại giao|ngoại vụ|tư pháp"
)
"""Pairs whose first syllable is no given name although it could be one."""

MIDDLE_COMPOUNDS = (
    "văn hóa|văn thư|văn học|văn nghệ|văn kiện|văn bằng|văn minh|thị trường|thị trấn|thị xã|thị chính"
)
"""Pairs that begin like a middle name; after a surname they are one (``Lê Văn Hóa``)."""

PROVINCES = (
    "an giang|bà rịa|bạc liêu|bắc giang|bắc kạn|bắc ninh|bến tre|bình dương|bình định|bình phước|bình thuận|"
    "cà mau|cao bằng|cần thơ|đà nẵng|đắk lắk|đăk lăk|đắk nông|điện biên|đồng nai|đồng tháp|gia lai|hà giang|"
    "hà nam|hà nội|hà tĩnh|hải dương|hải phòng|hậu giang|hòa bình|hồ chí minh|huế|hưng yên|khánh hòa|"
    "kiên giang|kon tum|lai châu|lạng sơn|lào cai|lâm đồng|long an|nam định|nghệ an|ninh bình|ninh thuận|"
    "phú thọ|phú yên|quảng bình|quảng nam|quảng ngãi|quảng ninh|quảng trị|sóc trăng|sơn la|tây ninh|"
    "thái bình|thái nguyên|thanh hóa|tiền giang|trà vinh|tuyên quang|vĩnh long|vĩnh phúc|yên bái|vũng tàu|"
    "sài gòn|biên hòa|thủ đức|thủ dầu một|nha trang|cam ranh|đà lạt|bảo lộc|buôn ma thuột|pleiku|quy nhơn|"
    "tuy hòa|phan thiết|phan rang|hội an|tam kỳ|đồng hới|đông hà|hạ long|cẩm phả|việt trì|mỹ tho|cao lãnh|"
    "sa đéc|long xuyên|châu đốc|rạch giá|phú quốc|hà tiên|vị thanh|tân an|bến cát|dĩ an|thuận an|hà đông|"
    "sơn tây|đồng xoài|long khánh"
)
"""Provinces and larger towns."""

PLACES = (
    "đồng việt|châu đại|việt nam|bác hồ|hồ tây|hồ gươm|hồ hoàn kiếm|ninh kiều|thái lan|châu âu|châu á|"
    "châu thành|mai châu|hoàng mai|hoàng sa|ngô quyền|lương sơn|kim bôi|kim bảng|trung quốc|đài loan|"
    "quang trung|bà nà|bà trưng|bà triệu|bà chiểu|bà đen|bà điểm|cô tô|cô giang|cô bắc|ông ích khiêm|"
    "bà huyện thanh quan|anh hùng|hai bà trưng|long biên|hải châu|thanh khê|thanh xuân|bác ái|đinh lễ|"
    "từ liêm|từ sơn|văn giang|văn lâm|la gi|la phù|thạch thất|thạch hà|đông anh|vũ thư|triệu sơn|"
    "triệu phong|lê chân|trần phú|đan phượng|hoàng gia|kim loại|quang minh|đức hòa|liên chiểu"
)
"""Further places that look like names."""

FAMOUS = (
    "hồ chí minh|nguyễn trãi|nguyễn du|nguyễn huệ|nguyễn ái quốc|nguyễn tất thành|trần hưng đạo|"
    "trần quốc tuấn|trần phú|trần quốc toản|lê lợi|lê lai|lê hoàn|lê duẩn|lê thánh tông|lê thái tổ|"
    "lê hồng phong|lý thái tổ|lý thường kiệt|lý công uẩn|lý bôn|lý nam đế|ngô quyền|đinh bộ lĩnh|"
    "đinh tiên hoàng|võ nguyên giáp|võ thị sáu|võ văn kiệt|phạm văn đồng|phạm hùng|phạm ngũ lão|"
    "phan bội châu|phan châu trinh|phan chu trinh|phan đình phùng|phan đình giót|hoàng diệu|hoàng hoa thám|"
    "hoàng văn thụ|nguyễn văn cừ|nguyễn văn trỗi|nguyễn văn linh|nguyễn thị minh khai|nguyễn bỉnh khiêm|"
    "nguyễn đình chiểu|nguyễn thái học|nguyễn tri phương|nguyễn trường tộ|nguyễn hữu cảnh|nguyễn công trứ|"
    "nguyễn khuyến|hồ xuân hương|hồ quý ly|bùi thị xuân|tôn đức thắng|trường chinh|chu văn an|"
    "lương thế vinh|lê quý đôn|trần nhân tông|trần thủ độ|mạc đĩnh chi|mạc đăng dung|trịnh công sơn|nam cao|"
    "tô hoài|ngô tất tố|vũ trọng phụng|tôn thất thuyết|cao bá quát|kim đồng|lê văn tám|phan đăng lưu|"
    "đặng thùy trâm|ngô thì nhậm|bế văn đàn|tô vĩnh diện|phan huy ích|phan huy chú|nguyễn văn bé|"
    "hoàng quốc việt|nguyễn chí thanh|huỳnh thúc kháng|nguyễn ánh|gia long"
)
"""Historical persons."""

NOT_BEFORE_NAME = (
    "đường phố quận phường xã huyện tỉnh tp trường viện chợ cầu đảo hồ núi sông viên ngõ ngách hẻm kiệt "
    "phần tnhh ty dntn hiệu hãng quán tiệm sạn tượng đài giải thưởng thpt thcs chùa đền lăng ga bến khu "
    "hàng vực trấn thị học nghiệp đoàn án thành lộ thôn ấp xóm bản buôn làng tổ p q h tx tt mtv vựa xưởng "
    "hội luật tòa toà nhà đội đất rừng vịnh vườn"
)
"""Words before a run of capitals that make it a street, a place, a school, a company."""

UNCLEAR_BEFORE = "thi cho to an doi nha hoi ga hang lang lo den tuong ben phan p q h"
"""Those of them that say nothing when typed without accents (``cho`` is *chợ* and *cho*)."""

HIGH_OFFICES = (
    "chủ tịch nước|chủ tịch quốc hội|thủ tướng|phó thủ tướng|tổng bí thư|bộ trưởng|thứ trưởng|"
    "chánh án tòa án nhân dân tối cao|vua|chúa|đại tướng|thượng tướng|tổng thống|liệt sĩ|anh hùng|nhà thơ|"
    "nhà văn|nhạc sĩ|danh nhân|bác sĩ yersin|chủ tịch hồ"
)
"""Public figures: what follows is no secret."""
