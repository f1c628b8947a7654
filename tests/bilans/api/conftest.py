"""Un engagement à la mi-décembre 2025, comme pour les pages des documents."""

from __future__ import annotations

from tests.bilans.documents.conftest import engagement, mi_decembre_2025, par

__all__ = ["engagement", "mi_decembre_2025", "par"]
