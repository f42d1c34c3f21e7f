"""The benchmark of the labelling service runs and counts every save."""

from pilot.bench.label import saves


def test_a_small_bench_counts_what_it_did() -> None:
    store, service = saves(writers=2, each=3)
    for row in (store, service):
        assert row.figures["saves/s"] > 1
        assert 0 < row.figures["median ms"] <= row.figures["p95 ms"]
