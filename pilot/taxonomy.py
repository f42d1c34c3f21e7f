"""The 45 official topics of the Bộ pháp điển, their citizen-facing groups, competent bodies and crosswalk.

Everything comes from ``data/taxonomy.yaml``; facts about bodies carry ``source`` and ``checked``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pilot import project
from pilot.records import InputError
from pilot.text import normalise

OUT_OF_SCOPE = "ngoai_pham_vi"
NOT_LEGAL = "khong_phai_phap_luat"
ABSTENTION = "can_chuyen_gia"
"""The special label that asks for an expert: scored as abstention, never a class (DESIGN section 3)."""
SPECIAL = (OUT_OF_SCOPE, NOT_LEGAL, ABSTENTION)


@dataclass(frozen=True, slots=True)
class Body:
    """An authority that answers questions; ``local`` is its provincial counterpart, if any."""

    name: str
    local: str | None
    source: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """One official topic: two-digit code, name, code of its group, competent body, and its one of the 27 fields."""

    code: str
    name: str
    group: str
    body: Body
    field: str


@dataclass(frozen=True)
class Taxonomy:
    """The whole scheme.

    Parameters
    ----------
    version
        Of topics, roll-up and crosswalk together.
    topics
        Code -> topic, ``01`` to ``45``.
    groups
        Group code -> name shown to citizens.
    special
        Special label -> name shown to people.
    crosswalk
        Label of the 27-field set of ``vilegalnli`` -> topic codes it covers, the closest first.
    headings
        Name of a heading (đề mục) of the codification -> its topic and its one of the 27 fields.
    audiences
        Audience -> the body that serves it whatever the field.
    costs
        ``right``, ``same_group``, ``elsewhere``, ``hand_over`` -> days lost by such a decision.
    """

    version: str
    topics: Mapping[str, Topic]
    groups: Mapping[str, str]
    special: Mapping[str, str]
    crosswalk: Mapping[str, tuple[str, ...]]
    headings: Mapping[str, tuple[str, str]]
    audiences: Mapping[str, Body]
    costs: Mapping[str, float]

    def name(self, label: str) -> str:
        """Return what people read for a label: the topic's or special label's name; foreign labels as they are."""
        if label in self.topics:
            return self.topics[label].name
        return self.special.get(label, label)

    def group(self, label: str) -> str:
        """Return the group a label rolls up to; special and foreign labels stay themselves."""
        return self.topics[label].group if label in self.topics else label


@cache
def taxonomy() -> Taxonomy:
    """Read ``data/taxonomy.yaml`` of the project.

    Raises
    ------
    InputError
        If the file is missing or a row names an unknown group, body, topic or field; all faults at once.
    """
    path, raw = project.read_yaml("data", "taxonomy.yaml")
    bodies = {
        code: Body(row["name"], row.get("local"), row["source"], row["checked"])
        for code, row in raw["bodies"].items()
    }
    faults = [
        f"{path}: topic {code} names the unknown {what} {row[what]!r}; expected one of {', '.join(known)}"
        for code, row in raw["topics"].items()
        for what, known in (("group", raw["groups"]), ("body", bodies), ("field", raw["crosswalk"]))
        if row[what] not in known
    ]
    faults += [
        f"{path}: crosswalk of {label!r} names the unknown topic {code!r}"
        for label, codes in raw["crosswalk"].items()
        for code in codes
        if code not in raw["topics"]
    ]
    faults += [
        f"{path}: heading {name!r} of {topic!r} names the unknown topic or field {field!r}"
        for topic, names in raw["headings"].items()
        for name, field in names.items()
        if topic not in raw["topics"] or field not in (None, *raw["crosswalk"])
    ]
    faults += [
        f"{path}: audience {audience!r} names the unknown body {body!r}"
        for audience, body in raw["audiences"].items()
        if body not in bodies
    ]
    if faults:
        raise InputError(*faults)
    topics = {
        code: Topic(code, row["name"], row["group"], bodies[row["body"]], row["field"])
        for code, row in raw["topics"].items()
    }
    crosswalk = {label: tuple(codes) for label, codes in raw["crosswalk"].items()}
    headings = {
        name: (topic, field or raw["topics"][topic]["field"])
        for topic, names in raw["headings"].items()
        for name, field in names.items()
    }
    audiences = {audience: bodies[body] for audience, body in raw["audiences"].items()}
    return Taxonomy(
        raw["version"], topics, raw["groups"], raw["special"], crosswalk, headings, audiences, raw["costs"]
    )


def label_key(label: str) -> str:
    """Return what two spellings of one label share: letters and digits alone, without regard to case."""
    return re.sub(r"[\W_]+", "", normalise(label).casefold())
