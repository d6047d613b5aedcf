"""What members of staff are told about the service itself, beside their own alerts."""

from django.contrib.auth import get_user_model

from notifications.dispatch import Draft, Text, notify
from notifications.severity import Severity


def tell_staff(
    kind: str, key: str, title: Text, body: Text, url: str, severity: Severity = Severity.NORMAL
) -> None:
    """Notify each active member of staff, inside the open transaction; once for a key."""
    staff = get_user_model().objects.filter(is_staff=True, is_active=True).order_by("pk")
    notify(
        [
            Draft(
                user_id=user_id,
                key=f"{kind}:{key}",
                kind=kind,
                severity=severity,
                title=title,
                body=body,
                url=url,
            )
            for user_id in staff.values_list("pk", flat=True)
        ]
    )
