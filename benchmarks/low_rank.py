"""What training has changed in the bundled model, made small enough to be kept."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

State = Mapping[str, Tensor]
"""The weights of a model by their names."""


def changes_between(before: State, after: State, rank: int) -> dict[str, Tensor]:
    """Each changed weight as `indexer.changed_layers` reads it: matrices as NAME.up and NAME.down.

    Of a matrix the largest `rank` parts of its singular value decomposition are kept.
    """
    made: dict[str, Tensor] = {}
    for name, weight in after.items():
        change = weight - before[name]
        if not change.any():
            continue
        if change.ndim == 2:
            up, sizes, down = torch.linalg.svd(change, full_matrices=False)
            roots = sizes[:rank].sqrt()
            made[f"{name}.up"] = up[:, :rank] * roots
            made[f"{name}.down"] = roots[:, None] * down[:rank]
        else:
            made[name] = change
    return made


def half(changes: State) -> dict[str, Tensor]:
    """The same in half precision, as it is written."""
    return {name: value.detach().half().contiguous() for name, value in changes.items()}
