"""Stockwatch: watches stock prices and tells people the moment something happens."""

from stockwatch.celery import app as celery_app

__all__ = ["celery_app"]
