"""How surnames are read where a dictionary of single characters may go wrong (ux.md N1).

Tone-less, ü as v. A surname that is not here is read as the dictionary reads its characters.
"""

from __future__ import annotations

from typing import Final

_SINGLE: Final = (
    "单shan 仇qiu 解xie 曾zeng 区ou 查zha 翟zhai 缪miao 覃qin 盖ge 朴piao 任ren 华hua 尉wei "
    "黑he 秘bi 冼xian 折she 郇xun 郗xi 员yun 贠yun 乐yue 召shao 逄pang 么yao 幺yao 重chong "
    "种chong 祭zhai 句gou 繁po 过guo 隗wei 晟cheng 哈ha 宓mi 燕yan 应ying 车che 阚kan 訾zi "
    "佘she 厍she 那na 能nai 乜nie 牟mu 莘shen 谌chen 褚chu 沈shen 俞yu 尹yin 卜bu 适kuo 阿a "
    "柏bai 薄bo 贲ben 晁chao 揣chuai 啜chuai 炅gui 纪ji 缴jiao 隽juan 佴nai 郄qie 曲qu 瞿qu "
    "阙que 撒sa 宿su 眭sui 澹tan 洗xian 相xiang 胥xu 臧zang 占zhan 长zhang 中zhong 石shi "
    "冯feng 叶ye 贾jia 谷gu 费fei 宁ning 南nan 强qiang 万wan 盛sheng 观guan 藏zang 糜mi 葛ge "
    "都du 郝hao 肖xiao 粘nian 仉zhang 呙guo 妫gui"
)
_COMPOUND: Final = (
    "欧阳ou'yang 司马si'ma 尉迟yu'chi 万俟mo'qi 长孙zhang'sun 单于chan'yu 澹台tan'tai "
    "令狐ling'hu 皇甫huang'fu 慕容mu'rong 诸葛zhu'ge 司徒si'tu 司空si'kong 司寇si'kou "
    "上官shang'guan 夏侯xia'hou 宇文yu'wen 东方dong'fang 公孙gong'sun 呼延hu'yan "
    "轩辕xuan'yuan 闾丘lv'qiu 鲜于xian'yu 宰父zai'fu 谷梁gu'liang 拓跋tuo'ba 夹谷jia'gu "
    "乐正yue'zheng 漆雕qi'diao 壤驷rang'si 公良gong'liang 百里bai'li 东郭dong'guo "
    "南门nan'men 羊舌yang'she 微生wei'sheng 梁丘liang'qiu 左丘zuo'qiu 西门xi'men "
    "南宫nan'gong 第五di'wu 独孤du'gu 端木duan'mu 濮阳pu'yang 淳于chun'yu 申屠shen'tu "
    "太叔tai'shu 仲孙zhong'sun 钟离zhong'li 闻人wen'ren 赫连he'lian 公冶gong'ye "
    "宗政zong'zheng 公羊gong'yang 完颜wan'yan 耶律ye'lv 纳兰na'lan 贺兰he'lan 哥舒ge'shu "
    "亓官qi'guan 颛孙zhuan'sun 巫马wu'ma 公西gong'xi 褚师chu'shi"
)

SURNAMES: Final[dict[str, str]] = {entry[0]: entry[1:] for entry in _SINGLE.split()}
"""Reading of a surname of one character."""

COMPOUND_SURNAMES: Final[dict[str, tuple[str, str]]] = {
    entry[:2]: (entry[2:].split("'")[0], entry.split("'")[1]) for entry in _COMPOUND.split()
}
"""Readings of both characters of a compound surname."""


def surname_readings(name: str) -> tuple[str, ...]:
    """The readings that are certain for the first one or two characters of a person's name."""
    compound = COMPOUND_SURNAMES.get(name[:2])
    if compound:
        return compound
    single = SURNAMES.get(name[:1])
    return (single,) if single else ()
