"""An encoder that starts from nothing: for machines without downloaded weights, and as a floor for those with."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pilot.classify.features import WORD

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
VOCABULARY = 8000
"""Syllables kept, the commonest first; Vietnamese has about as many."""


def untrained(
    texts: Sequence[str], labels: int, length: int, layers: int = 4, width: int = 256
) -> tuple[Any, Any]:
    """Return a tokenizer of the texts' syllables and a BERT classifier with random weights.

    Parameters
    ----------
    texts
        Training texts, lower-cased for the vocabulary.
    labels
        Number of classes.
    length
        Longest chunk in tokens.
    layers, width
        Transformer layers and hidden size; one head per 64 of width.
    """
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    counts = Counter(word for text in texts for word in WORD.findall(text.lower()))
    known = sorted(counts, key=lambda word: (-counts[word], word))[:VOCABULARY]
    numbers = {word: number for number, word in enumerate([*SPECIAL, *known])}
    tokenizer = Tokenizer(models.WordLevel(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )
    sizes: dict[str, Any] = {
        "hidden_size": width,
        "num_hidden_layers": layers,
        "intermediate_size": 2 * width,
    }
    config = BertConfig(
        vocab_size=len(numbers),
        num_attention_heads=max(1, width // 64),
        max_position_embeddings=length,
        **sizes,
    )
    config.num_labels = labels
    return fast, BertForSequenceClassification(config)
