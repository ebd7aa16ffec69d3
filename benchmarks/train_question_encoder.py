"""Makes `indexer/data/question_encoder.safetensors`: the changes that let questions find answers.

    python -m benchmarks.train_question_encoder [--write FILE] [--rank N] [--share X] [--state FILE]
    python -m benchmarks.train_question_encoder --shipped

Of `benchmarks/reading_pairs/` each question that is answered is taught to lie nearer to what
answers it than to any other sentence, and nearer to its own passage than to any other (van den Oord
et al., Representation Learning with Contrastive Predictive Coding, 2018; here all sentences and
passages stand against it, as their vectors never change). English questions come with the Chinese
terms of their phrases, as the program gives them. Between the bundled model's weights and
those so trained the ones that are kept lie `--share` of the way (as in Wortsman et al., Robust
fine-tuning of zero-shot models, CVPR 2022). Every seventh passage is kept aside; what is printed is
measured on those. No question and no document of the sample library, of the seeds or of the reports
is used. `--state` keeps the trained weights, or reads them where they lie already; `--shipped` only
measures the file there is.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from benchmarks.low_rank import changes_between, half
from benchmarks.machine import machine, table
from benchmarks.reading_groups import passages
from benchmarks.sample import say
from indexer.bundled_model import model_folder
from indexer.changed_layers import stored_changes
from indexer.cross_encoder import mean_state
from indexer.embed import load_encoder
from indexer.glossary import load_glossary
from indexer.question_encoder import CHANGES, PROMPT, QuestionEncoder

TIMES = 4
RATE = 8e-5
QUESTIONS = 48  # a step
TEMPERATURE = 0.02
PASSAGE = 0.5
"""What finding the passage counts, where finding the sentence counts 1."""

STAYING = 3.0
"""What it counts that a question stays where it was: cosines are to mean what they meant."""

RANK = 32
SHARE = 0.7
SEED = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its passage, and which of all sentences answer it."""

    text: str
    language: str
    passage: int
    answers: tuple[int, ...]


class Texts:
    """All passages and sentences of the reading pairs with their vectors, and the questions."""

    def __init__(self) -> None:
        given = passages()
        encoder = load_encoder()
        firsts = np.cumsum([0, *(len(each["sentences"]) for each in given)])
        sentences = [text for each in given for text in each["sentences"]]
        self.sentences = torch.from_numpy(encoder.encode_passages(sentences))
        whole = ["\n".join([each["title"], each["heading"], *each["sentences"]]) for each in given]
        self.passages = torch.from_numpy(encoder.encode_passages(whole))
        self.aside = torch.tensor([bool(each["aside"]) for each in given])
        lengths = torch.tensor([len(each["sentences"]) for each in given])
        self.sentences_aside = self.aside.repeat_interleave(lengths)
        glossary, _ = load_glossary()
        self.asked = [
            Asked(
                glossary.with_chinese(row["q"]),
                row["lang"],
                at,
                tuple(int(firsts[at]) + each for each in row["answer"]),
            )
            for at, passage in enumerate(given)
            for row in passage["questions"]
            if row["answer"]
        ]

    def split(self, aside: bool) -> list[Asked]:
        """The questions kept aside, or the others."""
        return [each for each in self.asked if bool(self.aside[each.passage]) == aside]


class Trainer:
    """The layers that learn, and how they do."""

    def __init__(self) -> None:
        folder = model_folder()
        self.model = AutoModel.from_pretrained(folder, add_pooling_layer=False)
        self.model.embeddings.requires_grad_(False)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)

    def vectors(self, questions: Sequence[str]) -> Tensor:
        """Unit vectors, one a row, in half precision where that is quicker."""
        batch = self.tokenizer(
            [PROMPT + each for each in questions], padding=True, truncation=True, max_length=64,
            return_tensors="pt",
        )  # fmt: skip
        with torch.autocast("cpu", torch.bfloat16):
            states = self.model(**batch).last_hidden_state
        return nn.functional.normalize(mean_state(states.float(), batch["attention_mask"]), dim=1)

    def train(self, texts: Texts) -> None:
        """Go over the questions, the rate rising at first and falling to nothing."""
        asked = texts.split(aside=False)
        before = self._before(asked)
        weights = [each for each in self.model.parameters() if each.requires_grad]
        ways = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.01)
        batches = [batch for _ in range(TIMES) for batch in _batches(asked)]
        pace = torch.optim.lr_scheduler.LambdaLR(
            ways,
            lambda k: min(1, 10 * (k + 1) / len(batches)) * max(0.02, 1 - k / len(batches)),
        )
        self.model.train()
        began, running = time.monotonic(), 0.0
        for at, batch in enumerate(batches):
            loss = self._loss(batch, texts, before)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(weights, 1.0)
            ways.step()
            pace.step()
            ways.zero_grad()
            running = loss.item() if not at else 0.97 * running + 0.03 * loss.item()
            if at % 100 == 0:
                say(f"{at} of {len(batches)}, {running:.3f}, {time.monotonic() - began:.0f} s")
        self.model.eval()

    def _before(self, asked: Sequence[Asked]) -> dict[str, Tensor]:
        self.model.eval()
        found: dict[str, Tensor] = {}
        with torch.no_grad():
            for at in range(0, len(asked), QUESTIONS):
                texts = [each.text for each in asked[at : at + QUESTIONS]]
                found |= zip(texts, self.vectors(texts), strict=True)
        return found

    def _loss(self, batch: Sequence[Asked], texts: Texts, before: dict[str, Tensor]) -> Tensor:
        found = self.vectors([each.text for each in batch])
        near = (found @ texts.sentences.T / TEMPERATURE)[:, ~texts.sentences_aside]
        places = torch.cumsum(~texts.sentences_aside, 0) - 1
        right = torch.full_like(near, -torch.inf)
        for row, each in enumerate(batch):
            at = places[list(each.answers)]
            right[row, at] = near[row, at]
        sentence = (torch.logsumexp(near, 1) - torch.logsumexp(right, 1)).mean()
        near = (found @ texts.passages.T / TEMPERATURE)[:, ~texts.aside]
        own = (torch.cumsum(~texts.aside, 0) - 1)[[each.passage for each in batch]]
        passage = nn.functional.cross_entropy(near, own)
        old = torch.stack([before[each.text] for each in batch])
        moved = (1 - (found * old).sum(1)).mean()
        return sentence + PASSAGE * passage + STAYING * moved


def _batches(asked: list[Asked]) -> Iterator[list[Asked]]:
    """Questions in an order by chance, those of a step about as long as one another."""
    drawn = random.sample(asked, len(asked))
    for start in range(0, len(drawn), 20 * QUESTIONS):
        alike = sorted(drawn[start : start + 20 * QUESTIONS], key=lambda e: len(e.text.encode()))
        batches = [alike[at : at + QUESTIONS] for at in range(0, len(alike), QUESTIONS)]
        yield from random.sample(batches, len(batches))


def found_at(encoder: QuestionEncoder, texts: Texts) -> list[list[object]]:
    """Of the questions kept aside: how many have an answer among the first sentences of all."""
    rows: list[list[object]] = []
    for language in ("zh", "en"):
        asked = [each for each in texts.split(aside=True) if each.language == language]
        ranks = []
        for each in asked:
            cosines = texts.sentences @ torch.from_numpy(encoder.vector(each.text))
            ranks.append(int((cosines > cosines[list(each.answers)].max()).sum()))
        shares = [
            float(np.mean([rank < first for rank in ranks]).round(3)) for first in (1, 10, 50)
        ]
        rows.append([language, len(asked), *shares])
    return rows


def main() -> None:
    """Train, print what comes of it on the passages kept aside, and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", type=Path, help="where the changes go")
    parser.add_argument("--rank", type=int, default=RANK)
    parser.add_argument("--share", type=float, default=SHARE)
    parser.add_argument("--state", type=Path, help="the trained weights, kept or read")
    parser.add_argument("--shipped", action="store_true", help="only measure the file there is")
    options = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    print(machine() + "\n")
    texts, trainer = Texts(), Trainer()
    before = {name: weight.clone() for name, weight in trainer.model.state_dict().items()}
    layers = AutoModel.from_pretrained(model_folder(), add_pooling_layer=False)
    head = ("language", "questions", "first", "among 10", "among 50")
    plain = QuestionEncoder(layers, trainer.tokenizer, {})
    print(f"Sentences: {len(texts.sentences)}.\n\n{table(head, found_at(plain, texts))}\n")
    if options.shipped:
        shipped = QuestionEncoder(layers, trainer.tokenizer, stored_changes(CHANGES))
        print(f"As shipped:\n\n{table(head, found_at(shipped, texts))}")
        return
    if options.state and options.state.exists():
        trainer.model.load_state_dict(torch.load(options.state, weights_only=True))
    else:
        trainer.train(texts)
        if options.state:
            torch.save(trainer.model.state_dict(), options.state)
    after = {
        name: before[name] + options.share * (weight - before[name])
        for name, weight in trainer.model.state_dict().items()
        if weight.is_floating_point()
    }
    made = half(changes_between(before, after, options.rank))
    kept = {name: value.float() for name, value in made.items()}
    rows = found_at(QuestionEncoder(layers, trainer.tokenizer, kept), texts)
    print(f"At rank {options.rank}, {options.share} of the way:\n\n{table(head, rows)}")
    if options.write:
        save_file(made, options.write)


if __name__ == "__main__":
    main()
