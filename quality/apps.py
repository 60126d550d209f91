from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "quality"

    def ready(self) -> None:
        # Quality stands above projects and tasks: they offer the hooks, and it hangs itself in.
        from quality.gold import giving  # noqa: PLC0415
        from quality.labels import requests  # noqa: PLC0415
        from tasks.signals import answers_arrived, answers_checked, gold_given, right_answers  # noqa: PLC0415

        gold_given.connect(giving.receive_gold)
        answers_checked.connect(giving.check_answers)
        right_answers.connect(giving.kept_answers)
        answers_arrived.connect(requests.receive_answers)
