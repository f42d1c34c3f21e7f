"""Boosted trees as arrays: what LightGBM has grown, read without it (its import alone takes longer than an answer)."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np


class Trees(NamedTuple):
    """Nodes of all trees, one after the other; a node without a split points at itself.

    Attributes
    ----------
    roots
        Number of the first node of each tree.
    depth
        Splits on the longest way, shape ().
    feature, threshold
        A value of this feature up to the threshold goes left.
    left, right
        Numbers of the next nodes.
    value
        What a node adds to the score; 0 where it splits.
    """

    roots: np.ndarray
    depth: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray

    @classmethod
    def of(cls, boosters: Sequence[Any]) -> "Trees":
        """Return the trees of LightGBM boosters over numbers without gaps."""
        nodes: list[list[float]] = []
        trees = [info for booster in boosters for info in booster.dump_model()["tree_info"]]
        roots = [_grown(info["tree_structure"], nodes) for info in trees]
        feature, threshold, left, right, value, depth = np.array(nodes).T
        feature, left, right = (column.astype(np.intp) for column in (feature, left, right))
        return cls(np.array(roots), depth.max().astype(int), feature, threshold, left, right, value)

    def predict(self, evidence: np.ndarray) -> np.ndarray:
        """Return the sum over all trees for each row of ``evidence``, shape (rows, features)."""
        starts = np.arange(0, evidence.size, evidence.shape[1])[:, None]
        node = np.broadcast_to(self.roots, (len(evidence), len(self.roots)))
        for _ in range(int(self.depth)):
            seen = evidence.take(starts + self.feature.take(node))
            node = np.where(seen <= self.threshold.take(node), self.left.take(node), self.right.take(node))
        return self.value.take(node).sum(axis=1)


def _grown(tree: Mapping[str, Any], nodes: list[list[float]], depth: int = 0) -> int:
    """Append a tree to ``nodes`` (feature, threshold, left, right, value, depth) and return its number there."""
    number = len(nodes)
    nodes.append([0, 0.0, number, number, tree.get("leaf_value", 0.0), depth])
    if "split_feature" in tree:
        left, right = (_grown(tree[side], nodes, depth + 1) for side in ("left_child", "right_child"))
        nodes[number] = [tree["split_feature"], tree["threshold"], left, right, 0.0, depth]
    return number
