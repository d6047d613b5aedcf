"""The addresses of the status."""

from django.urls import path

from stockwatch.status import views

urlpatterns = [
    path("status/", views.page, name="status"),
    path("status/board/", views.board, name="status-board"),
    path("status/service/", views.switch, name="status-service"),
]
