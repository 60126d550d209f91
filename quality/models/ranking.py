"""The ranking of the items that a project's tasks compare."""

from django.db import models

from crowd.projects.models import Project


class Ranking(models.Model):
    """Which edition of a project's ranking is the one that is read."""

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="ranking")
    edition = models.BigIntegerField()


class RankedItem(models.Model):
    """An item, in one edition of a ranking; `place` counts from 1, the best first."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    edition = models.BigIntegerField()
    place = models.PositiveIntegerField()
    item = models.CharField(max_length=300)
    # In log odds, with its 95% interval. Items of equal score share the mean of their ranks.
    score = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    rank = models.FloatField()
    comparisons = models.PositiveIntegerField()
    # Keys of a few of its tasks, the least sure first.
    tasks = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "edition", "place"], name="one_item_a_place")]
