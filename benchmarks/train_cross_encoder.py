"""Makes `indexer/data/cross_encoder.safetensors`: the changes that let the model read pairs.

    python -m benchmarks.train_cross_encoder [--write FILE] [--rank N] [--states DIR] [--from N]

The bundled model's layers are trained in stages and what has changed is kept at low rank. First on
the questions of CMRC 2018 (Chinese, general), which lie beside the project and are left out where
they do not: their answers are passages, so one of the two likeliest sentences of the right passage
is to be preferred to sentences of others. Then on `benchmarks/reading_pairs/`: invented passages of
policy documents with questions in both languages, each with the sentences that answer it, near
misses that none answers, and questions of other matters altogether (`off_topic.txt`). The files
came in the order of their numbers, and the stages follow it. Every seventh passage is kept aside;
what is printed is measured on those. No question and no document of the sample library, of the
seeds or of the reports is used. It takes an hour; with `--states` each stage is kept and `--from`
goes on behind one.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from benchmarks.machine import machine, table
from benchmarks.sample import DATA, ROOT, say
from indexer.bundled_model import model_folder
from indexer.embed import load_encoder
from indexer.sentences import split_sentences

PAIRS = ROOT / "benchmarks" / "reading_pairs"
CMRC = DATA / "eval" / "cmrc2018"
KEPT_ASIDE = 7  # every seventh passage
TOKENS = 112
QUESTIONS = 6  # a step
STAGES = (("01", "08", 1, 5e-5), ("01", "14", 2, 6e-5), ("01", "99", 1, 5e-5))
"""The first and last file of a stage, the times it goes over them, the highest rate."""

NEAREST = 20  # sentences of other passages among which a question's wrong ones are drawn
WIDTH = 384
SEED = 0


@dataclass(frozen=True, slots=True)
class Group:
    """A question with sentences, of which those before `right` answer it, or one of them does."""

    question: str
    sentences: tuple[str, ...]
    right: int
    certain: bool


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

    def forward(self, ids: Tensor, mask: Tensor, ends: Tensor) -> Tensor:
        """Log-odds of each pair; `ends` are 1 where a text ends."""
        second = (ends.cumsum(1) - ends >= 1).long() * mask
        words = self.base.embeddings.word_embeddings(ids) + self.second(second)
        states = self.base(inputs_embeds=words, attention_mask=mask).last_hidden_state.float()
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
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
        ids = pairs["input_ids"]
        ends = (ids == self.tokenizer.eos_token_id).long()
        with torch.autocast("cpu", torch.bfloat16):
            found: Tensor = self.model(ids, pairs["attention_mask"], ends)
        return found.float()

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


# Groups ------------------------------------------------------------------------------------------


def passages(first: str = "00", last: str = "99") -> list[dict[str, Any]]:
    """The invented passages with their questions, in the order of the files, each with `aside`."""
    made: list[dict[str, Any]] = []
    for file in sorted(PAIRS.glob("*.jsonl")):
        if first <= file.stem <= last:
            lines = file.read_text(encoding="utf-8").splitlines()
            made += [
                json.loads(line) | {"aside": at % KEPT_ASIDE == KEPT_ASIDE - 1}
                for at, line in enumerate(lines)
            ]
    return made


def off_topic() -> list[str]:
    """Questions that no document of education bureaus answers."""
    return (PAIRS / "off_topic.txt").read_text(encoding="utf-8").splitlines()


class Nearest:
    """The sentences of all passages, to find those nearest to a question."""

    def __init__(self, given: Sequence[dict[str, Any]]) -> None:
        self._encoder = load_encoder()
        self._sentences = [text for passage in given for text in passage["sentences"]]
        self._owners = np.array([at for at, each in enumerate(given) for _ in each["sentences"]])
        self._vectors = self._encoder.encode_passages(self._sentences)

    def of_others(self, question: str, owner: int, count: int) -> list[str]:
        """Some of the nearest sentences of other passages than this one (-1: of all)."""
        cosines = self._vectors @ self._encoder.encode_question(question)
        order = np.argsort(-np.where(self._owners == owner, -1, cosines))[:NEAREST]
        return [self._sentences[at] for at in random.sample(list(order), count)]


def with_heading(heading: str, sentence: str) -> str:
    """A sentence as it is read in the program (`indexer.candidates`)."""
    return f"{heading[:40]}：{sentence}" if heading else sentence


def of_passages(given: Sequence[dict[str, Any]], nearest: Nearest) -> Iterator[Group]:
    """A group a question: what answers it, sentences beside it, one or more of other passages.

    What other passages say nearest to a question may answer it too, so only near misses, whose
    details are rarely told anywhere, are held against such sentences.
    """
    for owner, passage in enumerate(given):
        for asked in passage["questions"]:
            heading = passage["heading"] if random.random() < 0.7 else ""
            sentences = [with_heading(heading, text) for text in passage["sentences"]]
            right = [sentences[at] for at in asked["answer"]]
            beside = [text for at, text in enumerate(sentences) if at not in asked["answer"]]
            wrong = random.sample(beside, min(len(beside), 3))
            if right:
                wrong.append(random.choice(random.choice(given)["sentences"]))
            else:
                wrong += nearest.of_others(asked["q"], owner, 2)
            yield Group(asked["q"], (*right, *wrong), len(right), True)


def of_other_matters(questions: Sequence[str], nearest: Nearest) -> Iterator[Group]:
    """A group a question that is off the subject: some of the sentences nearest to it."""
    for question in questions:
        yield Group(question, tuple(nearest.of_others(question, -1, 5)), 0, True)


def of_cmrc(share: float) -> Iterator[Group]:
    """Groups of CMRC 2018: two likely sentences of the right passage, three of others."""
    if not CMRC.is_dir():
        say("CMRC 2018 does not lie beside the project and is left out")
        return
    encoder = load_encoder()
    texts = {row["_id"]: row["text"] for row in _rows(CMRC / "corpus.jsonl")}
    judged = (CMRC / "qrels/test.tsv").read_text("utf-8").splitlines()[1:]
    right = dict(line.split("\t")[:2] for line in judged)
    sentences: list[str] = []
    owners: list[str] = []
    for name, text in texts.items():
        found = [text[each.start : each.end][:200] for each in split_sentences(text, 0)]
        sentences += [each for each in found if len(each) >= 6]
        owners += [name for each in found if len(each) >= 6]
    own, vectors = np.array(owners), encoder.encode_passages(sentences)
    couples = [_couples(each) for each in sentences]
    rows = _rows(CMRC / "queries.jsonl")
    for row in random.sample(rows, int(share * len(rows))):
        question = row["text"]
        cosines = vectors @ encoder.encode_question(question)
        asked = _couples(question)
        inside = np.flatnonzero(own == right[row["_id"]])
        likely = sorted(
            inside,
            key=lambda at: -5 * cosines[at] - len(asked & couples[at]) / max(1, len(asked)),
        )[:2]
        others = np.argsort(-np.where(own == right[row["_id"]], -1, cosines))[:30]
        wrong = [*others[:2], random.choice(others[3:])]
        yield Group(question, tuple(sentences[at] for at in (*likely, *wrong)), len(likely), False)


def _couples(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _rows(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


# What comes out ----------------------------------------------------------------------------------


def changes(model: PairModel, rank: int) -> dict[str, Tensor]:
    """What training has changed: matrices at low rank, all else as the difference."""
    before = AutoModel.from_pretrained(model_folder(), add_pooling_layer=False).state_dict()
    made: dict[str, Tensor] = {}
    for name, weight in model.base.state_dict().items():
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
    # Without a second text the model knows only the first kind of token, in both of them.
    kind = "embeddings.token_type_embeddings.weight"
    made[kind] = before[kind][0] + model.second.weight - before[kind]
    made |= {"hidden": model.hidden.weight, "hidden_bias": model.hidden.bias}
    made |= {"out": model.out.weight[0], "bias": model.out.bias[0]}
    return {name: value.detach().half().contiguous() for name, value in made.items()}


def apply(model: PairModel, made: dict[str, Tensor]) -> None:
    """Put the changes as they are kept in the place of those that training has made."""
    base = AutoModel.from_pretrained(model_folder(), add_pooling_layer=False).state_dict()
    for name in list(base):
        if f"{name}.up" in made:
            base[name] += made[f"{name}.up"].float() @ made[f"{name}.down"].float()
        elif name in made and "token_type" not in name:
            base[name] += made[name].float()
    model.base.load_state_dict(base)


def judged(trainer: Trainer, given: Sequence[dict[str, Any]]) -> list[list[object]]:
    """On passages kept aside: is the first sentence right, are answered questions told apart."""
    trainer.model.eval()
    rows: list[list[object]] = []
    for language in ("zh", "en"):
        first: list[bool] = []
        best: list[float] = []
        answered: list[bool] = []
        for passage in given:
            texts = [with_heading(passage["heading"], text) for text in passage["sentences"]]
            for asked in passage["questions"]:
                if asked["lang"] != language:
                    continue
                with torch.inference_mode():
                    found = trainer.scores([asked["q"]] * len(texts), texts)
                best.append(float(found.max()))
                answered.append(bool(asked["answer"]))
                if asked["answer"]:
                    first.append(int(found.argmax()) in asked["answer"])
        area = roc_auc_score(answered, best)
        rows.append([language, len(first), np.mean(first).round(3), len(best) - len(first),
                     round(float(area), 3)])  # fmt: skip
    return rows


def main() -> None:
    """Train, print what comes of it on the passages kept aside, and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", type=Path, help="where the changes go")
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--states", type=Path, help="a folder for the model after each stage")
    parser.add_argument("--from", type=int, default=0, dest="after", help="go on behind this stage")
    options = parser.parse_args()
    random.seed(SEED + options.after)
    torch.manual_seed(SEED + options.after)
    print(machine() + "\n")
    trainer = Trainer()
    if options.after:
        state = options.states / f"{options.after}.pt"
        trainer.model.load_state_dict(torch.load(state, weights_only=True))
    elif general := list(of_cmrc(0.35)):
        trainer.train("CMRC 2018", steps(general), 5e-5)
    for stage, (first, last, times, rate) in enumerate(STAGES, 1):
        if stage <= options.after:
            continue
        given = [each for each in passages(first, last) if not each["aside"]]
        nearest = Nearest(given)
        groups = [group for _ in range(times) for group in of_passages(given, nearest)]
        if stage == len(STAGES):
            groups += of_other_matters(off_topic(), nearest)
        trainer.train(f"stage {stage}", steps(groups), rate)
        if options.states:
            torch.save(trainer.model.state_dict(), options.states / f"{stage}.pt")
    aside = [each for each in passages() if each["aside"]]
    head = ("language", "answerable", "first sentence right", "near misses", "area under the curve")
    print("As trained:\n\n" + table(head, judged(trainer, aside)) + "\n")
    made = changes(trainer.model, options.rank)
    apply(trainer.model, made)
    print(f"At rank {options.rank}:\n\n" + table(head, judged(trainer, aside)))
    if options.write:
        save_file(made, options.write)


if __name__ == "__main__":
    main()
