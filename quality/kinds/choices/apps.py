from django.apps import AppConfig


class ChoicesConfig(AppConfig):
    name = "quality.kinds.choices"
    label = "choices"

    def ready(self) -> None:
        from crowd.projects.answer_kinds import register  # noqa: PLC0415 (models are there only now)
        from quality.kinds.choices.service import Choices  # noqa: PLC0415 (the same)

        register(Choices())
