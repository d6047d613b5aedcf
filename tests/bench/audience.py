"""Users by the thousand, each with a token and an inbox, and what their clients say first."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from knox.crypto import create_token_string, hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS, knox_settings

from notifications.models import Inbox

BATCH = 500


@dataclass(frozen=True, slots=True)
class Person:
    """A user and a token."""

    pk: int
    token: str

    def says(self, stream: str = "notifications", **fields: Any) -> list[str]:
        """Return the first frames of a client of this person: who it is, and what it follows."""
        return [
            json.dumps({"id": 1, "op": "auth", "token": self.token}),
            json.dumps({"id": 2, "op": "subscribe", "stream": stream, **fields}),
        ]


@transaction.atomic
def make_people(count: int) -> list[Person]:
    """Make users. One password's hash serves all: making each its own would take minutes."""
    password, already = make_password("a password for the benchmark"), User.objects.count()
    users = User.objects.bulk_create(
        [
            User(username=f"user{number}", password=password)
            for number in range(already, already + count)
        ],
        BATCH,
    )
    people = [Person(user.pk, create_token_string()) for user in users]
    AuthToken.objects.bulk_create([_token(person) for person in people], BATCH)
    Inbox.objects.locked_for(person.pk for person in people)
    return people


def _token(person: Person) -> AuthToken:
    return AuthToken(
        digest=hash_token(person.token),
        token_key=person.token[: CONSTANTS.TOKEN_KEY_LENGTH],
        user_id=person.pk,
        expiry=timezone.now() + knox_settings.TOKEN_TTL,
    )


def plans(people: Iterable[Person]) -> list[list[str]]:
    """Return the first frames of each person's client, which follows the notifications."""
    return [person.says() for person in people]
