"""Makes `indexer/data/cross_encoder.safetensors`: the changes that let the model read pairs.

    python -m benchmarks.train_cross_encoder [--write FILE] [--rank N] [--states DIR] [--from N]
    python -m benchmarks.train_cross_encoder --shipped

The bundled model's layers are trained in stages, of which the last are averaged with what was
before them, and what has changed is kept at low rank. First on the questions of CMRC 2018, if they
lie beside the project: one of the two likeliest sentences of the right passage is to be preferred
to sentences of others. Then on `benchmarks/reading_pairs/` (`benchmarks/reading_groups.py` says
how). The files came in the order of their numbers, and the stages follow it; in the last
three English questions come with the Chinese terms of their phrases, as the program gives them.
Every seventh passage is kept aside; what is printed is measured on those. No question and no
document of the sample library, of the seeds or of the reports is used. It takes some four hours on
two cores; with `--states` each stage is kept and `--from` goes on behind one, or where that was not
kept, from the file that is shipped. That one was made stage by stage as the passages were written,
its first two stages by a forerunner of this script with the same steps, its last two without
dropping of attention weights and before the broad questions of 112 passages were there; `--shipped`
measures it on the passages kept aside.
"""

from __future__ import annotations

import argparse
import copy
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from benchmarks.low_rank import State, changes_between, half
from benchmarks.machine import machine, table
from benchmarks.reading_groups import (
    Group,
    Nearest,
    of_absent_subjects,
    of_broad_questions,
    of_cmrc,
    of_other_matters,
    of_passages,
    off_topic,
    passages,
    sentences_of,
    subjects,
)
from benchmarks.sample import say
from indexer.bundled_model import model_folder
from indexer.changed_layers import changed, stored_changes
from indexer.cross_encoder import CHANGES, CrossEncoder, mean_state, second_texts
from indexer.embed import load_encoder
from indexer.glossary import load_glossary
from indexer.records import Vector

TOKENS = 112
QUESTIONS = 6  # a step


@dataclass(frozen=True, slots=True)
class Stage:
    """Goes over these files, `times` times, at a highest rate of `rate`.

    `share` is the share of their questions and swaps, `off_topic` that of the questions of other
    matters; broad questions and those on absent subjects come whole. `terms`: English questions
    come with Chinese terms. `averaged`: the weights are the mean of those before and after it (as
    in Izmailov et al., Averaging Weights Leads to Wider Optima, UAI 2018, of two stages alone),
    which was tried in three stages and told better than either in each.
    """

    first: str
    last: str
    times: int
    rate: float
    off_topic: float = 0
    swaps: bool = False
    terms: bool = False
    averaged: bool = False
    broad: bool = False
    subjects: bool = False
    share: float = 1


STAGES = (
    Stage("01", "08", 1, 5e-5),
    Stage("01", "14", 2, 6e-5),
    Stage("01", "22", 1, 5e-5, off_topic=1),
    Stage("15", "30", 1, 5e-5, off_topic=1, swaps=True),
    Stage("23", "38", 1, 5e-5, off_topic=1, swaps=True, averaged=True),
    Stage("23", "38", 1, 4e-5, off_topic=1, swaps=True, averaged=True, terms=True),
    Stage("39", "46", 1, 5e-5, off_topic=0.5, swaps=True, terms=True, broad=True),
    Stage(
        "37",
        "46",
        1,
        4e-5,
        off_topic=0.25,
        swaps=True,
        averaged=True,
        terms=True,
        broad=True,
        subjects=True,
        share=0.15,
    ),
)
WIDTH = 384
SEED = 0
KIND = "embeddings.token_type_embeddings.weight"


class PairModel(nn.Module):
    """The layers of the bundled model, a mark for the second text, and two layers above."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.base = AutoModel.from_pretrained(folder, add_pooling_layer=False)
        self.base.embeddings.requires_grad_(False)
        self.second = nn.Embedding(2, WIDTH)
        nn.init.zeros_(self.second.weight)
        self.hidden, self.out = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 1)
        self.drop = nn.Dropout(0.1)

    def forward(self, ids: Tensor, mask: Tensor, second: Tensor) -> Tensor:
        """Log-odds of each pair; `second` is 1 where its second text stands."""
        words = self.base.embeddings.word_embeddings(ids) + self.second(second)
        states = self.base(inputs_embeds=words, attention_mask=mask).last_hidden_state.float()
        mean = mean_state(states, mask)
        scores: Tensor = self.out(self.drop(torch.tanh(self.hidden(self.drop(mean)))))
        return scores[:, 0]


class Trainer:
    """The model and its tokenizer, and how they go over groups."""

    def __init__(self) -> None:
        folder = model_folder()
        self.model = PairModel(folder)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)

    def scores(self, questions: Sequence[str], sentences: Sequence[str]) -> Tensor:
        """Log-odds of pairs, in half precision where that is quicker."""
        pairs = self.tokenizer(
            list(questions), list(sentences), truncation=True, max_length=TOKENS, padding=True,
            return_tensors="pt",
        )  # fmt: skip
        ids, mask = pairs["input_ids"], pairs["attention_mask"]
        second = second_texts(ids, mask, self.tokenizer.eos_token_id)
        with torch.autocast("cpu", torch.bfloat16):
            found: Tensor = self.model(ids, mask, second)
        return found.float()

    def log_odds(self, question: str, sentences: Sequence[str]) -> list[float]:
        """For each sentence the log-odds that it answers the question."""
        with torch.inference_mode():
            return self.scores([question] * len(sentences), sentences).tolist()

    def train(self, name: str, steps: list[list[Group]], rate: float) -> None:
        """One pass over steps of groups, the rate rising at first and falling to nothing."""
        own = [p for key, p in self.model.named_parameters() if not key.startswith("base.")]
        base = [p for p in self.model.base.parameters() if p.requires_grad]
        ways = torch.optim.AdamW(
            [{"params": base, "lr": rate}, {"params": own, "lr": 3e-4}], weight_decay=0.01
        )
        warm = max(1, len(steps) // 12)
        pace = torch.optim.lr_scheduler.LambdaLR(
            ways, lambda k: min(1, (k + 1) / warm) * max(0.02, 1 - k / len(steps))
        )
        self.model.train()
        began, running = time.monotonic(), 0.0
        for at, groups in enumerate(steps):
            loss = self._loss(groups)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            ways.step()
            pace.step()
            ways.zero_grad()
            running = loss.item() if not at else 0.97 * running + 0.03 * loss.item()
            if at % 100 == 0:
                say(
                    f"{name}: {at} of {len(steps)}, {running:.3f}, {time.monotonic() - began:.0f} s"
                )

    def _loss(self, groups: Sequence[Group]) -> Tensor:
        """Of certain groups each pair counts by itself; of others, that a right one is first."""
        questions = [group.question for group in groups for _ in group.sentences]
        found = self.scores(questions, [text for group in groups for text in group.sentences])
        parts = found.split([len(group.sentences) for group in groups])
        rough = nn.functional.softplus
        total = torch.zeros(())
        for group, part in zip(groups, parts, strict=True):
            right, wrong = part[: group.right], part[group.right :]
            if group.right:
                total = total + (1 if not group.certain else 0.3) * (
                    torch.logsumexp(part, 0) - torch.logsumexp(right, 0)
                )
            if group.certain:
                total = total + (2 * rough(-right).sum() + rough(wrong).sum()) / len(part)
            else:
                total = total + 0.3 * (rough(wrong).mean() + rough(-right.max()))
        return total / len(groups)


def steps(groups: list[Group]) -> list[list[Group]]:
    """Groups in an order by chance, those of a step about as long as one another."""
    groups = random.sample(groups, len(groups))
    made: list[list[Group]] = []
    for start in range(0, len(groups), 40 * QUESTIONS):
        alike = sorted(
            groups[start : start + 40 * QUESTIONS], key=lambda g: max(map(len, g.sentences))
        )
        made += [alike[at : at + QUESTIONS] for at in range(0, len(alike), QUESTIONS)]
    return random.sample(made, len(made))


def changes(model: PairModel, rank: int) -> dict[str, Tensor]:
    """What training has changed: matrices at low rank, all else as the difference."""
    before = AutoModel.from_pretrained(model_folder(), add_pooling_layer=False).state_dict()
    made = changes_between(before, model.base.state_dict(), rank)
    # Without a second text the model knows only the first kind of token, in both of them.
    made[KIND] = before[KIND][0] + model.second.weight - before[KIND]
    made |= {"hidden": model.hidden.weight, "hidden_bias": model.hidden.bias}
    made |= {"out": model.out.weight[0], "bias": model.out.bias[0]}
    return half(made)


def restore(model: PairModel, kept: State) -> None:
    """Bring an untrained model to where it was when these changes were kept of it."""
    kinds = model.base.state_dict()[KIND]
    model.base = changed(model.base, {name: kept[name] for name in kept if name != KIND})
    with torch.no_grad():
        model.second.weight.copy_(kept[KIND] + kinds - kinds[0])
        model.hidden.weight.copy_(kept["hidden"])
        model.hidden.bias.copy_(kept["hidden_bias"])
        model.out.weight.copy_(kept["out"][None])
        model.out.bias.copy_(kept["bias"])


LogOdds = Callable[[str, Sequence[str]], Sequence[float] | Vector | None]
"""A question and sentences -> for each the log-odds that it answers."""


def judged(log_odds: LogOdds, given: Sequence[dict[str, Any]]) -> str:
    """On passages kept aside: is the first sentence right, are answered questions told apart."""
    glossary, _ = load_glossary()
    rows: list[list[object]] = []
    for language in ("zh", "en"):
        first: list[bool] = []
        best: list[float] = []
        answered: list[bool] = []
        for passage in given:
            texts = sentences_of(passage)
            for asked in passage["questions"]:
                if asked["lang"] != language:
                    continue
                found = np.asarray(log_odds(glossary.with_chinese(asked["q"]), texts))
                best.append(float(found.max()))
                answered.append(bool(asked["answer"]))
                if asked["answer"]:
                    first.append(int(found.argmax()) in asked["answer"])
        area = float(roc_auc_score(answered, best))
        share = float(np.mean(first).round(3))
        rows.append([language, len(first), share, len(best) - len(first), round(area, 3)])
    head = ("language", "answerable", "first sentence right", "near misses", "area under the curve")
    return table(head, rows)


def groups_of(stage: Stage) -> list[Group]:
    """What a stage learns from."""
    given = [each for each in passages(stage.first, stage.last) if not each["aside"]]
    nearest = Nearest(given)
    groups = [
        group
        for _ in range(stage.times)
        for group in of_passages(given, nearest, swaps=stage.swaps)
    ]
    groups = random.sample(groups, int(stage.share * len(groups)))
    if stage.broad:
        groups += of_broad_questions(given)
    if stage.subjects:
        groups += of_absent_subjects(given, nearest, subjects())
    asked = off_topic()
    groups += of_other_matters(random.sample(asked, int(stage.off_topic * len(asked))), nearest)
    if stage.terms:
        glossary, _ = load_glossary()
        groups = [replace(each, question=glossary.with_chinese(each.question)) for each in groups]
    return groups


def mean_of(first: State, second: State) -> dict[str, Tensor]:
    """The mean of two states."""
    return {name: (value + second[name]) / 2 for name, value in first.items()}


def main() -> None:
    """Train, print what comes of it on the passages kept aside, and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", type=Path, help="where the changes go")
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--states", type=Path, help="a folder for the model after each stage")
    parser.add_argument("--from", type=int, default=0, dest="after", help="go on behind this stage")
    parser.add_argument("--shipped", action="store_true", help="only measure the file there is")
    options = parser.parse_args()
    random.seed(SEED + options.after)
    torch.manual_seed(SEED + options.after)
    print(machine() + "\n")
    aside = [each for each in passages() if each["aside"]]
    if options.shipped:
        print("As shipped:\n\n" + judged(load_encoder().answers, aside))
        return
    trainer = Trainer()
    state = options.states / f"{options.after}.pt" if options.states else None
    if options.after and state and state.exists():
        trainer.model.load_state_dict(torch.load(state, weights_only=True))
    elif options.after:
        restore(trainer.model, stored_changes(CHANGES))
    elif general := list(of_cmrc(0.35)):
        trainer.train("CMRC 2018", steps(general), 5e-5)
    for number, stage in enumerate(STAGES, 1):
        if number <= options.after:
            continue
        before = copy.deepcopy(trainer.model.state_dict())
        trainer.train(f"stage {number}", steps(groups_of(stage)), stage.rate)
        if stage.averaged:
            trainer.model.load_state_dict(mean_of(before, trainer.model.state_dict()))
        if options.states:
            torch.save(trainer.model.state_dict(), options.states / f"{number}.pt")
    trainer.model.eval()
    print("As trained:\n\n" + judged(trainer.log_odds, aside) + "\n")
    made = changes(trainer.model, options.rank)
    kept = {name: value.float() for name, value in made.items()}
    layers = AutoModel.from_pretrained(model_folder(), add_pooling_layer=False)
    reader = CrossEncoder(layers, trainer.tokenizer, kept)
    print(f"At rank {options.rank}, as the program reads:\n\n" + judged(reader.log_odds, aside))
    if options.write:
        save_file(made, options.write)


if __name__ == "__main__":
    main()
