"""Which of a question's words stand in which sentence, looked for in many passages at once."""

from __future__ import annotations

import numpy as np

from indexer.covered import SentenceTexts, named_share
from indexer.expand import Group
from indexer.library import Library


def test_words_are_found_in_many_passages_as_in_each_sentence(
    light_sample_library: Library,
) -> None:
    ids = list(range(1, 200))
    rows = list(light_sample_library.catalogue.sentence_rows(ids).values())
    # Sentences of which some letters are left out: a word that stands there is none of theirs.
    rows = [row._replace(spans=row.spans + np.array([1, -1], np.int32)) for row in rows]
    groups = (
        Group("大班额", ((("大班额",), 1.0), (("班额",), 0.7))),
        Group("教师交流", ((("教师", "交流"), 1.0),)),
        Group("。", ((("。",), 1.0),)),
    )
    found = SentenceTexts(rows).covered(groups, (2.0, 1.0, 0.5))
    plain = [
        2 * (1 if "大班额" in text else 0.7 * ("班额" in text))
        + ("教师" in text and "交流" in text)
        + 0.5 * ("。" in text)
        for row in rows
        for text in row.texts()
    ]
    assert np.allclose(found, np.array(plain) / 3.5)
    assert 0 < np.count_nonzero(found) < len(found)
    texts = [text for row in rows for text in row.texts()]
    alone = [named_share(groups, (2.0, 1.0, 0.5), text) for text in texts]
    assert np.allclose(found, alone)
    assert not len(SentenceTexts([]).covered(groups, (2.0, 1.0, 0.5)))
