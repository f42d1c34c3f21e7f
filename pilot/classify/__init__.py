"""Question classification: which field of law a question belongs to.

Every model is a dataclass whose fields are its settings, with ``fit(train, dev)``, ``predict_proba(texts)``,
``labels_``, ``save(folder)`` and ``restore(folder)``, of which `pilot.classify.fitted` has the common part. A new
model is one module and one line in ``MODELS``.
"""

from pilot.classify.base import Classifier, Examples, examples_from, predictions_frame
from pilot.classify.bayes import Bayes
from pilot.classify.embeddings import Embeddings
from pilot.classify.ensemble import Ensemble
from pilot.classify.keywords import Keywords
from pilot.classify.labels import Translation
from pilot.classify.linear import Linear
from pilot.classify.majority import Majority
from pilot.classify.transformer import Transformer

MODELS: dict[str, type[Classifier]] = {
    "majority": Majority,
    "keywords": Keywords,
    "bayes": Bayes,
    "linear": Linear,
    "ensemble": Ensemble,
    "embeddings": Embeddings,
    "transformer": Transformer,
}

__all__ = ["MODELS", "Classifier", "Examples", "Translation", "examples_from", "predictions_frame"]
