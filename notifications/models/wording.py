"""What users want to be told in words of their own."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications import placeholders

LONGEST_TITLE, LONGEST_TEXT = 200, 2000


class WordingQuerySet(models.QuerySet["Wording"]):
    """Sentences about wordings."""

    def of(self, user_id: int) -> "WordingQuerySet":
        """One user's, the most general first."""
        return self.filter(user_id=user_id).order_by("kind", "transport")

    def by_way(self, transport: str) -> "WordingQuerySet":
        """Those for messages that go one way."""
        return self.filter(transport__in=("", transport))


class Wording(models.Model):
    """A user's own title and text for a kind and a transport; left blank, for all of them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="wordings",
        verbose_name=_("user"),
    )
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    transport = models.CharField(_("way"), max_length=40, blank=True)
    title = models.CharField(_("title"), max_length=LONGEST_TITLE, blank=True)
    """A template; left blank, the title stays Stockwatch's, and so does the text."""
    text = models.TextField(_("text"), max_length=LONGEST_TEXT, blank=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = WordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "transport"], name="one_wording_a_kind_and_way"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind or '*'} × {self.transport or '*'}"

    @property
    def problem(self) -> str:
        """What is wrong with it since a placeholder is no more; empty where all is well."""
        try:
            for template in (self.title, self.text):
                placeholders.check(template)
        except ValidationError as error:
            return " ".join(error.messages)
        return ""
