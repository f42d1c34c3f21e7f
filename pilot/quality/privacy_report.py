"""What redaction found, without any value."""

from collections import Counter
from collections.abc import Iterable

from pilot.quality.privacy import Redaction
from pilot.quality.spans import KINDS


def privacy_report(findings: Iterable[Iterable[Redaction]]) -> dict[str, dict[str, int]]:
    """Count findings per kind, without any value.

    Parameters
    ----------
    findings
        What `redact` returned beside each text; empty for a text without personal data.

    Returns
    -------
    dict[str, dict[str, int]]
        Per kind that occurs: ``findings``, and ``texts`` with at least one. Under ``"all"`` the same over all kinds,
        and ``read``, the number of texts.
    """
    counts = {kind: Counter[str]() for kind in (*KINDS, "all")}
    for found in findings:
        kinds = Counter(finding.kind for finding in found)
        counts["all"].update(read=1, texts=int(bool(kinds)), findings=kinds.total())
        for kind, count in kinds.items():
            counts[kind].update(texts=1, findings=count)
    return {kind: dict(count) for kind, count in counts.items() if count}
