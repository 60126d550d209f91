from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "crowd.webhooks"
    label = "webhooks"
