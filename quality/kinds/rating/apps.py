from django.apps import AppConfig


class RatingConfig(AppConfig):
    name = "quality.kinds.rating"
    label = "rating"

    def ready(self) -> None:
        from crowd.projects.answer_kinds import register  # noqa: PLC0415 (models are there only now)
        from quality.kinds.rating.service import Rating  # noqa: PLC0415 (the same)

        register(Rating())
