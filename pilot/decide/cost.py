"""What a thousand questions cost, from a sheet of assumptions that people edit and confirm."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pilot import project
from pilot.evaluate import Estimate
from pilot.records import InputError

WHERE = Path("experiments") / "cost.yaml"
KEYS = (
    "cau_hoi_moi_ngay",
    "don_gia_gio_chuyen_gia",
    "phut_tra_loi_thu_cong",
    "phut_kiem_tra_ket_qua_may",
    "phut_tra_loi_khi_chuyen_chuyen_gia",
    "chi_phi_may_chu_moi_thang",
    "gio_gan_nhan",
    "thang_su_dung",
)


@dataclass(frozen=True)
class Item:
    """One assumption: its value, unit, what it means, and whether somebody confirmed it."""

    key: str
    name: str
    value: float
    unit: str
    confirmed: bool


@dataclass(frozen=True)
class Costs:
    """Đồng for a thousand questions; ``low`` and ``high`` from the interval of the share handled."""

    by_hand: float
    machine: float
    checking: float
    handed_over: float
    labelling: float
    low: float
    high: float

    @property
    def total(self) -> float:
        """Return the cost with the machine."""
        return self.machine + self.checking + self.handed_over + self.labelling


def load_sheet(path: Path | None = None) -> dict[str, Item]:
    """Read ``experiments/cost.yaml``.

    Raises
    ------
    InputError
        If it is missing, or an entry is missing or faulty; all faults at once.
    """
    path, raw = project.read_yaml(str(path or WHERE))
    rows = raw if isinstance(raw, dict) else {}
    faults = [f"{path}: no entry {key!r}" for key in KEYS if key not in rows]
    faults += [
        f"{path}: unknown entry {key!r}; expected {', '.join(KEYS)}" for key in rows if key not in KEYS
    ]
    faults += [f"{path}: {key}: {fault}" for key in KEYS if key in rows for fault in _faults(rows[key])]
    if faults:
        raise InputError(*faults)
    return {
        key: Item(key, row["ten"], float(row["gia_tri"]), row["don_vi"], row["da_xac_nhan"])
        for key, row in rows.items()
    }


def _faults(row: Any) -> list[str]:
    if not isinstance(row, Mapping) or set(row) != {"ten", "gia_tri", "don_vi", "da_xac_nhan"}:
        return ["expected ten, gia_tri, don_vi, da_xac_nhan"]
    if isinstance(row["gia_tri"], bool) or not isinstance(row["gia_tri"], int | float) or row["gia_tri"] < 0:
        return [f"gia_tri is {row['gia_tri']!r}; expected a number from 0"]
    return [] if isinstance(row["da_xac_nhan"], bool) else ["da_xac_nhan must be true or false"]


def costs(sheet: Mapping[str, Item], handled: Estimate) -> Costs:
    """Return the cost of a thousand questions of which the machine handles the share ``handled``."""
    value = {key: item.value for key, item in sheet.items()}
    minute = value["don_gia_gio_chuyen_gia"] / 60
    asked = value["cau_hoi_moi_ngay"] * 30
    machine = 1000 * value["chi_phi_may_chu_moi_thang"] / asked if asked else 0.0
    life = asked * value["thang_su_dung"]
    labelling = 1000 * value["gio_gan_nhan"] * value["don_gia_gio_chuyen_gia"] / life if life else 0.0

    def checking(share: float) -> float:
        return 1000 * share * value["phut_kiem_tra_ket_qua_may"] * minute

    def handed(share: float) -> float:
        return 1000 * (1 - share) * value["phut_tra_loi_khi_chuyen_chuyen_gia"] * minute

    fixed = machine + labelling
    ends = sorted(fixed + checking(share) + handed(share) for share in (handled.low, handled.high))
    by_hand = 1000 * value["phut_tra_loi_thu_cong"] * minute
    parts = (machine, checking(handled.value), handed(handled.value), labelling)
    return Costs(by_hand, *parts, *ends)


def per_question(sheet: Mapping[str, Item], form: str, share: Estimate) -> Estimate:
    """Return đồng for one answered question in a pilot form, with what the interval of its share leaves open.

    Parameters
    ----------
    sheet
        The assumptions.
    form
        A key of `FORMS`.
    share
        Of questions that need no second step, measured.
    """
    first, second, learns = FORMS[form]
    value = {key: item.value for key, item in sheet.items()}
    found = costs(sheet, share)
    fixed = (found.machine + (found.labelling if learns else 0.0)) / 1000

    def cost(done: float) -> float:
        return fixed + (value[first] + (1 - done) * value[second]) * value["don_gia_gio_chuyen_gia"] / 60

    return Estimate(cost(share.value), cost(share.high), cost(share.low), share.n)


FORMS = {
    "keyword": ("phut_kiem_tra_ket_qua_may", "phut_tra_loi_khi_chuyen_chuyen_gia", False),
    "ranked": ("phut_kiem_tra_ket_qua_may", "phut_tra_loi_khi_chuyen_chuyen_gia", True),
    "routed": ("phut_tra_loi_khi_chuyen_chuyen_gia", "phut_kiem_tra_ket_qua_may", True),
}
"""Pilot form -> minutes every question takes, minutes more where the first step failed, whether it needs labels."""
