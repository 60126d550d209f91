from django.apps import AppConfig


class NumberConfig(AppConfig):
    name = "quality.kinds.number"
    label = "number"

    def ready(self) -> None:
        from crowd.projects.answer_kinds import register  # noqa: PLC0415 (models are there only now)
        from quality.kinds.number.service import Number  # noqa: PLC0415 (the same)

        register(Number())
