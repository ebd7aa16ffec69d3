"""Whether a sentence tells the name that a question asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.wanted.names import name_worth, names_one

NO_NAME = [
    ("哪三家企业被清退", "2022年清退不符合要求的实习企业3家。"),
    ("那家停工的施工企业叫什么名字", "新城实验学校因总承包企业资金链断裂停工。"),
    ("被约谈的是哪个教育集团", "办法实施首年，1个集团因成员校学业水平下滑被约谈。"),
    ("不合格的是哪两所学校", "36所抽查学校中评为优秀11所、不合格2所。"),
    ("不合格的是哪两所学校", "抽查36所，其中小学20所、九年一贯制学校2所。"),
    ("不合格的是哪两所学校", "在103所中小学自查。"),
    ("被约谈的是哪个教育集团", "二是教育集团扩至8个，出台集团捆绑考核办法。"),
    ("哪所寄宿制学校被评为优秀", "全县乡镇寄宿制学校都已通过验收。"),
    ("Which three companies were struck off?", "清退不符合要求的实习企业3家。"),
    ("What was the name of the contractor?", "因总承包企业资金链断裂停工。"),
    ("Which project got the lowest grade?", "评价为“中”的项目核减下年度预算15%。"),
    ("Which of the twelve projects was rated only fair?", "评价为“中”的项目核减预算15%。"),
    ("Which school came last?", "有2所学校被通报。"),
    ("哪所学校垫底", "得分连续两年居末位。"),  # speaks of no school
    ("换上来接着盖的是哪家公司", "县政府成立停工项目处置专班，更换施工单位。"),
    ("统一配送中标的是哪家公司", "全部由县级食材配送中心统一配送。"),  # an office is no company
    ("被约谈的是哪个教育集团", "《枫浦县教育集团捆绑考核办法（试行）》出台。"),
    ("Which three building projects were held up?", "全年有3个建设项目因资金不足延期。"),
    ("Which two schools failed?", "5节被其他学科占用，全部发生在毕业年级。"),
    ("哪所学校建了新城实验学校", "新城实验学校2400个学位未能交付。"),  # the name is the question's
]
NAMED = [
    ("哪所学校偷偷改了菜单", "黄沙镇中心小学将鸡蛋换成火腿肠。"),
    ("被山洪影响的是哪所学校", "原定的磨盘乡中心寄宿小学推迟一年。"),
    ("哪所学校垫底", "北桥初级中学得分连续两年居末位。"),
    ("哪所学校被要求整改", "欣达技工学校，结论：限期整改。"),
    ("哪所高中办美术班", "砚池二中开设篆刻、壁画等选修课。"),
    ("哪家公司中标", "中标单位为安盾保安公司，合同期三年。"),
    ("哪个教育集团被约谈", "实验小学教育集团和沿江教育集团被约谈。"),
    ("哪家机构做的评估", "由棠溪教育研究院承担。"),
    ("哪个项目最先开工", "“一号工程”率先开工。"),
    ("Which school changed its menu?", "黄沙镇中心小学将鸡蛋换成火腿肠。"),
    ("Which company won the contract?", "中标单位为安盾保安公司。"),
]


@pytest.mark.parametrize(("question", "sentence"), NO_NAME)
def test_what_only_counts_or_speaks_of_them_names_none(question: str, sentence: str) -> None:
    assert name_worth(question, sentence) < -2


@pytest.mark.parametrize(("question", "sentence"), NAMED)
def test_a_name_is_no_loss(question: str, sentence: str) -> None:
    assert name_worth(question, sentence) == 0


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("各县如何化解大班额", "新建学校3所。"),
        ("哪些学校新建了食堂", "新建学校食堂3个。"),  # a kind of school may be the answer
        ("哪个县大班额最多", "大班额46个。"),
        ("Which schools still lack a counsellor?", "未达到要求的学校还有24所。"),
        ("Which subjects lack teachers at school?", "音乐教师在农村学校几乎是空白。"),
        ("有几所学校不合格", "不合格2所。"),
        ("哪家的食材偷工减料", "康味餐饮食材成本占比仅为58.2%。"),  # a name without its kind
        ("Who decides which school a child goes to?", "由残疾人教育专家委员会提出安置意见。"),
        ("", ""),
    ],
)
def test_other_questions_and_sentences_are_let_be(question: str, sentence: str) -> None:
    assert name_worth(question, sentence) == 0


@given(
    st.sampled_from([question for question, _ in (*NO_NAME, *NAMED)]),
    st.text(alphabet="校学所家企业公司集团项目“”，一二3名 a", max_size=30),
)
def test_any_sentence_gains_nothing_by_a_name(question: str, sentence: str) -> None:
    assert name_worth(question, sentence) <= 0
    assert not names_one("", "school", question)
