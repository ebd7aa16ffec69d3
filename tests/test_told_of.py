"""Of which place a sentence of a city's or province's document tells."""

from __future__ import annotations

import pytest

from indexer.records import Description
from indexer.told_of import told_of

PROVINCE = Description("", province="岱原省")
COUNTIES = [Description("", "岱原省", place=name) for name in ("白榆县", "砚池县", "临沔县")]
BELOW = frozenset(str(each.place) for each in COUNTIES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("从表中可以看出，白榆县大班额比例逐年下降，五年累计下降11.0个百分点；", "白榆县"),
        ("岱原省白榆县新建学校3所。", "白榆县"),
        ("白榆县、砚池县各新建学校2所。", None),
        ("全省大班额比例降至6.8%，其中白榆县为5.4%。", None),
        ("岱原省推广白榆县的做法。", None),
        ("各县学习白榆县的经验。", None),
        ("青禾县新建学校2所。", None),
        ("新建学校2所。", None),
        ("", None),
    ],
)
def test_a_sentence_tells_of_the_one_place_that_it_names(text: str, expected: str | None) -> None:
    assert told_of(text, PROVINCE, BELOW) == expected
