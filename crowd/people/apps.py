from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "crowd.people"
    label = "people"
