"""A brief as blocks, and these as a page and as a Word file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pilot import project
from pilot.assist.brief import Brief
from pilot.assist.succession import BASES, Succession
from pilot.decide.blocks import Listing, Section, Table, Text
from pilot.quality import redact
from pilot.records import Document, Passage
from pilot.templates import rendered

if TYPE_CHECKING:
    from docx.document import Document as WordFile

PAGE, WORD = "tom_tat.html", "tom_tat.docx"
LONGEST = 250
NOTE = (
    "Bản tóm tắt chỉ trích nguyên văn từ văn bản và từ kho, kèm nơi trích; máy không tự viết nội dung pháp luật. Phần "
    "máy tìm (câu hỏi, văn bản trùng tên) cần chuyên gia đọc lại trước khi dùng."
)
NONE = Text("Không tìm thấy nội dung nào.")


def write_pages(brief: Brief, out: Path) -> list[Path]:
    """Write ``tom_tat.html`` and ``tom_tat.docx`` below ``out`` and return their paths."""
    import io

    out.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    word(brief).save(buffer)
    project.write_whole(out / PAGE, page(brief))
    project.write_whole(out / WORD, buffer.getvalue())
    return [out / PAGE, out / WORD]


def sections(brief: Brief) -> list[Section]:
    """Return what the brief says, every statement with where it stands."""
    return [
        Section("Văn bản", [Table(("Mục", "Nội dung"), _facts(brief))]),
        Section("Thay thế, sửa đổi văn bản nào", [_older(brief)]),
        Section("Câu trả lời và điều luật trong kho cần xem lại", [_stale(brief)]),
        Section("Câu hỏi thường gặp mà văn bản này trả lời", [_questions(brief)]),
        Section("Các quy định được hỏi nhiều nhất", [_provisions(brief)]),
        Section("Việc cần chuyên gia làm", [_refresh(brief)]),
    ]


def cited(passage: Passage) -> str:
    """Return where a passage stands, as people cite it."""
    clause = f"khoản {passage.clause} " if passage.clause else ""
    article = f"Điều {passage.article} " if passage.article else ""
    return f"{clause}{article}{passage.document_id or passage.passage_id}"


def _facts(brief: Brief) -> list[tuple[str, str]]:
    document = brief.document
    name = " ".join(part for part in (document.kind, document.document_id) if part)
    days = [f"{day:%d/%m/%Y}" if day else "chưa rõ" for day in (document.issued_on, document.effective_from)]
    fields = "; ".join(
        field.name if field.p == 1 else f"{field.name} ({field.p:.0%})" for field in brief.fields
    )
    audiences = "; ".join(f"{who} ({count} câu hỏi)" for who, count in brief.audiences)
    checked = "đã đối chiếu" if document.checked else "chưa kiểm tra với văn bản gốc"
    return [
        ("Số hiệu", name), ("Tên", document.title or "chưa rõ"), ("Cơ quan ban hành", document.issuer or "chưa rõ"),
        ("Ngày ban hành", days[0]), ("Ngày có hiệu lực", days[1]), ("Lĩnh vực", fields or "chưa rõ"),
        ("Ai hay hỏi", audiences or "chưa có câu hỏi nào khớp"),
        ("Nguồn", f"{document.source or 'chưa rõ'} ({checked})"),
    ]  # fmt: skip


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table | Text:
    return Table(head, rows) if rows else NONE


def _older(brief: Brief) -> Table | Text:
    rows = [(one.document_id, _effect(one, brief.document), _basis(one)) for one in brief.older]
    return _table(("Văn bản cũ", "Tác động", "Căn cứ"), rows)


def _effect(one: Succession, new: Document) -> str:
    day = one.on or new.effective_from
    since = f" từ {day:%d/%m/%Y}" if day else ""
    return f"hết hiệu lực{since}" if one.ends else "sửa đổi, bổ sung hoặc bãi bỏ một phần"


def _basis(one: Succession) -> str:
    return _quoted(one.source) if one.source else BASES[one.basis]


def _stale(brief: Brief) -> Table | Text:
    rows = [
        (one.passage.passage_id, f"{one.passage.title or _short(one.passage.text)} ({cited(one.passage)})",
         "hết căn cứ" if one.succession.ends else "cần đối chiếu", BASES[one.succession.basis])
        for one in brief.stale
    ]  # fmt: skip
    return _table(("Mã", "Nội dung", "Tình trạng", "Căn cứ"), rows)


def _questions(brief: Brief) -> Table | Text:
    rows = [
        (one.question.question_id, redact(one.question.text)[0], _quoted(one.passage))
        for one in brief.matched
    ]
    return _table(("Mã", "Câu hỏi", "Quy định sát nhất (máy tìm, cần đọc lại)"), rows)


def _provisions(brief: Brief) -> Listing | Text:
    items = [
        f"{passage.title}: {_short(passage.text)} ({cited(passage)}; {count} câu hỏi)"
        for passage, count in brief.asked_most
    ]
    return Listing(items) if items else NONE


def _refresh(brief: Brief) -> Table | Text:
    rows = [(one.what, one.item, one.why, one.body or "chuyên gia xác định") for one in brief.refresh]
    return _table(("Loại", "Mã", "Vì sao", "Cơ quan theo lĩnh vực"), rows)


def _quoted(passage: Passage) -> str:
    return f"{_short(passage.text)} ({cited(passage)})"


def _short(text: str) -> str:
    """Return the beginning of a stored text; what is left out is marked."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[:LONGEST].rsplit(" ", 1)[0] + " […]"


def page(brief: Brief) -> str:
    """Return the brief as one HTML page that needs nothing else."""
    template = Path(__file__).parent / "templates" / "tom_tat.html"
    return rendered(template, title=_title(brief), note=NOTE, sections=sections(brief))


def word(brief: Brief) -> "WordFile":
    """Return the brief as a Word document."""
    from pilot.decide.word import new_document, write_sections
    from pilot.decide.word_parts import add_line, add_text

    document = new_document(_title(brief))
    add_line(document.add_paragraph(), _title(brief), 14, bold=True)
    add_text(document, NOTE, italic=True)
    write_sections(document, sections(brief))
    return document


def _title(brief: Brief) -> str:
    document = brief.document
    return f"Tóm tắt văn bản mới: {' '.join(filter(None, (document.kind, document.document_id)))}"
