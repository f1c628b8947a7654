"""URL des marchés et des acheteurs."""

from __future__ import annotations

app_name = "marches"
urlpatterns: list = []
