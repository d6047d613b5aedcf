"""A model field for prices: exact on every database, and as fast to index as an integer."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# Prices are kept in millionths. SQLite has no exact decimal type (it would compare floats), and
# an integer is the smallest and fastest thing that either database can index.
PLACES = 6
UNIT = Decimal(1).scaleb(-PLACES)
LIMIT = Decimal(10) ** 12

_ONE = Decimal(1)
_TENS = 10 ** (PLACES + 1)
"""What divides a price that normalising would write as so many tens: 1.65E+3."""


def to_units(price: Decimal) -> int:
    """Return the price in millionths, rounded down to a whole one."""
    return int(price.scaleb(PLACES))


def from_units(units: int) -> Decimal:
    """Return the price that so many millionths are, without trailing zeros."""
    price = Decimal(units).scaleb(-PLACES).normalize()
    return price if units % _TENS else price.quantize(_ONE)  # as `plain`, and twice as fast


def plain(price: Decimal) -> Decimal:
    """Return the same number without trailing zeros and without an exponent."""
    normal = price.normalize()
    return normal.quantize(_ONE) if normal.as_tuple().exponent > 0 else normal  # type: ignore[operator]


if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

    _Set_contra = TypeVar("_Set_contra", contravariant=True)
    _Get_co = TypeVar("_Get_co", covariant=True)

    class _Column(models.Field[_Set_contra, _Get_co]):
        # What the type checker's Django plugin goes by.
        _pyi_private_set_type: Decimal | int | str | Combinable
        _pyi_private_get_type: Decimal

else:
    _Set_contra = _Get_co = None

    class _Column(models.Field):
        def __class_getitem__(cls, _types: object) -> type:
            return cls


class PriceField(_Column[_Set_contra, _Get_co]):
    """A Decimal with up to six places, below 10**12, stored as a whole number of millionths."""

    description = _("Price")

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: int | None, *_args: Any) -> Decimal | None:
        return None if value is None else from_units(value)

    def get_prep_value(self, value: Any) -> int | None:
        return None if value is None else to_units(Decimal(value))

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            return Decimal(value)
        except ArithmeticError as error:
            raise ValidationError(_("Enter a number.")) from error

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(form_class=forms.DecimalField, decimal_places=PLACES, **kwargs)
