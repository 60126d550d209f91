"""Whether texts are compared by words or by characters follows from the letters that they are
written in."""

import unicodedata

import pytest

from quality.evaluation import unit_of

CHINESE, JAPANESE, KOREAN = "今天天气很好", "明日は雨です", "나는 학교에 간다"


@pytest.mark.parametrize(
    ("texts", "unit"),
    [
        ([CHINESE], "character"),
        ([JAPANESE], "character"),
        (["カタカナ"], "character"),
        (["ｶﾀｶﾅ"], "character"),
        (["𠮷野家"], "character"),
        (["กินข้าว"], "character"),
        (["ສະບາຍດີ"], "character"),
        (["សួស្តី"], "character"),
        (["မင်္ဂလာပါ"], "character"),
        ([KOREAN], "word"),
        ([unicodedata.normalize("NFD", KOREAN)], "word"),
        (["a red car"], "word"),
        (["हिन्दी में"], "word"),
        (["žluťoučký kůň"], "word"),
        (["用 iPhone 拍照"], "word"),  # three letters of nine
        (["我昨天在商店买了新的 iPhone"], "character"),  # ten of sixteen
        (["abc", "今天天"], "word"),  # just as many
        (["abc", "今天天气"], "character"),
        (["2026 😀 ...", ""], "word"),
        ([], "word"),
    ],
)
def test_most_letters_decide(texts: list[str], unit: str) -> None:
    assert unit_of(texts) == unit
    assert unit_of(text for text in texts) == unit
