import numpy as np
import pytest

from benchmarks.boxes import figures
from quality.aggregation.boxes import BoxClusters, BoxVotes
from quality.aggregation.boxes.corners import consensus
from quality.evaluation.boxes import Boxes, score_boxes
from tests.quality.aggregation.boxes.crowd import rows, votes_of
from tests.quality.datasets import votes_file


def shifted(by: float) -> list[float]:
    return [by, 0, 100 + by, 100]


def test_boxes_that_overlap_become_one_in_the_middle():
    votes = BoxVotes.from_codes([0, 0, 0], [0, 1, 2], [shifted(0), shifted(3), shifted(6)], [1, 1, 2])

    labels = BoxClusters().fit(votes).labels

    np.testing.assert_allclose(labels.corners, [shifted(3)], atol=1.5)
    assert labels.classes.tolist() == [1]


def test_two_boxes_of_one_worker_never_become_one():
    votes = BoxVotes.from_codes([0, 0, 0], [0, 0, 1], [shifted(0), shifted(40), shifted(20)])

    assert sorted(BoxClusters().fit(votes).support.tolist()) == [1, 2]


def test_workers_are_matched_for_the_most_overlap_altogether():
    """The second worker's left box overlaps the right one most, but then the other would find no
    partner."""
    votes = BoxVotes.from_codes([0] * 4, [0, 0, 1, 1], [shifted(0), shifted(50), shifted(30), shifted(80)])

    assert BoxClusters(overlap=0.5).fit(votes).support.tolist() == [2, 2]


def test_a_box_drawn_twice_by_one_worker_counts_once():
    votes = BoxVotes.from_codes([0, 0, 0], [0, 0, 1], [shifted(0), shifted(1), shifted(0)])

    fit = BoxClusters().fit(votes)

    assert len(fit.labels) == 1
    assert fit.candidates.scores.min() == 0


def test_precise_workers_weigh_more():
    rng = np.random.default_rng(0)
    truth = np.tile([0.0, 0, 100, 100], (60, 1))
    shakes = {0: 1.0, 1: 1.0, 2: 12.0}
    drawn = [(task, worker, truth[task] + rng.normal(0, shakes[worker], 4)) for task in range(60) for worker in shakes]

    fit = BoxClusters().fit(BoxVotes.from_codes(*zip(*drawn, strict=True)))

    np.testing.assert_allclose(fit.workers.deviation, [0.01, 0.01, 0.12], rtol=0.4)
    assert np.abs(fit.labels.corners - truth).mean() < 0.7


def test_what_one_of_many_drew_is_doubted_and_what_one_of_two_drew_is_kept():
    drawn = [(task, worker, shifted(0)) for task in range(40) for worker in range(8)]
    slips = [(task, task % 8, shifted(1000)) for task in range(40)]
    of_two = [row for row in drawn + slips if row[1] < 2]

    many, two = (BoxClusters().fit(BoxVotes.from_codes(*zip(*each, strict=True))) for each in (drawn + slips, of_two))

    assert len(many.labels) == 40
    assert many.candidates.scores[many.support == 1].max() < 0.1
    assert len(two.labels) == len(two.candidates)


def test_hard_objects_tell_that_lone_boxes_are_real():
    """Half of the objects are seen by half of the workers' looks: then many real ones are drawn by
    one worker only."""
    rng = np.random.default_rng(1)
    easy = rng.random((600, 4)) < 0.9
    hard = rng.random((600, 4)) < 0.35
    seen = np.concatenate([easy, hard])
    places, workers = np.nonzero(seen)
    corners = np.array([shifted(200 * (place % 12)) for place in places.tolist()])

    fit = BoxClusters().fit(BoxVotes.from_codes(places // 12, workers, corners))

    assert fit.candidates.scores[fit.support == 1].mean() > 1 / 3
    assert len(fit.labels) == len(fit.candidates)
    np.testing.assert_allclose(fit.workers.detection, 0.8, atol=0.15)


def test_who_saw_without_drawing_casts_doubt():
    drawn = [(task, worker, shifted(0)) for task in range(30) for worker in range(6)] + [(30, 0, shifted(0))]
    seen = ([30] * 6, list(range(6)))

    alone, passed_by = (
        BoxClusters().fit(BoxVotes.from_codes(*zip(*drawn, strict=True), seen=each)) for each in (None, seen)
    )

    assert alone.candidates.scores[-1] > passed_by.candidates.scores[-1]


def test_a_threshold_is_learnt_from_known_tasks():
    drawn, truth = rows(np.random.default_rng(2))
    three = [row for row in drawn if row[1] < 2]
    known = truth.where(truth.tasks < 15)

    untaught = BoxClusters().fit(votes_of(three))
    taught = BoxClusters().fit(votes_of(three, known=known))

    rest = truth.where(truth.tasks >= 15)
    scores = [score_boxes(rest, fit.labels.where(fit.labels.tasks >= 15)).f1 for fit in (untaught, taught)]
    assert scores[1] >= scores[0]
    assert "known tasks" in taught.reason


def test_known_tasks_have_their_known_boxes():
    known = Boxes.from_rows([1], [shifted(500)], [2])

    fit = BoxClusters().fit(BoxVotes.from_codes([0, 1], [0, 0], [shifted(0), shifted(0)], known=known))

    assert fit.labels.corners.tolist() == [shifted(0), shifted(500)]
    assert (fit.labels.scores[1], fit.labels.classes[1], fit.confidence[1]) == (1, 2, 1)


def test_iterations_climb_and_end():
    fit = BoxClusters().fit(votes_of(rows(np.random.default_rng(3))[0]))

    assert fit.converged
    assert (np.diff(fit.log_likelihood) >= -1e-9).all()


def test_no_votes_one_worker_and_unseen_tasks_all_work():
    none = BoxClusters().fit(BoxVotes.from_codes([], [], [], n_tasks=2, n_workers=1))
    one = BoxClusters().fit(BoxVotes.from_codes([1], [3], [shifted(0)], n_tasks=3))

    assert (len(none.labels), none.confidence.tolist(), none.converged) == (0, [1, 1], True)
    assert (len(one.labels), one.workers.detection.shape) == (1, (4,))


def test_names_of_workers_do_not_matter():
    drawn, _ = rows(np.random.default_rng(4))
    renamed = [(task, 5 - worker, *rest) for task, worker, *rest in drawn]

    one, other = (BoxClusters().fit(votes_of(each)).labels for each in (drawn, renamed))

    np.testing.assert_allclose(one.corners, other.corners)
    np.testing.assert_array_equal(one.classes, other.classes)


def test_the_weighted_median_takes_the_middle():
    corners = np.array([[0.0], [10.0], [4.0], [7.0]]).repeat(4, axis=1)

    middle = consensus(corners, np.array([0, 0, 0, 1]), np.ones(4), "median")
    between = consensus(corners[:2], np.array([0, 0]), np.ones(2), "median")
    pulled = consensus(corners[:2], np.array([0, 0]), np.array([1.0, 3.0]), "median")

    assert (middle[:, 0].tolist(), between[0, 0], pulled[0, 0]) == ([4, 7], 5, 10)


@pytest.mark.parametrize("centre", ["mean", "median"])
def test_both_centres_find_a_good_crowd_s_boxes(centre):
    drawn, truth = rows(np.random.default_rng(5))

    assert score_boxes(truth, BoxClusters(centre=centre).fit(votes_of(drawn)).labels).f1 > 0.95


def test_pathologists_boxes_reach_the_bar():
    measured = {(method, measure): value for method, measure, value in figures(votes_file("box_cytocrowd").parent)}

    assert measured["box-clusters", "F1@0.5"] >= 0.92
