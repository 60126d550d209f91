"""/api/v1: webhooks of a project, what they were sent, and sending it again."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiCallback, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crowd.api import ApiView, PageQuery, Pages, StrictSerializer, page_of, without_body
from crowd.fetching.addresses import fault_of
from crowd.fetching.outcomes import Failure
from crowd.people.authentication import WorkerRequest
from crowd.people.idempotency import idempotent
from crowd.people.models import User
from crowd.projects.models import Project
from crowd.projects.permissions import Permission, project_for
from crowd.webhooks import subscriptions
from crowd.webhooks.event_types import EVENT_TYPES, PING
from crowd.webhooks.models import MAX_URL, Delivery, Webhook
from crowd.webhooks.signatures import secret_of
from crowd.webhooks.subscriptions import webhooks_of


class UrlField(serializers.CharField):
    """Where events are sent. Whether it may be reached is looked at again at each attempt."""

    def to_internal_value(self, data: Any) -> str:
        url: str = super().to_internal_value(data)
        if fault := fault_of(url):
            raise serializers.ValidationError(fault, code="bad_url")
        return url


class KindsField(serializers.ListField):
    """Kinds of events, each once, in the order of the registry."""

    child = serializers.ChoiceField(choices=[*EVENT_TYPES])

    def to_internal_value(self, data: Any) -> list[str]:
        chosen = super().to_internal_value(data)
        return [kind for kind in EVENT_TYPES if kind in chosen]


class NewWebhookSerializer(StrictSerializer):
    url = UrlField(max_length=MAX_URL)
    kinds = KindsField(min_length=1)


class WebhookChangeSerializer(StrictSerializer):
    url = UrlField(max_length=MAX_URL, required=False)
    kinds = KindsField(min_length=1, required=False)
    active = serializers.BooleanField(required=False)


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=[*EVENT_TYPES]))
    created_by = serializers.EmailField(source="created_by.email", default=None, allow_null=True)
    disabled_reason = serializers.CharField(
        help_text="The `error` of the last delivery, where all failed for a day and the webhook was switched off.",
    )

    class Meta:
        model = Webhook
        fields = ("id", "url", "kinds", "active", "disabled_reason", "failing_since", "created_by", "created_at")


class WebhookWithSecretSerializer(WebhookSerializer):
    secret = serializers.CharField(help_text="What signatures are checked with. Shown here and never again.")

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")  # type: ignore[assignment]


class WebhookApiView(ApiView):
    """A route of webhooks: all are for those who manage the project."""

    project: Project

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.project = project_for(cast(User, request.user), kwargs["slug"], Permission.MANAGE)

    def webhook(self, pk: int) -> Webhook:
        found: Webhook = get_object_or_404(webhooks_of(self.project), pk=pk)
        return found


class EventSerializer(serializers.Serializer[Any]):
    """What a webhook is sent; how it is signed is in docs/webhooks.md."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[*EVENT_TYPES, PING])
    project = serializers.CharField(help_text="Its slug.")
    created_at = serializers.DateTimeField()
    data = serializers.DictField(help_text="What happened; its fields depend on the kind.")  # type: ignore[assignment]


RECEIVED = OpenApiResponse(description="Taken. After any other status the event is sent again, later.")
EVENT = OpenApiCallback(
    "event", "{$request.body#/url}", extend_schema(request=EventSerializer, responses={"2XX": RECEIVED})
)


class SecretApiView(WebhookApiView):
    """A route whose POST shows a secret: put in last, so that it is in no reply that is stored for
    retries."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if request.method == "POST" and response.status_code in (200, 201):
            webhook = webhooks_of(self.project).filter(pk=response.data["id"]).first()
            response.data = {**response.data, "secret": secret_of(webhook) if webhook else ""}
        return super().finalize_response(request, response, *args, **kwargs)


class WebhooksView(SecretApiView):
    query = PageQuery

    @extend_schema(operation_id="list_webhooks", parameters=[PageQuery], responses=page_of(WebhookSerializer))
    def get(self, request: WorkerRequest, slug: str) -> Response:
        """The webhooks of the project, without their secrets."""
        pages = Pages()
        page = pages.paginate_queryset(webhooks_of(self.project), request, view=self)
        return pages.get_paginated_response(WebhookSerializer(page, many=True).data)

    @extend_schema(
        operation_id="make_webhook",
        request=NewWebhookSerializer,
        responses={201: WebhookWithSecretSerializer},
        callbacks=[EVENT],
    )
    @idempotent
    def post(self, request: WorkerRequest, slug: str) -> Response:
        """Have events sent to a URL from now on. The reply holds the secret that they are signed
        with."""
        body = NewWebhookSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = subscriptions.make_webhook(project=self.project, actor=request.user, **body.validated_data)
        return Response(WebhookSerializer(made).data, status=201)


class WebhookView(WebhookApiView):
    @extend_schema(operation_id="get_webhook", responses=WebhookSerializer)
    def get(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """One webhook, without its secret."""
        return Response(WebhookSerializer(self.webhook(pk)).data)

    @extend_schema(operation_id="change_webhook", request=WebhookChangeSerializer, responses=WebhookSerializer)
    def patch(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """Change what is given; switch off and on. What waited meanwhile is sent then."""
        webhook = self.webhook(pk)
        body = WebhookChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        changed = subscriptions.change_webhook(webhook=webhook, actor=request.user, **body.validated_data)
        return Response(WebhookSerializer(changed).data)

    @extend_schema(operation_id="delete_webhook", responses={204: None})
    def delete(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """Nothing is sent any more, and what was sent is forgotten."""
        subscriptions.delete_webhook(webhook=self.webhook(pk), actor=request.user)
        return Response(status=204)


class SecretView(SecretApiView):
    @extend_schema(operation_id="rotate_webhook_secret", request=None, responses=WebhookWithSecretSerializer)
    @idempotent
    @without_body
    def post(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """A new secret. For a day every request carries two signatures, by the old one and the new
        one."""
        rotated = subscriptions.rotate_secret(webhook=self.webhook(pk), actor=request.user)
        return Response(WebhookSerializer(rotated).data)


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    event = serializers.IntegerField(source="event_id", help_text="The same however often it is sent.")
    kind = serializers.ChoiceField(source="event.kind", choices=[*EVENT_TYPES, PING])
    data = serializers.DictField(source="event.data")  # type: ignore[assignment]  # not the framework's own
    created_at = serializers.DateTimeField(source="event.created_at")
    next_at = serializers.DateTimeField(allow_null=True, help_text="When it is tried next, at the earliest.")
    status = serializers.IntegerField(allow_null=True, help_text="The HTTP status of the last answer.")
    error = serializers.ChoiceField(choices=Failure.choices, allow_blank=True, help_text="Of the last attempt.")

    class Meta:
        model = Delivery
        fields = (
            *("id", "event", "kind", "data", "created_at", "state", "attempts", "next_at"),
            *("status", "error", "tried_at", "delivered_at"),
        )


class DeliveriesQuery(PageQuery):
    state = serializers.ChoiceField(choices=Delivery.State.choices, required=False)


class NewestFirst(Pages):
    ordering = "-pk"


class DeliveriesView(WebhookApiView):
    query = DeliveriesQuery

    @extend_schema(operation_id="list_deliveries", parameters=[DeliveriesQuery], responses=page_of(DeliverySerializer))
    def get(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """What the webhook was sent or is to be sent, newest first."""
        deliveries = self.webhook(pk).deliveries.select_related("event")
        if state := self.parameters.get("state"):
            deliveries = deliveries.filter(state=state)
        pages = NewestFirst()
        page = pages.paginate_queryset(deliveries, request, view=self)
        return pages.get_paginated_response(DeliverySerializer(page, many=True).data)


class TestView(WebhookApiView):
    @extend_schema(operation_id="test_webhook", request=None, responses={202: DeliverySerializer})
    @idempotent
    @without_body
    def post(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """Send an event of the kind `ping`, to see whether it arrives."""
        ping: Any = subscriptions.send_ping(webhook=self.webhook(pk), actor=request.user)
        return Response(DeliverySerializer(ping).data, status=202)


class ReplayView(WebhookApiView):
    @extend_schema(operation_id="replay_delivery", request=None, responses={202: DeliverySerializer})
    @idempotent
    @without_body
    def post(self, request: WorkerRequest, slug: str, pk: int, delivery_pk: int) -> Response:
        """Send an event again, delivered or not."""
        deliveries = self.webhook(pk).deliveries.select_related("webhook__project")
        delivery: Any = get_object_or_404(deliveries, pk=delivery_pk)
        again: Any = subscriptions.replay(delivery=delivery, actor=request.user)
        return Response(DeliverySerializer(again).data, status=202)


class ReplayFailedSerializer(StrictSerializer):
    since = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Only events recorded since then; without it, all."
    )


class ReplayedSerializer(serializers.Serializer[Any]):
    replayed = serializers.IntegerField()
    more = serializers.BooleanField(help_text="There were more than are sent again in one go: ask again.")


class ReplayFailedView(WebhookApiView):
    @extend_schema(
        operation_id="replay_failed_deliveries", request=ReplayFailedSerializer, responses={202: ReplayedSerializer}
    )
    @idempotent
    def post(self, request: WorkerRequest, slug: str, pk: int) -> Response:
        """Send all events again that were given up."""
        webhook = self.webhook(pk)
        body = ReplayFailedSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        replayed, more = subscriptions.replay_failed(webhook=webhook, actor=request.user, **body.validated_data)
        return Response({"replayed": replayed, "more": more}, status=202)
