from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "crowd.people"
    label = "people"

    def ready(self) -> None:
        from crowd import lookups, openapi  # noqa: F401, PLC0415 (register themselves)
        from crowd.people import trail  # noqa: PLC0415 (models are there only now)

        trail.follow()
