"""Make the pictures of HUONG_DAN.md anew in ``docs/anh``: ``.venv/bin/python docs/screenshots.py`` (needs chromium)."""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
OUT = ROOT / "docs" / "anh"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def small(path: Path) -> None:
    """Reduce a picture to 64 colours and 960 pixels of width, so that all stay below a megabyte."""
    from PIL import Image

    with Image.open(path) as picture:
        size = (960, round(picture.height * 960 / picture.width))
        reduced = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS).quantize(64)
    reduced.save(path, optimize=True)


def prepared(folder: Path) -> str:
    """Fill a labelling database with questions of the sample; return its address."""
    from label_help import fill, opened
    from sqlalchemy import delete

    from pilot import Dataset
    from pilot.label.importing import import_tasks
    from pilot.label.tables import tasks

    store = opened(folder)
    fill(store, 1)
    with store.writing() as connection:
        connection.execute(delete(tasks))
    import_tasks(store, Dataset.load(ROOT / "data" / "sample").thinned(4, 60), now=0.0)
    store.close()
    return f"sqlite:///{folder / 'label.db'}"


def main() -> None:
    """Start the service and a browser, and take the pictures."""
    from browser import Browser
    from label_help import PASSWORD
    from label_server import Server

    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server, browser = Server(prepared(folder), folder), Browser(folder / "profile")
        server.start()
        try:
            tab = browser.tab()
            tab.size(1280, 800)
            tab.go(f"{server.address}/dang-nhap")
            tab.type("an")
            tab.press("Tab")
            tab.type(PASSWORD)
            tab.press("Enter")
            tab.until("location.pathname === '/viec' && document.readyState === 'complete'")
            tab.until("document.activeElement.matches('button.big')")
            tab.press("Enter")
            tab.until("/viec.\\d/.test(location.pathname) && document.readyState === 'complete'")
            tab.picture(OUT / "cham_nhan.png")
            tab.go(f"{server.address}/tien-do")
            tab.picture(OUT / "tien_do.png")
            tab.go((ROOT / "reports" / "example" / "bao_cao.html").as_uri())
            tab.picture(OUT / "bao_cao.png")
        finally:
            browser.close()
            server.kill()
    for path in OUT.glob("*.png"):
        small(path)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")  # noqa: T201


if __name__ == "__main__":
    main()
