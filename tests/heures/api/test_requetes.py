"""Une liste d’une fiche coûte autant de requêtes que celle de onze ; elle se parcourt entière au curseur."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heures.models import Prolongation
from tests.factories import (
    ContratTravailFactory,
    CritereEntreeFactory,
    EngagementFactory,
    EntreeClauseFactory,
    EntrepriseFactory,
    LigneHeuresFactory,
    ParticipantFactory,
    ReleveFactory,
    SortieFactory,
    StructureFactory,
    UtilisateurFactory,
)
from tests.factories_releves import (
    ConventionGlobalisationFactory,
    CorrespondanceFactory,
    DemandeReleveFactory,
    DoublonEcarteFactory,
    EnvoiFactory,
    FusionFactory,
    ImportHeuresFactory,
    LigneEnAttenteFactory,
)
from tests.heures.api.porte import Porte


def prolongation(structure: Any) -> Any:
    return Prolongation.objects.create(
        structure=structure,
        participant=ParticipantFactory(structure=structure),
        jusqu_au=datetime.date(2027, 6, 30),
        motif="Formation",
        accordee_par=UtilisateurFactory(),
    )


def engagement(structure: Any, **champs: Any) -> Any:
    return EngagementFactory(clause__lot__marche__structure=structure, **champs)


def convention(structure: Any) -> Any:
    entreprise = EntrepriseFactory()
    relies = [engagement(structure, entreprise=entreprise) for _ in range(2)]
    return ConventionGlobalisationFactory(structure=structure, entreprise=entreprise, engagements=relies)


UN: dict[str, Callable[[Any], Any]] = {
    "participants": lambda s: EntreeClauseFactory(participant__structure=s).participant,
    "entrees": lambda s: CritereEntreeFactory(entree__participant__structure=s).entree,
    "prolongations": prolongation,
    "sorties": lambda s: SortieFactory(participant__structure=s),
    "fusions": lambda s: FusionFactory(gardee__structure=s),
    "contrats": lambda s: ContratTravailFactory(participant__structure=s),
    "lignes": lambda s: LigneHeuresFactory(engagement=engagement(s)),
    "releves": lambda s: ReleveFactory(engagement=engagement(s)),
    "lignes-en-attente": lambda s: LigneEnAttenteFactory(releve__engagement=engagement(s)),
    "conventions": convention,
    "demandes-de-releve": lambda s: DemandeReleveFactory(releve__engagement=engagement(s)),
    "envois": lambda s: EnvoiFactory(releve__engagement=engagement(s)),
    "doublons-ecartes": lambda s: DoublonEcarteFactory(premiere__structure=s),
    "imports-de-releves": lambda s: ImportHeuresFactory(structure=s),
    "correspondances": lambda s: CorrespondanceFactory(structure=s),
}


@pytest.mark.parametrize("objet", UN)
def test_une_fiche_coute_autant_de_requetes_que_onze(porte: Porte, structure: Any, objet: str) -> None:
    UN[objet](structure)
    porte.lus(f"{objet}/")
    with CaptureQueriesContext(connection) as une:
        assert len(porte.lus(f"{objet}/")) == 1
    for _ in range(10):
        UN[objet](structure)
    with CaptureQueriesContext(connection) as onze:
        assert len(porte.lus(f"{objet}/")) == 11
    assert len(onze) == len(une)


@pytest.mark.parametrize("objet", UN)
def test_un_curseur_parcourt_tout_une_fois_dans_chaque_tri(porte: Porte, structure: Any, objet: str) -> None:
    attendus = {UN[objet](structure).pk for _ in range(5)}
    tris = porte.lire(f"{objet}/?tri=rien").json()["erreurs"][0]["message"].rpartition(": ")[2].rstrip(".").split(", ")
    for tri in ("", *(f"&tri={nom}" for nom in tris), *(f"&tri=-{nom}" for nom in tris)):
        lus: list[int] = []
        chemin = f"{objet}/?taille=2{tri}"
        while chemin:
            page = porte.lire(chemin).json()
            lus += [fiche["id"] for fiche in page["results"]]
            chemin = (page["next"] or "").partition("/api/v1/")[2]
        assert (len(lus), set(lus)) == (len(attendus), attendus), tri


@pytest.mark.parametrize("objet", UN)
def test_la_fiche_d_une_autre_structure_n_existe_pas(porte: Porte, objet: str) -> None:
    autre = UN[objet](StructureFactory())
    assert porte.lire(f"{objet}/{autre.pk}/").status_code == 404
    assert porte.lus(f"{objet}/") == []
