from django.apps import AppConfig


class SpansConfig(AppConfig):
    name = "quality.kinds.spans"
    label = "spans"

    def ready(self) -> None:
        from crowd.projects.answer_kinds import register  # noqa: PLC0415 (models are there only now)
        from quality.kinds.spans.service import SpansKind  # noqa: PLC0415 (the same)

        register(SpansKind())
