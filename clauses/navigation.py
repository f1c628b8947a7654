"""Le menu : chaque entrée n’apparaît qu’à qui a le droit de l’ouvrir."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from clauses.comptes.acteurs import Droit

ENTREES = (
    ("Marchés", "marches:liste", Droit.CONSULTER_MARCHES),
    ("Heures", "heures:engagements", Droit.CONSULTER_HEURES),
    ("Vos relevés", "heures:mes_releves", Droit.REMPLIR_RELEVE),
    ("Participants", "heures:participants", Droit.CONSULTER_PERSONNES),
    ("Entreprises", "entreprises:liste", Droit.CONSULTER_ANNUAIRE),
    ("Acheteurs", "marches:acheteurs", Droit.CONSULTER_ANNUAIRE),
    ("Bilans", "bilans:choisir", Droit.CONSULTER_BILANS),
    ("Agrégats", "bilans:agregats", Droit.CONSULTER_AGREGATS),
    ("Votre bilan", "bilans:votre_bilan", Droit.CONSULTER_SON_BILAN),
    ("Outils", "marches:outils", Droit.CONSULTER_MARCHES),
)
# Une entrée que remplace un droit plus large : qui a les bilans entiers trouve les agrégats par « Utilisateurs ».
REMPLACEES = {"bilans:agregats": Droit.CONSULTER_BILANS}


def navigation(request: HttpRequest) -> dict[str, Any]:
    acteur = getattr(request, "acteur", None)
    if acteur is None:
        return {"navigation": []}
    ouvertes = [nom for _, nom, droit in ENTREES if acteur.peut(droit)]
    urls = {nom: reverse(nom) for nom in ouvertes if nom not in REMPLACEES or not acteur.peut(REMPLACEES[nom])}
    # « Participants » est sous « Heures » : l’entrée active est la plus précise.
    active = max((url for url in urls.values() if request.path.startswith(url)), key=len, default="")
    entrees = [
        {"libelle": libelle, "url": urls[nom], "est_active": urls[nom] == active}
        for libelle, nom, _ in ENTREES
        if nom in urls
    ]
    return {"navigation": entrees}
