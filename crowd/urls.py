"""The composition root: every page and every route of the site is listed here, and nowhere else."""

from allauth.account import views as allauth_views
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

import quality.agreement_report.api
import quality.agreement_report.pages
import quality.automation_bias.api
import quality.browser.api
import quality.browser.pages
import quality.budget.api
import quality.budget.pages
import quality.class_changes.api
import quality.class_changes.pages
import quality.disputes.api
import quality.disputes.pages
import quality.gold.api
import quality.gold.pages
import quality.labels.api
import quality.pages
import quality.ranking.api
import quality.ranking.pages
import quality.refresh.api
import quality.responses.api
import quality.workers.api
import quality.workers.pages
import tasks.intake.api
import tasks.intake.picture_api
import tasks.own_work.api
import tasks.own_work.pages
import tasks.pages
import tasks.pictures.api
import tasks.queue.api
import tasks.responses.api
import tasks.work_pages
from crowd import health
from crowd.openapi import SchemaView
from crowd.people import account_pages, keys_pages
from crowd.people.signin import private
from crowd.projects import admission_api, admission_pages
from crowd.projects import api as projects_api
from crowd.projects import pages as projects_pages
from crowd.projects.appeals import api as appeals_api
from crowd.webhooks import api as webhooks_api
from crowd.webhooks import pages as webhooks_pages
from quality.exports import file_routes

handler400 = "crowd.errors.bad_request"
handler403 = "crowd.errors.permission_denied"
handler404 = "crowd.errors.page_not_found"
handler500 = "crowd.errors.server_error"

project_routes = [
    # Work
    path("assignments", tasks.queue.api.AssignmentsView.as_view()),
    path("members", projects_api.MembersView.as_view()),
    path("members/<int:pk>", projects_api.MemberView.as_view()),
    path("members/<int:pk>/invitation", projects_api.InvitationView.as_view()),
    path("waiting-members", projects_api.WaitingMembersView.as_view()),
    path("waiting-members/<int:pk>", projects_api.WaitingMemberView.as_view()),
    path("appeals", appeals_api.AppealsView.as_view()),
    path("appeals/<int:pk>/answer", appeals_api.AppealAnswerView.as_view()),
    path("invite-links", admission_api.InviteLinksView.as_view()),
    path("invite-links/<int:pk>", admission_api.InviteLinkView.as_view()),
    path("skills", admission_api.SkillsView.as_view()),
    path("skills/<int:pk>", admission_api.SkillView.as_view()),
    # Data in
    path("tasks", quality.browser.api.TasksView.as_view()),
    path("task-deletions", quality.browser.api.DeletionsView.as_view()),
    path("task-deletions/<int:pk>", quality.browser.api.DeletionView.as_view()),
    path("tasks/<path:external_id>/image", tasks.pictures.api.TaskImageView.as_view(), name="task-image"),
    path("pictures", tasks.intake.picture_api.PicturesView.as_view()),
    path("pictures/<str:sha256>/original", tasks.pictures.api.OriginalView.as_view(), name="original"),
    path("tasks/<path:external_id>/gold/confirmation", quality.gold.api.GoldConfirmationView.as_view()),
    path("tasks/<path:external_id>/gold", quality.gold.api.GoldView.as_view()),
    path("tasks/<path:external_id>/adjudication", quality.disputes.api.AdjudicationView.as_view()),
    path("tasks/<path:external_id>/more", quality.browser.api.MoreView.as_view()),
    path("tasks/<path:external_id>", quality.browser.api.TaskView.as_view()),
    path("responses/import", tasks.intake.api.VotesView.as_view()),
    path("imports", tasks.intake.api.ImportsView.as_view()),
    path("imports/<int:pk>", tasks.intake.api.ImportView.as_view()),
    path("prelabels", tasks.intake.api.PrelabelsView.as_view()),
    path("work", tasks.own_work.api.OwnWorkView.as_view()),
    path("work/appeal", appeals_api.AppealView.as_view()),
    path("work/responses", tasks.own_work.api.OwnResponsesView.as_view()),
    # Labels and quality
    path("labels", quality.labels.api.LabelsView.as_view()),
    *file_routes(quality.labels.api.LabelsFileView),
    path("responses", quality.responses.api.ResponsesView.as_view()),
    *file_routes(quality.responses.api.ResponsesFileView),
    path("disputes", quality.disputes.api.DisputesView.as_view()),
    path("gold", quality.gold.api.GoldListView.as_view()),
    path("gold/candidates", quality.gold.api.GoldCandidatesView.as_view()),
    path("gold/promote", quality.gold.api.GoldPromotionView.as_view()),
    path("ranking", quality.ranking.api.RankingView.as_view()),
    *file_routes(quality.ranking.api.RankingFileView),
    path("agreement", quality.agreement_report.api.AgreementView.as_view()),
    path("agreement/classes", quality.agreement_report.api.ClassAgreementView.as_view()),
    path("agreement/pairs", quality.agreement_report.api.PairAgreementView.as_view()),
    path("agreement/history", quality.agreement_report.api.AgreementHistoryView.as_view()),
    path("automation-bias", quality.automation_bias.api.AutomationBiasView.as_view()),
    path("workers", quality.workers.api.WorkersView.as_view()),
    path("workers/<int:pk>", quality.workers.api.WorkerView.as_view()),
    path("workers/<int:pk>/history", quality.workers.api.HistoryView.as_view()),
    path("workers/<int:pk>/void", quality.workers.api.VoidView.as_view()),
    path("workers/<int:pk>/restore", quality.workers.api.RestoreView.as_view()),
    path("budget", quality.budget.api.BudgetView.as_view()),
    path("replays", quality.budget.api.ReplaysView.as_view()),
    path("replays/<int:pk>", quality.budget.api.ReplayView.as_view()),
    path("classes/rename", quality.class_changes.api.RenameView.as_view()),
    path("classes/merge", quality.class_changes.api.MergeView.as_view()),
    path("classes/merges/<int:pk>", quality.class_changes.api.MergeStateView.as_view()),
    path("refresh", quality.refresh.api.RefreshRequestView.as_view()),
    path("refreshes/<int:pk>", quality.refresh.api.RefreshView.as_view()),
    # Events out
    path("webhooks", webhooks_api.WebhooksView.as_view()),
    path("webhooks/<int:pk>", webhooks_api.WebhookView.as_view()),
    path("webhooks/<int:pk>/secret", webhooks_api.SecretView.as_view()),
    path("webhooks/<int:pk>/test", webhooks_api.TestView.as_view()),
    path("webhooks/<int:pk>/replay", webhooks_api.ReplayFailedView.as_view()),
    path("webhooks/<int:pk>/deliveries", webhooks_api.DeliveriesView.as_view()),
    path("webhooks/<int:pk>/deliveries/<int:delivery_pk>/replay", webhooks_api.ReplayView.as_view()),
]

api_routes: list[URLPattern | URLResolver] = [
    path("projects", projects_api.ProjectsView.as_view()),
    path("projects/<slug:slug>", projects_api.ProjectView.as_view()),
    path("projects/<slug:slug>/", include(project_routes)),
    path("work", tasks.own_work.api.OwnProjectsView.as_view()),
    path("assignments/<str:token>/response", tasks.responses.api.ResponseView.as_view()),
    path("assignments/<str:token>/skip", tasks.responses.api.SkipView.as_view()),
    path("assignments/<str:token>/extend", tasks.queue.api.ExtendView.as_view()),
    path("assignments/<str:token>/return", tasks.queue.api.ReturnView.as_view()),
    path("assignments/<str:token>/image", tasks.pictures.api.AssignmentImageView.as_view()),
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]

page_routes: list[URLPattern] = [
    path("", quality.pages.home, name="home"),
    path("keys", keys_pages.keys, name="keys"),
    path("keys/<int:pk>/revoke", keys_pages.revoke_key, name="revoke-key"),
    path("projects/new", projects_pages.new_project, name="new-project"),
    path("projects/<slug:slug>", quality.pages.project, name="project"),
    path("projects/<slug:slug>/board", quality.pages.board, name="board"),
    path("projects/<slug:slug>/disputes", quality.pages.disputes, name="disputes"),
    path("projects/<slug:slug>/decide", quality.pages.decide, name="decide"),
    path("projects/<slug:slug>/refresh", quality.pages.refresh, name="refresh"),
    path("projects/<slug:slug>/agreement", quality.agreement_report.pages.agreement, name="agreement"),
    path("projects/<slug:slug>/ranking", quality.ranking.pages.ranking, name="ranking"),
    path("projects/<slug:slug>/review", quality.disputes.pages.review, name="review"),
    path("projects/<slug:slug>/review/decide", quality.disputes.pages.decide, name="review-decide"),
    path("projects/<slug:slug>/tasks", quality.browser.pages.tasks, name="tasks"),
    path("projects/<slug:slug>/tasks/delete", quality.browser.pages.delete_some, name="delete-tasks"),
    path("projects/<slug:slug>/task", quality.browser.pages.task, name="task"),
    path("projects/<slug:slug>/task/decide", quality.browser.pages.decide, name="decide-task"),
    path("projects/<slug:slug>/task/change", quality.browser.pages.change, name="change-task"),
    path("projects/<slug:slug>/gold", quality.gold.pages.gold_page, name="gold"),
    path("projects/<slug:slug>/gold/change", quality.gold.pages.change_gold, name="change-gold"),
    path("projects/<slug:slug>/gold/promote", quality.gold.pages.promote, name="promote-gold"),
    path("projects/<slug:slug>/gold/upload", quality.gold.pages.upload_gold, name="upload-gold"),
    path("projects/<slug:slug>/gold/withdraw-promoted", quality.gold.pages.withdraw_promoted, name="withdraw-promoted"),
    path("projects/<slug:slug>/budget", quality.budget.pages.budget, name="budget"),
    path("projects/<slug:slug>/budget/replays/<int:pk>", quality.budget.pages.replay, name="replay"),
    path("projects/<slug:slug>/workers", quality.workers.pages.workers, name="workers"),
    path("projects/<slug:slug>/workers/<int:pk>", quality.workers.pages.worker, name="worker"),
    path("projects/<slug:slug>/workers/<int:pk>/pause", quality.workers.pages.pause, name="pause-worker"),
    path("projects/<slug:slug>/workers/<int:pk>/void", quality.workers.pages.void, name="void-worker"),
    path("projects/<slug:slug>/workers/<int:pk>/restore", quality.workers.pages.restore, name="restore-worker"),
    path("projects/<slug:slug>/appeals/<int:pk>/answer", quality.workers.pages.answer_appeal, name="answer-appeal"),
    path("projects/<slug:slug>/imports", tasks.pages.imports, name="imports"),
    path("projects/<slug:slug>/imports/<int:pk>", tasks.pages.import_progress, name="import"),
    path("projects/<slug:slug>/members", projects_pages.members, name="members"),
    path("projects/<slug:slug>/members/<int:pk>", projects_pages.change_member, name="change-member"),
    path("projects/<slug:slug>/members/<int:pk>/invitation", projects_pages.renew_invitation, name="renew-invitation"),
    path("projects/<slug:slug>/waiting/<int:pk>/withdraw", projects_pages.withdraw_waiting, name="withdraw-waiting"),
    path("projects/<slug:slug>/invite-links", admission_pages.make_link, name="make-link"),
    path("projects/<slug:slug>/invite-links/<int:pk>/revoke", admission_pages.revoke_link, name="revoke-link"),
    path("projects/<slug:slug>/settings", projects_pages.settings, name="settings"),
    path("projects/<slug:slug>/classes", quality.class_changes.pages.classes, name="classes"),
    path("projects/<slug:slug>/classes/rename", quality.class_changes.pages.rename, name="rename-class"),
    path("projects/<slug:slug>/classes/merge", quality.class_changes.pages.merge, name="merge-classes"),
    path("projects/<slug:slug>/classes/merges/<int:pk>", quality.class_changes.pages.progress, name="merge"),
    path("projects/<slug:slug>/webhooks", webhooks_pages.webhooks, name="webhooks"),
    path("projects/<slug:slug>/webhooks/<int:pk>", webhooks_pages.webhook, name="webhook"),
    path("projects/<slug:slug>/webhooks/<int:pk>/change", webhooks_pages.change_webhook, name="change-webhook"),
    path("projects/<slug:slug>/work", tasks.work_pages.work, name="work"),
    path("projects/<slug:slug>/mine", tasks.own_work.pages.mine, name="mine"),
]

# Of the account library those pages that have a reason to be here: none of them changes an address.
account_routes: list[URLPattern] = [
    path("login/", private(allauth_views.login), name="account_login"),
    path("logout/", private(allauth_views.logout), name="account_logout"),
    path("inactive/", private(allauth_views.account_inactive), name="account_inactive"),
    path("signup/", private(allauth_views.signup), name="account_signup"),
    path("password/reset/", account_pages.ask_for_link, name="ask-for-link"),
    path("password/change/", account_pages.change_password, name="account_change_password"),
]

urlpatterns = [
    path("api/v1/", include(api_routes)),
    path("", include(page_routes)),
    path("accounts/", include(account_routes)),
    path("invitations/<str:uidb64>/<str:token>", private(account_pages.InvitationView.as_view()), name="invitation"),
    path("welcome/<str:token>", account_pages.welcome, name="welcome"),
    path("passwords/<str:uidb64>/<str:token>", private(account_pages.ProofView.as_view()), name="proof"),
    path("join/<str:token>", admission_pages.join, name="join"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]
