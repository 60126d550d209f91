"""How far workers agree, beyond what chance would bring.

>>> measure([[3, 0], [2, 1], [0, 3]], np.random.default_rng(0)).krippendorff_alpha
>>> measure_numbers([0, 0, 1, 1], [1.5, 2.0, 7.0, 7.5], np.random.default_rng(0), level="interval")
>>> measure_distances([0, 0, 1, 1], boxes, box_distance, np.random.default_rng(0))

What is where:

- of answers that are classes, ordered or not: `measuring` (entry), by four `measures` of sums over
  tasks (`totals`), where classes may agree in part (`weights`); also of each task and each class;
- of two raters: `cohen`; of every two workers: `pairwise`; of each worker with the others:
  `workers`, the latter two with intervals from `influence`;
- of numbers and grades: `numbers` (entry), by level of measurement: `interval_level`,
  `ratio_level`, `ordinal_level`;
- of answers of any kind: `answers` (entry), by any of the `distances`, of distinct `values`,
  against `chance`;
- under all of them: `resampling` for intervals, `patterns` and `pairs` of answers to a task,
  `disagreement` for alpha.
"""

from quality.agreement.answers import measure_distances
from quality.agreement.cohen import RaterAgreement, measure_two
from quality.agreement.disagreement import DistanceAgreement
from quality.agreement.distances import box_distance, jaccard_distance, masi_distance, mask_distance, span_distance
from quality.agreement.influence import Intervals
from quality.agreement.measures import MEASURES, fleiss_kappa, gwet_ac1, krippendorff_alpha, percent_agreement
from quality.agreement.measuring import Agreement, class_agreement, measure, task_agreement
from quality.agreement.numbers import LEVELS, measure_numbers
from quality.agreement.pairwise import PairwiseKappas, pairwise_kappas
from quality.agreement.resampling import Interval
from quality.agreement.weights import WEIGHTS, class_weights
from quality.agreement.workers import WorkerAgreement, worker_agreement

__all__ = [
    "LEVELS",
    "MEASURES",
    "WEIGHTS",
    "Agreement",
    "DistanceAgreement",
    "Interval",
    "Intervals",
    "PairwiseKappas",
    "RaterAgreement",
    "WorkerAgreement",
    "box_distance",
    "class_agreement",
    "class_weights",
    "fleiss_kappa",
    "gwet_ac1",
    "jaccard_distance",
    "krippendorff_alpha",
    "masi_distance",
    "mask_distance",
    "measure",
    "measure_distances",
    "measure_numbers",
    "measure_two",
    "pairwise_kappas",
    "percent_agreement",
    "span_distance",
    "task_agreement",
    "worker_agreement",
]
