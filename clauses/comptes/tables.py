"""Tableaux du journal."""

from __future__ import annotations

import django_tables2 as tables

from clauses.comptes.models import EcritureJournal


class JournalTable(tables.Table):
    legende = "Journal des écritures et des consultations"

    inscrite_le = tables.DateTimeColumn(verbose_name="Quand", format="d/m/Y H:i")
    inscrite_par = tables.Column(verbose_name="Qui")
    action = tables.Column(verbose_name="Quoi", orderable=False)
    objet = tables.Column(verbose_name="Objet", accessor="objet_type", orderable=False)
    changements = tables.TemplateColumn(
        template_name="composants/_changements.html", verbose_name="Avant, après", orderable=False
    )

    class Meta:
        model = EcritureJournal
        fields = ("inscrite_le", "inscrite_par", "action", "objet", "changements")
        empty_text = "Aucune écriture pour le moment."
