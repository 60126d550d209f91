from django.apps import AppConfig


class ChoiceConfig(AppConfig):
    name = "quality.kinds.choice"
    label = "choice"

    def ready(self) -> None:
        from crowd.projects.answer_kinds import register  # noqa: PLC0415 (models are there only now)
        from quality.kinds.choice.service import Choice  # noqa: PLC0415 (the same)

        register(Choice())
