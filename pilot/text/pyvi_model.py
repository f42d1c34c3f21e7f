"""What pyvi knows, read from its files without running any of its code."""

import hashlib
import importlib.util
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FILES = ("ViTokenizer.py", "models/pyvi3.pkl", "models/words.txt")
FINGERPRINT = "b36b3db79ceeffb6"

_CHUNK_HEADER = struct.Struct("<4sII")  # name, size, number of records
_FEATURE = struct.Struct("<IIId")  # type (0 state, 1 transition), source, label, weight
_STRINGS = struct.Struct(
    "<4sIIIII"
)  # name, size, flag, byte order, number of strings, offset of their offsets
_STRING = struct.Struct("<II")  # id, length with the closing NUL
_HEADER = struct.Struct("<4sI4s9I")


class PyviModel(NamedTuple):
    """The parameters of pyvi's segmenter.

    Attributes
    ----------
    weights
        Attribute such as ``word.lower():luật`` -> (weight of ``B_W``, weight of ``I_W``), natural logarithms.
    transitions
        (label before, label) -> weight; labels are ``B_W`` (begins a word) and ``I_W`` (inside one).
    pairs, triples
        Words of two and three syllables in pyvi's dictionary.
    """

    weights: dict[str, tuple[float, float]]
    transitions: dict[tuple[str, str], float]
    pairs: list[tuple[str, str]]
    triples: list[tuple[str, str, str]]


def folder() -> Path:
    """Return the folder pyvi is installed in, without importing it.

    Raises
    ------
    ModuleNotFoundError
        If pyvi is not installed.
    """
    spec = importlib.util.find_spec("pyvi")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pyvi is not installed; run: make setup", name="pyvi")
    return Path(spec.submodule_search_locations[0])


def fingerprint(pyvi: Path) -> str:
    """Return the hash of all that decides pyvi's output: its rules, weights and dictionary."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((pyvi / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def load(pyvi: Path) -> PyviModel:
    """Return pyvi's parameters.

    The weights lie as a CRFsuite file inside a pickle. The pickle is searched for that string, never
    executed.
    """
    import pickletools

    pickled = (pyvi / "models/pyvi3.pkl").read_bytes()
    strings = (value for _, value, _ in pickletools.genops(pickled) if isinstance(value, str))
    crf = next(value for value in strings if value.startswith("lCRF")).encode("latin-1")
    weights, transitions = _parse_crf(crf)
    entries = [tuple(line.split(" ")) for line in (pyvi / "models/words.txt").read_text("utf-8").split("\n")]
    return PyviModel(
        weights,
        transitions,
        [(entry[0], entry[1]) for entry in entries if len(entry) == 2],
        [(entry[0], entry[1], entry[2]) for entry in entries if len(entry) == 3],
    )


def _parse_crf(crf: bytes) -> tuple[dict[str, tuple[float, float]], dict[tuple[str, str], float]]:
    """Return state weights (``B_W``, ``I_W``) by attribute and transition weights, as the exact doubles."""
    features_at, labels_at, attributes_at = _HEADER.unpack_from(crf)[7:10]
    labels = dict(_strings(crf, labels_at))
    attributes = dict(_strings(crf, attributes_at))
    if sorted(labels.values()) != ["B_W", "I_W"]:
        raise ValueError(f"pyvi's model has labels {sorted(labels.values())}, expected B_W and I_W")
    _, _, count = _CHUNK_HEADER.unpack_from(crf, features_at)
    first = features_at + _CHUNK_HEADER.size
    weights = dict.fromkeys(attributes.values(), (0.0, 0.0))
    transitions = {}
    for kind, source, label, weight in _FEATURE.iter_unpack(crf[first : first + count * _FEATURE.size]):
        if kind:
            transitions[labels[source], labels[label]] = weight
        else:
            begin, inside = weights[attributes[source]]
            weights[attributes[source]] = (weight, inside) if labels[label] == "B_W" else (begin, weight)
    return weights, transitions


def _strings(crf: bytes, start: int) -> Iterator[tuple[int, str]]:
    """Yield (id, string) of the string table that starts at byte ``start``."""
    *_, count, offsets = _STRINGS.unpack_from(crf, start)
    for offset in struct.unpack_from(f"<{count}I", crf, start + offsets):
        number, length = _STRING.unpack_from(crf, start + offset)
        text = start + offset + _STRING.size
        yield number, crf[text : text + length - 1].decode("utf-8")
