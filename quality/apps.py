from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "quality"

    def ready(self) -> None:
        # Quality stands above projects and tasks: they offer the hooks, and it hangs itself in.
        from crowd.projects import policy  # noqa: PLC0415 (the app registry is not complete before)
        from quality.aggregation import METHODS  # noqa: PLC0415
        from quality.gold import giving  # noqa: PLC0415
        from quality.labels import requests  # noqa: PLC0415
        from tasks.signals import answers_arrived, answers_checked, gold_given  # noqa: PLC0415

        policy.methods["choice"] = tuple(METHODS)
        gold_given.connect(giving.receive_gold)
        answers_checked.connect(giving.check_answers)
        answers_arrived.connect(requests.receive_answers)
