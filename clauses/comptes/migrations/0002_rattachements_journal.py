import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("comptes", "0001_utilisateurs_structures"),
        ("entreprises", "0001_annuaire"),
        ("marches", "0001_marches_clauses_engagements"),
        ("territoires", "0001_communes_epci"),
    ]

    operations = [
        migrations.AddField(
            model_name="rattachement",
            name="acheteur",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="marches.acheteur",
                verbose_name="acheteur",
            ),
        ),
        migrations.AddField(
            model_name="rattachement",
            name="entreprise",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="entreprises.entreprise",
                verbose_name="entreprise",
            ),
        ),
        migrations.AddField(
            model_name="rattachement",
            name="utilisateur",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rattachements",
                to=settings.AUTH_USER_MODEL,
                verbose_name="utilisateur",
            ),
        ),
        migrations.AddField(
            model_name="structure",
            name="territoire",
            field=models.ManyToManyField(
                blank=True, to="territoires.epci", verbose_name="intercommunalités du territoire"
            ),
        ),
        migrations.AddField(
            model_name="rattachement",
            name="structure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rattachements",
                to="comptes.structure",
                verbose_name="structure",
            ),
        ),
        migrations.AddField(
            model_name="ecriturejournal",
            name="structure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="comptes.structure",
                verbose_name="structure",
            ),
        ),
        migrations.AddConstraint(
            model_name="structure",
            constraint=models.CheckConstraint(
                condition=models.Q(("base_etp__gt", 0)),
                name="structure_base_etp_positive",
                violation_error_message="La base ETP est un nombre d’heures par an, supérieur à zéro.",
            ),
        ),
        migrations.AddConstraint(
            model_name="structure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seuil_avertissement_heures__gt", 0),
                    ("seuil_refus_heures__gte", models.F("seuil_avertissement_heures")),
                ),
                name="structure_seuils_dans_l_ordre",
                violation_error_message="Le seuil de refus est au moins égal au seuil d’avertissement.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rattachement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acheteur__isnull", False), ("entreprise", None), ("role", "ACHETEUR")),
                    models.Q(("acheteur", None), ("entreprise__isnull", False), ("role", "ENTREPRISE")),
                    models.Q(
                        models.Q(("role__in", ["ACHETEUR", "ENTREPRISE"]), _negated=True),
                        ("acheteur", None),
                        ("entreprise", None),
                    ),
                    _connector="OR",
                ),
                name="rattachement_organisation_selon_role",
                violation_error_message="Un acheteur est rattaché à un acheteur, une entreprise à une entreprise, les autres rôles à la seule structure.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rattachement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("acheteur", None), ("entreprise", None)),
                fields=("utilisateur", "structure", "role"),
                name="rattachement_unique_structure",
                violation_error_message="Ce rattachement existe déjà.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rattachement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("acheteur__isnull", False)),
                fields=("utilisateur", "structure", "acheteur"),
                name="rattachement_unique_acheteur",
                violation_error_message="Ce rattachement existe déjà.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rattachement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("entreprise__isnull", False)),
                fields=("utilisateur", "structure", "entreprise"),
                name="rattachement_unique_entreprise",
                violation_error_message="Ce rattachement existe déjà.",
            ),
        ),
        migrations.AddIndex(
            model_name="ecriturejournal",
            index=models.Index(fields=["objet_type", "objet_id", "-inscrite_le"], name="journal_par_objet"),
        ),
        migrations.AddIndex(
            model_name="ecriturejournal",
            index=models.Index(fields=["structure", "-inscrite_le"], name="journal_par_structure"),
        ),
    ]
