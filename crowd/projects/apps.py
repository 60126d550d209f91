from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "crowd.projects"
    label = "projects"

    def ready(self) -> None:
        from crowd.people.models import User  # noqa: PLC0415 (models are there only now)
        from crowd.people.signals import address_confirmed, role_needed_again  # noqa: PLC0415 (the same)
        from crowd.projects.membership import admit_waiting  # noqa: PLC0415 (the same)
        from crowd.projects.models import Role, project_for  # noqa: PLC0415 (the same)

        def admit(sender: type[User], user: User, **_kwargs: object) -> None:
            admit_waiting(user)

        address_confirmed.connect(admit, weak=False, dispatch_uid="crowd.projects.admit")

        def refuse_without_role(sender: object, user: User, slug: str, roles: list[str], **_kwargs: object) -> None:
            project_for(user, slug, frozenset(map(Role, roles)))

        role_needed_again.connect(refuse_without_role, weak=False, dispatch_uid="crowd.projects.refuse_without_role")
