"""Whether a sentence holds the kind of thing that a question asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.wanted.kinds import cause_worth, kind_worth

LACKS = [
    ("跟民办学校买学位，买一个要花多少钱", "向6所民办学校购买学位3490个。"),
    ("两辆车总共花了多少钱买的", "县财政今年为送教队配备了2辆专车。"),
    ("How much did the county pay for the buses?", "新购校车12辆，线路67条。"),
    ("大班额占比是多少", "73个大班额全部在县城，2025年秋季有反弹压力。"),
    ("宿舍床位用上了百分之几", "床位使用率指实际住宿学生数与标准床位数之比，每月15日登记。"),
    ("What share of parents was satisfied?", "收回家长问卷3700份。"),
    ("共享活动中心是哪天启用的", "在开发区建设2处共享活动中心，供周边9所学校分时使用。"),
    ("什么时候发放", "由县财政局发放到学生家长账户。"),
    ("When did the school open?", "东洲小学开设24个班，入学1068人。"),
    ("复查要等多久", "对视力异常的学生由班主任提醒复查。"),
    ("How long did the works stop?", "因总承包企业资金链断裂停工。"),
    ("剩下的4个学生分别读几年级", "人数最少的岭背教学点只有4名学生、2名教师。"),
    ("Which grade do they teach?", "只有4名学生、2名教师。"),
    ("意见截止到哪天", "大班额（个），2020年：119，2021年：88。"),
    ("意见截止到哪天", "2.2025年秋季学期，大班额比例控制在5%以内。"),
    ("哪天公布", "2023年新招聘教师2批。"),
    ("几月底前到位", "平均轮候时间由14个月缩短到2个月。"),
    ("Which months are homework-free?", "一周内必须见面。"),
    ("哪个股室负责", "目前入住教师1126人。"),
    ("Which office is in charge?", "完成580间教室的照明改造。"),
    ("家长要跑几趟", "外省学籍反馈要等23天。"),
    ("考核占几分", "增值分值由五成提高。"),
    ("小学和初中各补多少", "小学、初中校际综合差异系数分别为0.41和0.36。"),
    ("给学校的奖补标准", "引导386名学生留在乡镇中心学校。"),
    ("离学校最远的有多少公里", "学生步行上学的占三成。"),
    ("操场面积多大", "改造运动场12个。"),
    ("招聘了多少名教师", "教师招聘工作顺利完成。"),
    ("建校花了多少钱，哪年建成", "开设24个班。"),
    ("明天会下雨吗", "山洪预警时学校可推迟离校。"),
]
HOLDS = [
    ("买一个学位要花多少钱", "按每个学位6000元向民办学校购买。"),
    ("建校花了多少钱，哪年建成", "总投资3.06亿元。"),  # the rest may stand elsewhere
    ("建校花了多少钱，哪年建成", "2023年2月投用。"),
    ("住宿费多少钱", "寄宿生免收住宿费。"),
    ("校车费用家长要花多少", "费用由家长承担30%。"),  # a part of the price tells what it costs
    ("付款最多付多少钱", "主体封顶前付款不超过合同价的60%。"),
    ("大班额占比是多少", "大班额占总班数的十分之一。"),
    ("辍学率降到多少", "辍学学生全部返校，失学儿童动态清零。"),
    ("小学生师比例是多少", "生师比为17.6∶1。"),
    ("大班额比例，2023年：8.2%是几年的百分之几", "大班额比例，2023年：8.2%"),
    ("什么时候发放", "于春节前发放到位。"),
    ("哪年建成", "2023年2月投用。"),
    ("什么时候测", "每学期开学第一周测试。"),
    ("When did the school open?", "9月1日，东洲小学迎来首批学生。"),
    ("多久开一次会", "每季度会商一次。"),
    ("读几年级", "首批开设一至四年级。"),
    ("意见截止到哪天", "请于5月20日前反馈。"),
    ("deadline for the plan", "每学期开学前报送。"),
    ("几月底前到位", "9月底前补齐。"),
    ("哪个股室负责", "（责任股室：基础教育股）"),
    ("家长要跑几趟", "平均跑2趟。"),
    ("How often are drivers trained?", "每学期培训驾驶员。"),
    ("考核占几分", "占10分。"),
    ("哪些科目要考", "考语文和数学。"),
    ("小学和初中各补多少", "小学1000元、初中1250元。"),
    ("操场面积多大", "新建运动场1.2万平方米。"),
    ("还有多少大班额", "大班额已全部消除。"),
    ("明天会下雨吗", "预计明天有雨。"),
]
OTHER = [
    ("普惠园比例为啥比乡下低", "高端民办园集中、配套园回购谈判周期长。"),
    ("为什么教研没开够多少次数", "教师反映晚自习与活动时间冲突。"),
    ("How do schools share teachers?", "学区内教师统一排课。"),
    ("What happens when too many apply?", "一律实行电脑随机派位。"),
    ("When does a bullying case go to the police?", "情节恶劣、涉嫌违法的，报告公安机关。"),
    ("大班额占比是多少，减少了多少个班", "全年减少46个班。"),  # asks for two things
    ("What share is it, and which county did best?", "青禾县做得最好。"),
    ("各县如何化解大班额", "统一划片招生。"),
    ("", ""),
]


@pytest.mark.parametrize(("question", "sentence"), LACKS)
def test_what_lacks_the_kind_asked_for_loses(question: str, sentence: str) -> None:
    assert kind_worth(question, sentence) < -2


@pytest.mark.parametrize(("question", "sentence"), [*HOLDS, *OTHER])
def test_what_holds_it_and_other_questions_are_let_be(question: str, sentence: str) -> None:
    assert kind_worth(question, sentence) == 0


@pytest.mark.parametrize(
    ("question", "sentence", "loses"),
    [
        ("为什么没完成目标", "新校因征地受阻未能开工。", False),
        ("Why did it fail?", "施工图审查太慢，推迟到次年。", False),
        ("为什么没完成目标", "2023年底大班额比例降到15%以内。", True),
        ("Why did it fail?", "公办园在园幼儿占比48.3%。", True),
        ("未完成的原因是什么", "年初目标为60%，实际为58.1%。", True),
        ("各县如何化解大班额", "统一划片招生。", False),
    ],
)
def test_a_sentence_without_a_cause_loses_where_one_is_asked_for(
    question: str, sentence: str, loses: bool
) -> None:
    assert (cause_worth(question, sentence) < 0) == loses


@given(st.sampled_from([question for question, _ in (*LACKS, *HOLDS)]), st.text(max_size=20))
def test_more_words_take_no_kind_away(question: str, more: str) -> None:
    sentence = (
        "2023年3月5日投入5.2万元，占12%，计4分，面积300平方米，距县城8公里，"
        "五年级每周用时两天，教育局明天完成。"
    )
    assert kind_worth(question, sentence + more) == 0
