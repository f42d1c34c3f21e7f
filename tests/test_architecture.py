"""The house stays as DESIGN draws it: imports go one way, MLflow has one door, importing is light."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

ORDER = [
    "progress", "text", "records", "project", "templates", "checkout", "parallel", "taxonomy", "sources", "evaluate",
    "quality", "classify", "rank", "config", "track", "experiment", "decide", "assist", "ports", "label", "doctor",
    "bench", "cli",
]  # fmt: skip
FILES = sorted((ROOT / "pilot").rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(ROOT / "pilot").parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Every module a file imports, at any depth, as dotted names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_upwards(path: Path) -> None:
    if path.parent.name == "pilot" and path.name == "__init__.py":
        return
    here = ORDER.index(room(path))
    rooms = {name.split(".")[1] for name in imported(path) if name.startswith("pilot.")}
    below = {other for other in rooms if other in ORDER and ORDER.index(other) > here}
    assert not below, f"{path} imports from {below}, which come later in the house"


def test_every_room_is_in_the_order() -> None:
    assert {room(path) for path in FILES} - {"__init__"} <= set(ORDER)


def test_mlflow_has_one_door() -> None:
    users = {str(p.relative_to(ROOT)) for p in FILES if any(n.split(".")[0] == "mlflow" for n in imported(p))}
    assert {str(Path(user).parent) for user in users - {"pilot/assist/model.py"}} <= {"pilot/track"}


@pytest.mark.parametrize("module", ["pilot", "pilot.text", "pilot.cli", "pilot.config", "pilot.experiment"])
def test_import_is_light(module: str) -> None:
    heavy = (
        "torch",
        "transformers",
        "mlflow",
        "sklearn",
        "datasets",
        "sentence_transformers",
        "pyvi",
        "lightgbm",
    )
    code = f"import sys, {module}; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []


def test_no_module_shadows_a_public_function() -> None:
    reserved = {
        "normalise",
        "segment",
        "segment_many",
        "restore_accents",
        "redact",
        "run",
        "compare",
        "load_experiment",
    }
    assert not reserved & {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_documented_parameters_exist(path: Path) -> None:
    """Docstrings rot when unchecked: each name under Parameters is an argument, or a field of the class."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or "Parameters\n" not in (
            ast.get_docstring(node) or ""
        ):
            continue
        section = (ast.get_docstring(node) or "").split("Parameters\n")[1].split("\n\n")
        named = {
            name.strip(" *")
            for line in re.split(r"\n[A-Z]\w+\n-+\n", "\n\n".join(section))[0].splitlines()[1:]
            if line and not line.startswith(" ")
            for name in line.split(":")[0].split(",")
        }
        inside = [child for child in ast.walk(node) if isinstance(child, ast.arguments)]
        known = {a.arg for args in inside for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
        known |= {
            child.target.id
            for child in ast.walk(node)
            if isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name)
        }
        assert named <= known, f"{path}: {node.name} documents {named - known}, which it does not have"


def lines_of_code(path: Path) -> int:
    """Lines that are neither blank nor comment nor docstring."""
    source = path.read_text(encoding="utf-8")
    said = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    numbered = enumerate(map(str.strip, source.splitlines()), 1)
    return sum(bool(text) and not text.startswith("#") and number not in said for number, text in numbered)


def test_no_room_is_larger_than_contributing_gives_reasons_for() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    ceilings = {
        name: int(most.replace(",", ""))
        for name, most in re.findall(r"^\| ([a-z ]+) \| ([\d,]+) \|", guide, re.M)
    }
    sizes: dict[str, int] = {}
    for path in FILES:
        name = room(path) if path.parent.name != "pilot" else "top level"
        sizes[name] = sizes.get(name, 0) + lines_of_code(path)
    assert sizes.keys() == ceilings.keys()
    assert not {name: (size, ceilings[name]) for name, size in sizes.items() if size > ceilings[name]}
