"""Wordings of users' own in REST: `/api/v1/templates`."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from notifications.models import Wording
from notifications.wordings.previews import preview
from notifications.wordings.serializers import PreviewSerializer, WordingSerializer


@extend_schema(tags=["templates"])
class WordingViewSet(ModelViewSet[Wording]):
    """What you want to be told in your own words, by kind and by way; the most specific counts."""

    serializer_class = WordingSerializer
    notification_kinds: Collection[str] = ()
    """What a wording may be for; the composition root gives it."""

    def get_queryset(self) -> QuerySet[Wording]:
        if getattr(self, "swagger_fake_view", False):
            return Wording.objects.none()
        return Wording.objects.of(cast(User, self.request.user).pk)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "notification_kinds": self.notification_kinds}

    def perform_create(self, serializer: Any) -> None:
        serializer.save(user_id=self.request.user.pk)

    def perform_update(self, serializer: Any) -> None:
        try:
            serializer.save()
        except Wording.DoesNotExist as error:  # deleted while it was changed
            raise NotFound from error


class PreviewWording(APIView):
    """How a wording reads."""

    notification_kinds: Collection[str] = ()

    @extend_schema(
        operation_id="templates_preview",
        request=WordingSerializer,
        responses=PreviewSerializer,
        tags=["templates"],
    )
    def post(self, request: Request) -> Response:
        """Word your newest notification of the kind, else an example; nothing is saved or sent."""
        context = {"notification_kinds": self.notification_kinds}
        wanted = WordingSerializer(data=request.data, context=context)
        wanted.is_valid(raise_exception=True)
        user = cast(User, request.user)
        shown = preview(user.pk, Wording(**wanted.validated_data), timezone.now())
        return Response(asdict(shown))
