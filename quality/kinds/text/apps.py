from django.apps import AppConfig


class TextConfig(AppConfig):
    name = "quality.kinds.text"
    label = "text"

    def ready(self) -> None:
        from crowd.projects.answer_kinds import register  # noqa: PLC0415 (models are there only now)
        from quality.kinds.text.service import Text  # noqa: PLC0415 (the same)

        register(Text())
