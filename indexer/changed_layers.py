"""The layers of the bundled model with what training has changed in them.

The changes are kept at low rank (as LoRA has them: Hu et al., ICLR 2022), a few megabytes a file
instead of the whole model: a matrix has its change as NAME.up @ NAME.down, any other weight as the
difference. Word vectors, four fifths of the model, are not changed and shared with the original.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from transformers import BertModel


def stored_changes(file: str) -> dict[str, torch.Tensor]:
    """The changes in a file of `indexer/data`, by the names of the weights they belong to."""
    from safetensors.torch import load

    source = resources.files("indexer").joinpath("data", file).read_bytes()
    return {name: value.float() for name, value in load(source).items()}


def changed(model: BertModel, changes: Mapping[str, torch.Tensor]) -> BertModel:
    """A copy of a model with these changes; names that none of its weights has are passed over."""
    import torch

    words = model.embeddings.word_embeddings.weight
    made = copy.deepcopy(model, {id(words): words})
    made.train(False)
    with torch.no_grad():
        for name, weight in made.named_parameters():
            if f"{name}.up" in changes:
                weight.add_(changes[f"{name}.up"] @ changes[f"{name}.down"])
            elif name in changes:
                weight.add_(changes[name])
    return made
