"""Texts of languages that put no space between words are voted on character by character."""

from quality.aggregation.texts import Auto, Rover, TextVotes
from tests.quality.aggregation.texts.crowd import votes_of


def test_characters_can_be_voted_on():
    votes = TextVotes.from_texts([0, 0, 0], [0, 1, 2], ["東京都", "東京市", "東都"], unit="character")

    assert Rover(max_iter=0).fit(votes).labels == ("東京都",)


def test_known_texts_are_held_against_methods_in_the_unit_of_the_votes():
    """Each answer is wrong in another one of three characters: an error rate of a third, where
    words would say one."""
    answers, known = [], {}
    for task in range(25):
        answers += [(task, 0, "甲乙雨"), (task, 1, "甲雪丙"), (task, 2, "風乙丙")]
        known[task] = "甲乙丙"

    told = Auto().fit(votes_of(answers, known=known, unit="character"))

    assert told.method == "rover"
    assert told.reason == "on 25 known texts that it is not told, its character error rate is 0.000 instead of 0.333"
