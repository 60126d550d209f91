"""The framework of the API, and the document that describes it."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "crowd.people.authentication.ApiKeyAuthentication",
        "crowd.people.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "crowd.people.authentication.ScopeAllows",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["crowd.people.quotas.ReadsAreCounted"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "crowd.api.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "crowd.api.problem_handler",
    "DEFAULT_METADATA_CLASS": None,
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_FORMATTER_CLASS": "crowd.api.ProblemFormatter"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Crowd",
    "DESCRIPTION": "Tasks in, answers from many workers, labels with honest probabilities out.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVERS": [{"url": "https://crowd.invalid"}],  # crowd.openapi puts the address in that was asked
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "LabelStateEnum": "quality.models.Consensus.State",
        "JobStateEnum": "tasks.models.Import.State",
        "ChangeStateEnum": "quality.models.Voiding.State",
        "DeliveryStateEnum": "crowd.webhooks.models.Delivery.State",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "crowd.openapi.add_problem_response",
        "crowd.openapi.add_what_holds_everywhere",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
