from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "crowd.projects"
    label = "projects"

    def ready(self) -> None:
        from crowd.people.models import User  # noqa: PLC0415 (models are there only now)
        from crowd.people.signals import address_confirmed, permission_needed_again  # noqa: PLC0415 (the same)
        from crowd.projects.membership import admit_waiting  # noqa: PLC0415 (the same)
        from crowd.projects.permissions import refuse_without  # noqa: PLC0415 (the same)

        def admit(sender: type[User], user: User, **_kwargs: object) -> None:
            admit_waiting(user)

        address_confirmed.connect(admit, weak=False, dispatch_uid="crowd.projects.admit")

        def refuse_again(sender: object, user: User, slug: str, permission: str, **_kwargs: object) -> None:
            refuse_without(user, slug, permission)

        permission_needed_again.connect(refuse_again, weak=False, dispatch_uid="crowd.projects.refuse_again")
