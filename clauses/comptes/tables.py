"""Tableaux du journal."""

from __future__ import annotations

import django_tables2 as tables

from clauses.comptes.models import EcritureJournal


class JournalTable(tables.Table):
    legende = "Journal des écritures et des consultations"

    inscrite_le = tables.DateTimeColumn(verbose_name="Quand", format="d/m/Y H:i")
    action = tables.TemplateColumn(template_name="composants/_geste.html", verbose_name="Quoi", orderable=False)
    inscrite_par = tables.Column(verbose_name="Qui")
    changements = tables.TemplateColumn(
        template_name="composants/_changements.html", verbose_name="Avant, après", orderable=False
    )

    class Meta:
        model = EcritureJournal
        fields = ("inscrite_le", "action", "inscrite_par", "changements")
        empty_text = "Aucune écriture pour le moment."
