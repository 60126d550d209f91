"""From sets of classes that many workers gave to one set per task, however many classes there are:
only what somebody ticked takes memory and time.

`cells`: the pairs of task and class that somebody ticked. `rates`: how often each worker ticks what
applies, and what does not. `learning`: those rates from answers. `beliefs`: what follows for each
task. `taking`: which classes make up a label. `calibration`: what known sets teach. `fitting`: all
of it in turn.
"""

from quality.aggregation.sets.calibration import Lesson
from quality.aggregation.sets.cells import Cells, Sets
from quality.aggregation.sets.fitting import SetFit, SetJudge, fit_sets
from quality.aggregation.sets.rates import Rates

__all__ = ["Cells", "Lesson", "Rates", "SetFit", "SetJudge", "Sets", "fit_sets"]
