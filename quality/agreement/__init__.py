"""How far workers agree, beyond what chance would bring."""

from quality.agreement.measures import MEASURES, fleiss_kappa, gwet_ac1, krippendorff_alpha, percent_agreement
from quality.agreement.measuring import Agreement, Interval, measure

__all__ = [
    "MEASURES",
    "Agreement",
    "Interval",
    "fleiss_kappa",
    "gwet_ac1",
    "krippendorff_alpha",
    "measure",
    "percent_agreement",
]
