"""Transformer checkpoints from a folder or the hub: loading, cutting long texts into chunks, pooling them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pilot.records import InputError
from pilot.text import segment

if TYPE_CHECKING:
    import torch

Segmentation = Literal["none", "words"]
T = TypeVar("T")


def load(make: Callable[..., T], checkpoint: str, **settings: Any) -> T:
    """Return ``make(checkpoint)``, such as ``AutoModel.from_pretrained`` or a class of sentence-transformers.

    Raises
    ------
    InputError
        If the checkpoint is no folder and not in the local hub cache while the hub is switched off.
    """
    try:
        return make(checkpoint, **settings)
    except (OSError, ValueError) as error:
        raise InputError(
            f"checkpoint {checkpoint!r} cannot be loaded ({str(error).splitlines()[0]}); name a folder with a "
            "transformers model, or set HF_HUB_OFFLINE=0 to fetch it from the hub"
        ) from None


def device() -> str:
    """Return ``cuda`` where an accelerator is at hand, else ``cpu``."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def chunks(
    tokenizer: Any, texts: Sequence[str], length: int, most: int, segmentation: Segmentation
) -> tuple[list[list[int]], list[int]]:
    """Return token ids of every chunk, and which text each belongs to.

    Parameters
    ----------
    tokenizer
        Of the checkpoint.
    texts
        Cut into runs of at most ``length`` tokens, special ones included.
    length
        Tokens per chunk.
    most
        Chunks per text; what lies behind them is not read.
    segmentation
        ``words`` where the checkpoint was trained on joined words (``quyền_lợi``), as PhoBERT was.
    """
    before, after = _frame(tokenizer)
    room = length - len(before) - len(after)
    ids, owners = [], []
    for number, text in enumerate(texts):
        spoken = segment(text) if segmentation == "words" else text
        tokens = tokenizer.encode(spoken, add_special_tokens=False, verbose=False)
        for start in range(0, max(len(tokens), 1), room)[:most]:
            ids.append([*before, *tokens[start : start + room], *after])
            owners.append(number)
    return ids, owners


def _frame(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Return the special tokens a tokenizer puts before and after a text."""
    inner, full = (tokenizer.encode("a", add_special_tokens=special) for special in (False, True))
    start = next(place for place in range(len(full)) if full[place : place + len(inner)] == inner)
    return full[:start], full[start + len(inner) :]


def padded(ids: Sequence[Sequence[int]], pad: int, where: str) -> "dict[str, torch.Tensor]":
    """Return ``input_ids`` and ``attention_mask`` of shape (chunks, longest) on a device."""
    import torch

    longest = max(map(len, ids))
    rows = [list(row) + [pad] * (longest - len(row)) for row in ids]
    mask = [[1] * len(row) + [0] * (longest - len(row)) for row in ids]
    return {"input_ids": torch.tensor(rows, device=where), "attention_mask": torch.tensor(mask, device=where)}


def pooled(rows: "torch.Tensor", owners: Sequence[int], count: int) -> "torch.Tensor":
    """Return the mean of the rows of each text, shape (count, width)."""
    import torch

    index = torch.tensor(owners, device=rows.device)
    sums = torch.zeros(count, rows.shape[1], device=rows.device, dtype=rows.dtype).index_add(0, index, rows)
    return sums / torch.bincount(index, minlength=count).clamp(min=1)[:, None]
