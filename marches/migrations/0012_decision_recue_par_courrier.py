"""Un acheteur sans compte décide par courrier : sa décision s’inscrit avec la date et la référence du courrier."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("marches", "0011_messages_sans_signe_pour_cent")]

    operations = [
        migrations.AddField(
            model_name="propositionpenalite",
            name="courrier_date",
            field=models.DateField(blank=True, null=True, verbose_name="décision reçue par courrier du"),
        ),
        migrations.AddField(
            model_name="propositionpenalite",
            name="courrier_reference",
            field=models.CharField(blank=True, max_length=120, verbose_name="référence du courrier"),
        ),
        migrations.AddConstraint(
            model_name="propositionpenalite",
            constraint=models.CheckConstraint(
                name="proposition_courrier_complet_ou_absent",
                condition=Q(courrier_date=None, courrier_reference="")
                | (Q(courrier_date__isnull=False) & ~Q(courrier_reference="") & ~Q(statut="PROPOSEE")),
                violation_error_message="Une décision reçue par courrier porte la date et la référence du courrier.",
            ),
        ),
    ]
