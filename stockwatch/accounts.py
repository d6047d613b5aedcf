"""Log-in, log-out, and who am I, for programs (contract §4)."""

from typing import Any, cast

from django.contrib.auth import authenticate, logout, user_logged_in, user_logged_out
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from knox.models import AuthToken, get_token_model
from rest_framework import serializers
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.models import Inbox
from stockwatch.attempts import Attempts, TooManyTriesError
from stockwatch.rest import KnownFieldsOnly


class LoginSerializer(KnownFieldsOnly, serializers.Serializer[Any]):
    """What shows who one is."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(
        max_length=4096, trim_whitespace=False, style={"input_type": "password"}
    )


class UserNameSerializer(serializers.Serializer[User]):
    """A user as a token's owner."""

    id = serializers.IntegerField()
    username = serializers.CharField()


class TokenSerializer(serializers.Serializer[Any]):
    """A new token; it is told this once."""

    token = serializers.CharField()
    expiry = serializers.DateTimeField()
    user = UserNameSerializer()


class UserSerializer(UserNameSerializer):
    """A user, to itself."""

    is_staff = serializers.BooleanField()
    language = serializers.SerializerMethodField()

    def get_language(self, user: User) -> str:
        """Return the language that the user is told things in."""
        return Inbox.objects.language_of(user.pk)


class InfoSerializer(serializers.Serializer[Any]):
    """Who asks, and until when that holds."""

    user = UserSerializer()
    expiry = serializers.DateTimeField(allow_null=True)


class Login(APIView):
    """Tokens for a name and a password. Failed tries are limited, good ones are not."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        request=LoginSerializer,
        responses=TokenSerializer,
        tags=["auth"],
        auth=[],
        examples=[
            OpenApiExample(
                "Log in", value={"username": "demo", "password": "demo"}, request_only=True
            ),
            OpenApiExample(
                "A token",
                value={
                    "token": "9f2c…",
                    "expiry": "2026-12-23T10:31:02+08:00",
                    "user": {"id": 1, "username": "demo"},
                },
                response_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Log in. A wrong name or password, or an inactive user, is 400; too many tries are 429."""
        given = LoginSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        username = given.validated_data["username"]
        attempts = Attempts("login", username, request.META.get("REMOTE_ADDR", ""))
        try:
            with attempts.one_try():
                user = _known(request, username, given.validated_data["password"])
        except TooManyTriesError as error:
            raise Throttled(error.wait) from error
        instance, token = get_token_model().objects.create(user)
        user_logged_in.send(sender=type(user), request=request, user=user)
        told = {"token": token, "expiry": instance.expiry, "user": user}
        return Response(TokenSerializer(told).data)


def _known(request: Request, username: str, password: str) -> AbstractBaseUser:
    user = authenticate(request, username=username, password=password)
    if user is None:
        message = _("Wrong username or password, or an inactive account.")
        raise ValidationError({"non_field_errors": [message]})
    return user


class Logout(APIView):
    """The end of a log-in; its open sockets close within seconds."""

    @extend_schema(request=None, responses={204: None}, tags=["auth"])
    def post(self, request: Request) -> Response:
        """End this token, or this session."""
        if request.auth is None:
            logout(request)
        else:
            request.auth.delete()
            user_logged_out.send(sender=type(request.user), request=request, user=request.user)
        return Response(status=204)


class Info(APIView):
    """Who am I."""

    @extend_schema(
        responses=InfoSerializer,
        tags=["auth"],
        examples=[
            OpenApiExample(
                "A user",
                value={
                    "user": {"id": 1, "username": "demo", "is_staff": False, "language": "en"},
                    "expiry": "2026-12-23T10:31:02+08:00",
                },
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Tell whom the token or session belongs to, and until when it holds."""
        token = cast(AuthToken | None, request.auth)
        expiry = request.session.get_expiry_date() if token is None else token.expiry
        return Response(InfoSerializer({"user": cast(User, request.user), "expiry": expiry}).data)
