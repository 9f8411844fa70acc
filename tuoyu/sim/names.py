"""姓名与名称：built from word lists; plainly fictitious, well-formed, varied."""

from __future__ import annotations

import random
from functools import cache

from pypinyin import Style, lazy_pinyin

SURNAMES = (
    "林陈黄张吴李王郑苏许庄蔡洪叶谢曾杨郭刘何江方孙余沈卢施颜柯潘丁傅邱吕魏萧赖温汤"
    "纪连尤白梁骆戴蒋范石高唐"
)
_FIRST = "小一知予沐若可安清言星子语嘉以亦景初书云夏芷南北春朝晓山青映听念"
_SECOND = "苗穗禾诺笑秋辰风宁澄朗溪芽果橙柚竹荷岚屿舟帆雨晴霁麦黍稻桐榆棠梨杏鹿雁鲸礁汐月曦晨"
_ELDER_F = "素秀美丽惠玉淑碧金月"
_ELDER_M = "文国建志金水天清明福"
_ELDER_2 = "禾穗田山海潮岭桥舟浦松柏帆渔"
_ADULT_F = "若语静书雅思婉佳怡梦"
_ADULT_M = "子景浩承俊思文志宇泽"
_ADULT_2 = "溪禾岚澜屿舟杉桐柏棠笛笙帆汐曦霖"
_BRAND_TEXT = (
    "青禾 小满 海风 春芽 星贝 木棉 刺桐 禾苗 暖阳 晨露 小榕 竹马 云朵 蓝贝 麦芽 橘灯 山茶 "
    "芒种 稚舟 蒲公英 小灯塔 白鹭 浅湾 乐橙 小木屋 谷雨 荔枝 龙眼树 三角梅 凤凰木 小鲸 海螺 "
    "珊瑚 柚子 小鹿 石榴 向阳 清泉 果核 风铃 雨燕 小河 星芽 月芽 糖果树 小桔 泡泡 小贝壳 "
    "樟树 木槿"
)
_MORE_TEXT = "贝贝 宝宝 娃娃 童年 初心 家园 之家 乐园 天地 小筑 花园 港湾 小院 童话 未来"
_STREET_TEXT = "示例一路 示例二路 示例三路 学园路 滨水路 向阳街 文苑街 榕荫巷 桥头路 湖心街"
_BRANDS = tuple(_BRAND_TEXT.split())
_MORE = tuple(_MORE_TEXT.split())
STREETS = tuple(_STREET_TEXT.split())
_KIND_WORDS = {
    "center": "托育综合服务中心",
    "community": "社区托育点",
    "neighbourhood": "邻里中心托育点",
    "private": "托育园",
    "employer": "职工托育园",
    "hospital": "医院托育园",
    "kindergarten": "幼儿园托班",
    "home": "家庭托育点",
    "park": "产业园托育园",
}


def child_name(rng: random.Random, surname: str) -> str:
    """幼儿姓名。"""
    return surname + rng.choice(_FIRST) + rng.choice(_SECOND)


def adult_name(rng: random.Random, surname: str, female: bool) -> str:
    """成人姓名。"""
    return surname + rng.choice(_ADULT_F if female else _ADULT_M) + rng.choice(_ADULT_2)


def elder_name(rng: random.Random, surname: str, female: bool) -> str:
    """祖辈姓名。"""
    return surname + rng.choice(_ELDER_F if female else _ELDER_M) + rng.choice(_ELDER_2)


def institution_name(rng: random.Random, kind: str, unit: str, taken: set[str]) -> str:
    """机构名称：unique, marked as fictitious."""
    word = _KIND_WORDS[kind]
    for attempt in range(400):
        brand = rng.choice(_BRANDS)
        if attempt >= 20 or rng.random() < 0.2:
            brand += rng.choice(_MORE)
        if attempt >= 200:
            brand += f"第{attempt}"
        name = f"{unit}{brand}{word}（虚构）"
        if name not in taken:
            taken.add(name)
            return name
    raise RuntimeError(f"机构名称不够用：{unit}{word}，请在 names.py 增加词语")


@cache
def _syllable(char: str) -> str:
    return str(lazy_pinyin(char, style=Style.NORMAL)[0])


def search_key(name: str) -> str:
    """拼音检索：initials, then the whole in one piece ("lxh linxiaohe")."""
    parts = [_syllable(c) for c in name if "一" <= c <= "鿿"]
    return f"{''.join(p[0] for p in parts)} {''.join(parts)}"
