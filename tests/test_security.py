"""What comes from outside stays data: no formula, script, path or pickle of a stranger is run or followed."""

import csv
import io
import json
import os
import pickle
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, TINY, write_dataset
from label_help import EVIL, Expert, client_of, fill, opened, sign_in

from pilot import Dataset, load_experiment, run, track
from pilot.decide.report import write_report
from pilot.quality.prepare import prepare, write_imported
from pilot.quality.redacted_copy import redact_copy
from pilot.rank.collection import NEEDED, Collection
from pilot.records import InputError
from pilot.sources.formats import read_source

FORMULA = re.compile(r"[=+\-@\t\r]")


class Bomb:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


def test_no_table_of_an_import_begins_a_formula(tmp_path: Path) -> None:
    buffer = io.StringIO()
    text = '=HYPERLINK("http://x","Câu hỏi về đất đai và nhà ở?")'
    rows = [
        ("mã câu hỏi", "câu hỏi", "lĩnh vực"),
        ("=1+1", text, "09"),
        ("@a", text, "20"),
        ("+b", "-2+3", "09"),
    ]
    csv.writer(buffer).writerows(rows)
    (tmp_path / "in.csv").write_text(buffer.getvalue(), encoding="utf-8")
    write_imported(
        prepare(read_source(tmp_path / "in.csv", "table"), private=True), tmp_path / "out", "in.csv"
    )
    tables = list((tmp_path / "out").glob("*.csv"))
    assert tables
    for path in tables:
        cells = [cell for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))) for cell in row]
        assert not [cell for cell in cells if FORMULA.match(cell)], path


def test_no_redacted_copy_of_a_table_begins_a_formula(state: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("=mã,câu hỏi\n=1+1,@SUM(A1)\n+84,'-2 đã yên\n", encoding="utf-8")
    redact_copy(tmp_path / "in.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text(
        encoding="utf-8"
    ) == "'=mã,câu hỏi\n'=1+1,'@SUM(A1)\n'+84,'-2 đã yên\n"


@pytest.mark.system
def test_scripts_of_a_dataset_are_text_in_every_report(state: Path, tmp_path: Path) -> None:
    evil = [{**row, "audience": EVIL, "province": "=1+1\x07\x0b"} for row in TINY["questions"]]
    laws = [{**row, "title": EVIL} for row in TINY["documents"]]
    folder = write_dataset(tmp_path / "xau", {**TINY, "questions": evil, "documents": laws})
    config = load_experiment(ROOT / "experiments" / "rank" / "bm25.yaml")
    write_report([track.find(run(config, Dataset.load(folder)).run_id)], tmp_path / "out")
    for page in (tmp_path / "out").glob("*.html"):
        assert "<script>window" not in page.read_text(encoding="utf-8")
        assert "<img src=x" not in page.read_text(encoding="utf-8")
    parts = zipfile.ZipFile(tmp_path / "out" / "bao_cao.docx")
    content = {name: parts.read(name) for name in parts.namelist()}
    assert b"&lt;script&gt;window" in content["word/document.xml"]
    assert not [
        name for name, part in content.items() if b"<script>" in part or b'TargetMode="External"' in part
    ]
    assert not [name for name in content if "vba" in name.lower() or "ole" in name.lower()]
    fields = re.findall(rb"<w:instrText[^>]*>([^<]*)", b"".join(content.values()))
    assert set(fields) == {b"PAGE"}
    assert b"<w:fldSimple" not in content["word/document.xml"]


@pytest.mark.parametrize("name", ["../../etc/x", "/etc/x", "..", ".hidden", "a/b", "a\\b", "x" * 200])
def test_a_dataset_cannot_name_a_path(tmp_path: Path, name: str) -> None:
    folder = write_dataset(tmp_path / "d", TINY)
    (folder / "README.md").write_text(f"---\nname: '{name}'\n---\n", encoding="utf-8")
    with pytest.raises(InputError, match="as in a file name"):
        Dataset.load(folder)


@pytest.mark.parametrize(
    "path",
    ["/bao-cao/..%2f..%2fetc%2fpasswd", "/bao-cao/%2e%2e%2fsecret", "/bao-cao/.hidden.html", "/bao-cao/bao_cao.txt",
     "/static/..%2f..%2fapp.py", "/static/%2e%2e/app.py", "/bao-cao/x%00.html"],
)  # fmt: skip
def test_the_service_hands_out_nothing_beside_its_folders(tmp_path: Path, path: str) -> None:
    store = opened(tmp_path)
    fill(store, 1)
    (tmp_path / "reports").mkdir()
    (tmp_path / "secret").write_text("geheim")
    (tmp_path / "reports" / ".hidden.html").write_text("geheim")
    (tmp_path / "reports" / "bao_cao.txt").write_text("geheim")
    with client_of(store, tmp_path / "reports") as client:
        sign_in(client, "lanh")
        answer = client.get(path)
        assert answer.status_code in (400, 404)
        assert "geheim" not in answer.text


def test_what_no_database_holds_is_answered(tmp_path: Path) -> None:
    store = opened(tmp_path)
    fill(store, 1)
    with client_of(store, tmp_path) as client:
        expert = Expert(client, "an")
        claim = expert.next()
        assert expert.get(f"/api/claims/{2**31}").status_code == 422
        assert expert.get(f"/viec/{10**30}").status_code == 404
        note = {"save_id": "a" * 8, "kind": "save", "claim_id": claim, "content": {"note": "ă\x00b\ud83d"}}
        headers = {"x-csrf-token": expert.token, "content-type": "application/json"}
        sent = client.post("/api/sync", content=json.dumps({"operations": [note]}), headers=headers)
        assert sent.json()["outcomes"][0]["status"] == "ok"
        assert expert.get(f"/api/claims/{claim}").json()["draft"]["note"] == "ăb?"
        assert client.get("/api/next").headers["allow"] == "POST"
        assert client.delete("/viec", headers={"content-length": "0"}).headers["allow"] == "GET"


def test_pickles_in_an_index_are_refused(tmp_path: Path) -> None:
    passages = Dataset.load(write_dataset(tmp_path / "d", TINY)).passages
    Collection.build(passages, NEEDED).save(tmp_path / "index")
    bomb = np.array([Bomb(tmp_path / "boom")], dtype=object)
    np.save(tmp_path / "index" / "tokens.ids.npy", bomb, allow_pickle=True)
    with pytest.raises(ValueError, match=r"Object arrays cannot be loaded|Array can't be memory-mapped"):
        Collection.load(tmp_path / "index", passages)
    assert not (tmp_path / "boom").exists()


def test_pickles_for_a_linear_model_are_refused(tmp_path: Path) -> None:
    import skops.io

    from pilot.classify.linear import Linear

    (tmp_path / "linear.skops").write_bytes(pickle.dumps(Bomb(tmp_path / "boom")))
    with pytest.raises(zipfile.BadZipFile):
        Linear().restore(tmp_path)
    skops.io.dump({"pipeline": os.path.join, "temperature": 1.0}, tmp_path / "linear.skops")
    with pytest.raises(skops.io.exceptions.UntrustedTypesFoundException):
        Linear().restore(tmp_path)
    assert not (tmp_path / "boom").exists()


def test_pickles_in_a_checkpoint_are_not_run(tmp_path: Path) -> None:
    from transformers import AutoModel, BertConfig

    from pilot.classify.encoder import load

    BertConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, vocab_size=9).save_pretrained(
        tmp_path
    )
    (tmp_path / "pytorch_model.bin").write_bytes(pickle.dumps({"x": Bomb(tmp_path / "boom")}))
    with pytest.raises(Exception):  # noqa: B017, PT011  which one is transformers' business
        load(AutoModel.from_pretrained, str(tmp_path))
    assert not (tmp_path / "boom").exists()


def test_yaml_makes_no_objects(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f"task: !!python/object/apply:os.mkdir ['{tmp_path}/boom']\n", encoding="utf-8")
    with pytest.raises(InputError, match="not valid YAML"):
        load_experiment(path)
    assert not (tmp_path / "boom").exists()
