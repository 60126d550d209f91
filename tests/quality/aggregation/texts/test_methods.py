import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.texts import figures
from quality.aggregation.texts import METHODS, Auto, Rover, TextMedoid, TextVotes
from quality.aggregation.texts.network import confusion_network
from quality.aggregation.texts.voting import TEMPTATIONS, USUAL, weights_of
from quality.evaluation.text import plain, word_errors
from quality.evaluation.words import NO_WORD, edit_distances, encode
from tests.quality.aggregation.texts.crowd import error, rows, votes_of
from tests.quality.datasets import votes_file

every = pytest.mark.parametrize("method", METHODS)
few_examples = settings(max_examples=40)
a_text = st.lists(st.sampled_from("abc"), max_size=5).map(" ".join)


def of_one_task(*texts: str, **options: object) -> TextVotes:
    return TextVotes.from_texts([0] * len(texts), range(len(texts)), texts, **options)  # type: ignore[arg-type]


def aligned(*texts: str) -> list[str]:
    """What each text says at each place, `.` for nothing; a line a text."""
    words, vocabulary = encode(text.split() for text in texts)
    every_row, one = np.arange(len(texts)), np.ones(len(texts), dtype=np.int64)
    network = confusion_network(words, every_row, one, 0 * every_row)
    said = network.said(words).reshape(-1, len(texts)).T
    return [" ".join("." if code == NO_WORD else vocabulary[code] for code in line) for line in said.tolist()]


def test_texts_are_aligned_as_by_hand():
    assert aligned("a red car", "a red cat", "red car", "a big red car") == [
        "a . red car",
        "a . red cat",
        ". . red car",
        "a big red car",
    ]


def test_a_word_that_an_earlier_text_put_in_is_met_there():
    assert aligned("the cat", "the big cat", "the big fat cat") == ["the . . cat", "the big . cat", "the big fat cat"]


def test_the_majority_so_far_draws_words_to_its_places():
    """Alone, `x` could stand for either of `a` and `b`; one of the two texts has nothing in place
    of `b`."""
    assert aligned("a b", "a", "x") == ["a b", "a .", "x ."]


@few_examples
@given(texts=st.lists(a_text, min_size=1, max_size=5))
def test_every_text_can_be_read_off_the_network_and_two_are_aligned_for_the_least_edits(texts):
    lines = [line.split() for line in aligned(*texts)]

    assert [" ".join(word for word in line if word != ".") for line in lines] == texts
    if len(texts) == 2:
        words, _ = encode(text.split() for text in texts)
        differ = sum(one != other for one, other in zip(*lines, strict=True))
        assert differ == edit_distances(words, [0], [1])[0]


def test_tasks_are_aligned_together_as_they_are_alone():
    texts = {0: ["a b c", "b c d", "a"], 1: ["d"], 2: ["b b", "a b a b", "c"], 3: ["", "a"]}
    words, vocabulary = encode(text.split() for each in texts.values() for text in each)
    tasks = np.repeat(list(texts), [len(each) for each in texts.values()])

    network = confusion_network(words, np.arange(len(tasks)), np.ones(len(tasks), dtype=np.int64), tasks)

    said = network.said(words)
    for task, each in texts.items():
        codes = said[network.task[network.place] == task].reshape(-1, len(each)).T.tolist()
        lines = [" ".join("." if code == NO_WORD else vocabulary[code] for code in line) for line in codes]
        assert lines == aligned(*each)


def test_the_medoid_is_the_one_worked_out_by_hand():
    """Sums of edits: 1 + 2 = 3 for "a b c", 1 + 1 = 2 for "a b", 2 + 1 = 3 for "b"."""
    votes = of_one_task("a b c", "b", "A, b.")

    fit = TextMedoid().fit(votes)

    assert votes.variants.distance.tolist() == [2, 3, 3]
    assert fit.labels == ("A, b.",)


def test_of_answers_with_the_same_words_the_commonest_form_is_given_back():
    assert TextMedoid().fit(of_one_task("Red car.", "red car", "red car", "a")).labels == ("red car",)


def test_rover_puts_together_what_nobody_wrote():
    votes = of_one_task(
        "the cat sat on a mat", "a cat sat on the mat", "the hat sat on the mat", "the cat spat the mat"
    )

    assert Rover(max_iter=0).fit(votes).labels == ("the cat sat on the mat",)


def test_winning_words_come_in_the_form_most_answers_have():
    votes = of_one_task("It's me, Mario.", "its me, Mario!", "It's Me mario!")

    assert Rover(max_iter=0).fit(votes).labels == ("It's me, Mario!",)


def test_a_lone_answer_is_given_back():
    fit = Rover().fit(of_one_task("(Well) - no;  air-tight?"))

    assert fit.labels == ("(Well) - no; air-tight?",)


def test_ties_go_to_the_answer_nearest_to_all_others():
    votes = of_one_task("z b c", "a b d", "a y c", "z b c d")

    assert votes.variants.answer.tolist() == [2, 0, 3, 1]
    assert votes.texts[2] == "z b c"
    assert Rover(max_iter=0).fit(votes).labels == ("z b c",)


def test_belief_in_one_vote_is_the_accuracy_of_its_worker():
    """A vote of an ordinary worker for one of three candidates: odds of right to each wrong are 3 /
    (1 / 2)."""
    weight = weights_of(np.array([USUAL]))[0]

    assert np.exp(weight) / (np.exp(weight) + TEMPTATIONS) == pytest.approx(USUAL)
    assert weights_of(np.array([0.1])).tolist() == [0.01]


def test_accurate_workers_outvote_careless_ones():
    """Worker 0 and 1 are right everywhere; 2, 3 and 4 err apart from each other, but together on
    the last task."""
    rng = np.random.default_rng(0)
    answers = []
    for task in range(30):
        words = rng.choice(list("abcdefgh"), 8).tolist()
        answers += [(task, worker, " ".join(words)) for worker in (0, 1)]
        for worker in (2, 3, 4):
            spoilt = [f"{word}{worker}" if rng.random() < 0.6 else word for word in words]
            answers.append((task, worker, " ".join(spoilt)))
    answers += [(30, worker, "right" if worker < 2 else "wrong") for worker in range(5)]

    plain_fit, fit = Rover(max_iter=0).fit(votes_of(answers)), Rover().fit(votes_of(answers))

    assert (plain_fit.labels[30], fit.labels[30]) == ("wrong", "right")
    assert fit.workers is not None
    assert fit.workers.accuracy[:2].min() > 0.95
    np.testing.assert_allclose(fit.workers.accuracy[2:], 0.4, atol=0.1)
    assert fit.converged


def test_known_texts_tell_who_is_right_against_the_crowd():
    answers = [(task, worker, f"{'yes' if worker == 0 else 'no'} {task}") for task in range(12) for worker in range(3)]
    known = {task: f"Yes {task}" for task in range(11)}

    fit = Rover().fit(votes_of(answers, known=known))

    assert fit.labels[11] == "yes 11"
    assert fit.labels[0] == "Yes 0"
    assert fit.confidence[:11].tolist() == [1] * 11
    assert fit.workers is not None
    assert fit.workers.accuracy[0] > 0.8
    assert fit.workers.accuracy[1] < 0.5


@every
def test_tasks_without_answers_have_no_label_unless_it_is_known(method):
    votes = TextVotes.from_texts([1], [0], ["a b"], n_tasks=4, known={2: "c"})

    fit = METHODS[method].build().fit(votes)

    assert fit.labels == (None, "a b", "c", None)
    assert (fit.confidence == [0, fit.confidence[1], 1, 0]).all()
    assert 0 < fit.confidence[1] < 1


@every
def test_no_answers_at_all_and_answers_without_words_work(method):
    none = METHODS[method].build().fit(TextVotes.from_texts([], [], []))
    empty = METHODS[method].build().fit(of_one_task("", ""))

    assert (none.labels, none.confidence.shape, none.converged) == ((), (0,), True)
    assert empty.labels == ("",)


@every
@few_examples
@given(
    answers=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), a_text), max_size=14),
    names=st.permutations(range(4)),
    rng=st.randoms(use_true_random=False),
)
def test_order_of_rows_and_names_of_workers_do_not_matter(method, answers, names, rng):
    shuffled = rng.sample(answers, len(answers))
    renamed = [(task, names[worker], text) for task, worker, text in answers]

    one, other, third = (
        METHODS[method].build().fit(votes_of(each, n_tasks=4, n_workers=4)) for each in (answers, shuffled, renamed)
    )

    assert one.labels == other.labels == third.labels
    assert one.confidence.tolist() == other.confidence.tolist()
    np.testing.assert_allclose(one.confidence, third.confidence, atol=1e-9)


@every
@few_examples
@given(answers=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), a_text), min_size=1, max_size=14))
def test_confidence_is_a_share_and_labels_are_made_of_words_that_were_given(method, answers):
    fit = METHODS[method].build().fit(votes_of(answers, n_tasks=3))

    assert ((fit.confidence >= 0) & (fit.confidence <= 1)).all()
    for task, label in enumerate(fit.labels):
        given_words = {word for code, _, text in answers if code == task for word in plain(text).split()}
        assert set(plain(label or "").split()) <= given_words


def test_auto_says_why():
    alone = Auto().fit(of_one_task("a b"))
    alike = Auto().fit(of_one_task("a b c", "a b d", "a b c"))
    unlike = Auto().fit(of_one_task("a b c", "d e f", "g h i"))

    assert (alone.method, alike.method, unlike.method) == ("text-medoid", "rover", "text-medoid")
    assert alone.reason == "1.0 answers a task: fewer than 1.5 have nothing to vote on"
    assert alike.reason == "3.0 answers a task, which differ in 22% of their words: enough for a vote on each"
    assert unlike.reason.endswith("differ in 100% of their words: what they say does not line up")


def test_known_texts_may_overrule_the_choice():
    """Answers are either right or wrong in two words at once, never in the same: only a mixture
    gets both right."""
    answers, known = [], {}
    for task in range(25):
        answers += [(task, 0, "p q x"), (task, 1, "p y r"), (task, 2, "z q r")]
        known[task] = "p q r"

    blind, told = Auto().fit(votes_of(answers)), Auto().fit(votes_of(answers, known=known))

    assert (blind.method, told.method) == ("text-medoid", "rover")
    assert told.reason == "on 25 known texts that it is not told, its word error rate is 0.000 instead of 0.333"


def test_known_texts_that_single_out_no_method_leave_the_choice():
    made_up, truth = rows(np.random.default_rng(1))

    fit = Auto().fit(votes_of(made_up, known=dict(enumerate(truth[:25]))))

    assert fit.method == "rover"
    assert "on 25 known texts, text-medoid is not clearly closer" in fit.reason


@pytest.mark.parametrize("seed", range(3))
def test_rover_is_closer_than_the_medoid(seed):
    made_up, truth = rows(np.random.default_rng(seed))

    rover, medoid = (error(method.fit(votes_of(made_up)), truth) for method in (Rover(), TextMedoid()))

    assert rover < medoid


def test_transcriptions_reach_the_bar():
    measured = {
        (method, measure): value for method, measure, value in figures(votes_file("text_crowdspeech_dev_clean").parent)
    }

    assert measured["auto", "mean WER"] == measured["rover", "mean WER"] < 0.0605
    assert measured["text-medoid", "mean WER"] == pytest.approx(0.0655, abs=1.5e-3)  # ties are drawn


def test_arguments_are_left_as_they_were():
    tasks, texts, known = np.array([1, 0]), ["b ", "a"], {0: "a"}

    Auto().fit(TextVotes.from_texts(tasks, [0, 0], texts, known=known))

    assert (tasks.tolist(), texts, known) == ([1, 0], ["b ", "a"], {0: "a"})
    assert tasks.flags.writeable


def test_word_errors_of_the_labels_fall_with_confidence():
    made_up, truth = rows(np.random.default_rng(2))

    fit = Rover().fit(votes_of(made_up))

    errors = word_errors(truth, [label or "" for label in fit.labels]).each
    sure = fit.confidence >= np.median(fit.confidence)
    assert errors[sure].mean() < errors[~sure].mean()
