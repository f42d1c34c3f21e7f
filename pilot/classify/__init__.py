"""Question classification: which field of law a question belongs to.

Every model is a dataclass whose fields are its settings, with ``fit(train, dev)``, ``predict_proba(texts)``,
``labels_``, ``save(folder)`` and ``restore(folder)``. A new model is one module and one line in ``MODELS``.
"""

from pilot.classify.base import Classifier, Examples, examples_from, predictions_frame
from pilot.classify.linear import Linear
from pilot.classify.majority import Majority

MODELS: dict[str, type[Classifier]] = {
    "majority": Majority,
    "linear": Linear,
}

__all__ = ["MODELS", "Classifier", "Examples", "examples_from", "predictions_frame"]
