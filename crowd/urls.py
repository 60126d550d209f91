"""The composition root: every page and every route of the site is listed here, and nowhere else."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

import quality.api
import tasks.api
from crowd import health
from crowd.people import pages as people_pages
from crowd.projects import api as projects_api

handler400 = "crowd.errors.bad_request"
handler403 = "crowd.errors.permission_denied"
handler404 = "crowd.errors.page_not_found"
handler500 = "crowd.errors.server_error"

project_routes = [
    path("members", projects_api.MembersView.as_view()),
    path("members/<int:pk>", projects_api.MemberView.as_view()),
    # Data in
    path("tasks", tasks.api.TasksView.as_view()),
    path("tasks/<path:external_id>/image", tasks.api.TaskImageView.as_view(), name="task-image"),
    path("tasks/<path:external_id>/gold", quality.api.GoldView.as_view()),
    path("tasks/<path:external_id>/adjudication", quality.api.AdjudicationView.as_view()),
    path("responses/import", tasks.api.VotesView.as_view()),
    path("imports", tasks.api.ImportsView.as_view()),
    path("imports/<int:pk>", tasks.api.ImportView.as_view()),
    path("prelabels", tasks.api.PrelabelsView.as_view()),
    # Work
    path("assignments", tasks.api.AssignmentsView.as_view()),
    # Labels and quality
    path("labels", quality.api.LabelsView.as_view()),
    path("labels.csv", quality.api.LabelsFileView.as_view(suffix="csv"), name="labels-csv"),
    path("labels.jsonl", quality.api.LabelsFileView.as_view(suffix="jsonl"), name="labels-jsonl"),
    path("labels.parquet", quality.api.LabelsFileView.as_view(suffix="parquet"), name="labels-parquet"),
    path("agreement", quality.api.AgreementView.as_view()),
    path("workers", quality.api.WorkersView.as_view()),
    path("refresh", quality.api.RefreshRequestView.as_view()),
    path("refreshes/<int:pk>", quality.api.RefreshView.as_view()),
]

api_routes = [
    path("projects", projects_api.ProjectsView.as_view()),
    path("projects/<slug:slug>", projects_api.ProjectView.as_view()),
    path("projects/<slug:slug>/", include(project_routes)),
    path("assignments/<str:token>/response", tasks.api.ResponseView.as_view()),
    path("assignments/<str:token>/skip", tasks.api.SkipView.as_view()),
    path("assignments/<str:token>/image", tasks.api.AssignmentImageView.as_view()),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]

urlpatterns = [
    path("api/v1/", include(api_routes)),
    path("accounts/", include("allauth.account.urls")),
    path("invitations/<str:uidb64>/<str:token>", people_pages.InvitationView.as_view(), name="invitation"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]
