from django.apps import AppConfig


class ChoiceConfig(AppConfig):
    name = "quality.kinds.choice"
    label = "choice"

    def ready(self) -> None:
        from crowd.projects import answer_kinds, policy  # noqa: PLC0415 (models are there only now)
        from quality.aggregation import METHODS  # noqa: PLC0415 (the same)
        from quality.kinds.choice.service import Choice  # noqa: PLC0415 (the same)

        answer_kinds.register("choice", Choice())
        policy.methods["choice"] = tuple(METHODS)
