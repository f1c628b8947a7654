"""URL de « heures »."""

from __future__ import annotations

app_name = "heures"
urlpatterns: list = []
