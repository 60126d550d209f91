from django.apps import AppConfig


class PairwiseConfig(AppConfig):
    name = "quality.kinds.pairwise"
    label = "pairwise"

    def ready(self) -> None:
        from crowd.projects.answer_kinds import register  # noqa: PLC0415 (models are there only now)
        from quality.kinds.pairwise.service import Pairwise  # noqa: PLC0415 (the same)

        register(Pairwise())
