"""The documentation of the API, and addresses that answer whatever is asked of them."""

import pytest
from django.test import Client

METHODS = ["get", "head", "post", "put", "patch", "delete", "options"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/api/docs", "/api/schema", "/healthz", "/metrics", "/readyz"])
def test_no_method_is_too_much_for_it(
    client: Client, admin_user: object, path: str, method: str
) -> None:
    client.force_login(admin_user)  # type: ignore[arg-type]
    assert getattr(client, method)(path).status_code in (200, 405, 503)


def test_the_documentation_needs_no_other_server(client: Client, admin_user: object) -> None:
    client.force_login(admin_user)  # type: ignore[arg-type]
    page = client.get("/api/docs").content.decode()
    assert "swagger-ui" in page
    assert "//cdn" not in page
    assert "https://" not in page
