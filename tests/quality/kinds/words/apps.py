from django.apps import AppConfig


class WordsConfig(AppConfig):
    """Brings the kind's template and script. Only the tests that want it register it: all others
    see the kinds that the site has."""

    name = "tests.quality.kinds.words"
    label = "words"
