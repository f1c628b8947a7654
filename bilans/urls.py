"""URL de « bilans »."""

from __future__ import annotations

app_name = "bilans"
urlpatterns: list = []
