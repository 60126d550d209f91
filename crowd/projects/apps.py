from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "crowd.projects"
    label = "projects"
