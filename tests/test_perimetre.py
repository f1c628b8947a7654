"""Le périmètre par construction : tout modèle en a un, un rôle sans règle ne voit rien, les choix sont vides."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import django_filters
import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.urls import reverse

from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.perimetre import PerimetreQuerySet
from tests.factories import AttributionFactory, LotFactory, RattachementFactory, StructureFactory

METIER = ("comptes", "crochets", "entreprises", "marches", "heures", "bilans")
MODELES = [m for m in apps.get_models() if m._meta.app_label in METIER]
PAQUETS = ("clauses", "entreprises", "marches", "heures", "bilans")
EXTERNES = (Role.ACHETEUR, Role.ENTREPRISE, Role.FINANCEUR)
# Ce qu’un rôle extérieur à la structure voit au plus ; tout autre modèle lui est fermé.
OUVERTS = {
    Role.ACHETEUR: {
        "Utilisateur", "Structure", "Jeton", "Acheteur", "Marche", "Lot", "Attribution", "Clause", "Engagement",
        "MouvementEngagement", "JalonEngagement", "Facture", "PropositionPenalite", "Document", "Bareme",
        "ReglePenalite",
    },
    Role.ENTREPRISE: {
        "Releve", "Utilisateur", "Structure", "Jeton", "Entreprise", "Marche", "Lot", "Attribution", "Clause",
        "Engagement", "MouvementEngagement", "JalonEngagement", "Facture", "PropositionPenalite", "Document", "Bareme",
        "ReglePenalite",
    },
    Role.FINANCEUR: {"Utilisateur", "Structure", "Jeton", "Bareme"},
}  # fmt: skip


def modules(*noms: str) -> Iterator[object]:
    """Modules `forms`, `filters`… de nos apps, qu’ils soient un fichier ou un dossier."""
    for paquet in PAQUETS:
        racine = importlib.import_module(paquet)
        for module in pkgutil.walk_packages(racine.__path__, f"{paquet}."):
            if set(noms) & set(module.name.split(".")) and ".migrations" not in module.name:
                yield importlib.import_module(module.name)


def classes(base: type, *noms: str) -> list[type]:
    trouvees = {
        classe
        for module in modules(*noms)
        for classe in vars(module).values()
        if isinstance(classe, type) and issubclass(classe, base) and classe.__module__ == module.__name__
    }
    return sorted(trouvees, key=lambda c: f"{c.__module__}.{c.__name__}")


@pytest.mark.parametrize("formulaire", classes(forms.BaseForm, "forms"), ids=lambda f: f.__name__)
def test_un_choix_d_objet_est_vide_par_defaut(formulaire):
    """Un choix de modèle métier part de `.none()` ; l’acteur le remplit. Le référentiel public fait exception."""
    choix = {
        nom: champ
        for nom, champ in formulaire.base_fields.items()
        if isinstance(champ, forms.ModelChoiceField) and champ.queryset.model in MODELES
    }
    assert not [nom for nom, champ in choix.items() if not champ.queryset.query.is_empty()]


@pytest.mark.parametrize("filtre", classes(django_filters.FilterSet, "filters"), ids=lambda f: f.__name__)
def test_un_choix_de_filtre_est_vide_par_defaut(filtre):
    choix = {
        nom: champ
        for nom, champ in filtre.base_filters.items()
        if isinstance(champ, django_filters.ModelChoiceFilter | django_filters.ModelMultipleChoiceFilter)
    }
    fautifs = [
        nom
        for nom, champ in choix.items()
        if not callable(champ.extra.get("queryset"))
        and (champ.extra.get("queryset") is None or not champ.extra["queryset"].query.is_empty())
    ]
    assert not fautifs


@pytest.mark.parametrize("modele", MODELES, ids=lambda m: m.__name__)
def test_tout_modele_metier_a_un_perimetre(modele):
    objets = modele._default_manager.all()
    assert isinstance(objets, PerimetreQuerySet)
    assert type(objets).regle_de_visibilite is not PerimetreQuerySet.regle_de_visibilite


@pytest.mark.parametrize("role", EXTERNES)
@pytest.mark.parametrize("modele", MODELES, ids=lambda m: m.__name__)
def test_un_role_sans_regle_ne_voit_rien(modele, role):
    structure = StructureFactory()
    qui = Acteur(1, role, structure.pk, acheteur_id=1, entreprise_id=1)
    regle = modele._default_manager.all().regle_de_visibilite(qui)
    assert (regle is not None) == (modele.__name__ in OUVERTS[role])


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("modele", MODELES, ids=lambda m: m.__name__)
def test_une_regle_ne_depend_que_de_l_acteur_et_s_execute(modele, role):
    qui = Acteur(1, role, StructureFactory().pk, acheteur_id=1, entreprise_id=1)
    assert list(modele._default_manager.all().visibles_par(qui)) in ([], list(modele._default_manager.all()))


@pytest.mark.parametrize(
    "modele",
    [m for m in MODELES if any(c.name == "structure" for c in m._meta.concrete_fields)],
    ids=lambda m: m.__name__,
)
@pytest.mark.parametrize("role", Role)
def test_un_objet_de_structure_ne_sort_pas_de_sa_structure(modele, role):
    """La règle d’un modèle qui porte une structure contient `structure_id = celle de l’acteur`, pour tout rôle."""
    qui = Acteur(7, role, 4242, acheteur_id=1, entreprise_id=1)
    regle = modele._default_manager.all().regle_de_visibilite(qui)
    assert regle is None or ("structure_id", 4242) in aplatir(regle)


def aplatir(regle: models.Q) -> list[object]:
    """Conditions jointes par ET à tout niveau ; une alternative ne protège rien, on n’y entre pas."""
    if regle.connector != models.Q.AND or regle.negated:
        return []
    conditions: list[object] = []
    for enfant in regle.children:
        conditions += aplatir(enfant) if isinstance(enfant, models.Q) else [enfant]
    return conditions


@pytest.mark.parametrize("modele", MODELES, ids=lambda m: m.__name__)
def test_le_et_par_vont_par_deux(modele):
    """`validee_le` sans `validee_par` (ou l’inverse) : on ne saurait plus qui a agi, ou quand."""
    champs = {c.name for c in modele._meta.get_fields()}
    dates = {c.removesuffix("_le") for c in champs if c.endswith("_le")}
    auteurs = {c.removesuffix("_par") for c in champs if c.endswith("_par")}
    assert dates == auteurs


def test_un_titulaire_ne_voit_pas_les_lots_voisins(client):
    mien = AttributionFactory(lot__intitule="LOT-DU-TITULAIRE")
    voisin = LotFactory(marche=mien.lot.marche, intitule="LOT-DU-VOISIN")
    AttributionFactory(lot=voisin)
    rattachement = RattachementFactory(role=Role.ENTREPRISE, entreprise=mien.entreprise, structure=mien.lot.structure)
    client.force_login(rattachement.utilisateur)
    page = client.get(reverse("marches:fiche", args=[mien.lot.marche_id]), {"onglet": "lots"}).content.decode()
    assert "LOT-DU-TITULAIRE" in page
    assert "LOT-DU-VOISIN" not in page
