"""Les vingt-cinq engagements comptés à la main, lus par Python, par la page, par le classeur et par l’API."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.socle.nombres import en_euros, en_heures
from marches.avancements import avancements, lire
from marches.encourues import encourues
from marches.enums import Situation
from marches.models import Engagement
from marches.penalites import Calcul
from marches.suivi import suivre
from tests.factories import AcheteurFactory, RattachementFactory, StructureFactory, acteur
from tests.marches.vingt_cinq import CAS, DATES, J1, J3, Lu, poser

AVANCEMENT = "marches:avancement"


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def acheteur():
    return AcheteurFactory()


@pytest.fixture
def poses(structure, acheteur) -> dict[str, Engagement]:
    return poser(structure, acheteur)


@pytest.fixture
def client(client: Client, structure) -> Client:
    client.force_login(RattachementFactory(structure=structure).utilisateur)
    return client


def au_millieme(taux: Decimal | None) -> str | None:
    return None if taux is None else str(taux.quantize(Decimal("0.0001"), rounding="ROUND_HALF_UP"))


def texte(nombre: Decimal | None) -> str | None:
    return None if nombre is None else str(nombre.quantize(Decimal("0.01")))


def attendus(rang: int) -> dict[str, Lu]:
    return {cas.nom: cas.lus[rang] for cas in CAS}


def test_il_y_en_a_vingt_cinq_et_toutes_les_situations_y_sont():
    assert len({cas.nom for cas in CAS}) == 25
    assert {lu.situation for cas in CAS for lu in cas.lus} == set(Situation.values)


@pytest.mark.parametrize("rang", range(3))
def test_par_python_l_annotation(poses, structure, rang):
    qui, au = acteur(structure), DATES[rang]
    penalites = encourues(par=qui, au=au)
    lus = {}
    for engagement in avancements(par=qui, au=au):
        ligne = lire(engagement, penalites=penalites, au=au)
        avance = ligne.avancement
        lus[engagement.clause.lot.marche.objet] = Lu(
            str(avance.engage), str(avance.realise), au_millieme(avance.taux), texte(ligne.attendu),
            texte(ligne.projection), texte(ligne.par_mois), avance.situation.value, texte(ligne.penalite.total),
        )  # fmt: skip
    assert lus == attendus(rang)


@pytest.mark.parametrize("rang", range(3))
def test_par_python_le_calcul_pur(poses, structure, rang):
    qui, au = acteur(structure), DATES[rang]
    lus = {}
    for engagement in Engagement.objects.visibles_par(qui).avec_marche().avec_avancement(au=au):
        suivi = suivre(engagement, au=au, par=qui)
        prevue = suivi.prevision
        lus[engagement.clause.lot.marche.objet] = Lu(
            str(prevue.engage), str(prevue.realise), au_millieme(engagement.avancement(au=au).taux),
            texte(prevue.attendu), texte(prevue.projection), texte(prevue.besoin_mensuel), prevue.situation.value,
            texte(suivi.penalite.total),
        )  # fmt: skip
    assert lus == attendus(rang)


@pytest.mark.parametrize("rang", range(3))
def test_par_la_page(client, poses, rang):
    """Chaque cellule du tableau, telle qu’on la lit ; les vingt-cinq tiennent sur une page."""
    reponse = client.get(reverse(AVANCEMENT), {"au": DATES[rang].isoformat()})
    table = reponse.context["table"]
    assert table.paginator.count == 25
    for ligne in table.paginated_rows:
        lu, cellules = attendus(rang)[ligne.record.clause.lot.marche.objet], ligne.cells
        ecart = None if lu.attendu is None else Decimal(lu.realise) - Decimal(lu.attendu)
        plus = "+" if ecart is not None and ecart > 0 else ""
        assert [str(cellules[nom]) for nom in ("heures_engagees", "heures_realisees")] == [
            en_heures(Decimal(lu.engage)),
            en_heures(Decimal(lu.realise)),
        ]
        assert [str(cellules[nom]) for nom in ("attendues", "ecart", "projection", "par_mois")] == [
            montrer(lu.attendu),
            f"{plus}{montrer(ecart)}",
            montrer(lu.projection),
            montrer(lu.par_mois),
        ]
        assert Situation(lu.situation).label in cellules["situation"]
        assert cellules["penalite"] == (en_euros(Decimal(lu.penalite)) if Decimal(lu.penalite) else "–")


def montrer(heures: str | Decimal | None) -> str:
    return "–" if heures is None else en_heures(Decimal(heures))


@pytest.mark.parametrize("rang", range(3))
def test_par_la_page_de_chaque_engagement(client, poses, rang):
    au = DATES[rang]
    for nom, engagement in poses.items():
        page = client.get(reverse("marches:engagement", args=[engagement.pk]), {"au": au.isoformat()}).content.decode()
        lu = attendus(rang)[nom]
        attendues = [lu.engage, lu.realise, *(h for h in (lu.attendu, lu.projection, lu.par_mois) if h is not None)]
        assert not [heures for heures in attendues if f"{en_heures(Decimal(heures))} h" not in page], nom
        assert Situation(lu.situation).label in page
        assert (f"{en_euros(Decimal(lu.penalite))}</strong> exigibles" in page) == (Decimal(lu.penalite) > 0), nom


@pytest.mark.parametrize("rang", range(3))
def test_par_le_classeur(client, poses, rang):
    reponse = client.get(reverse(AVANCEMENT), {"au": DATES[rang].isoformat(), "export": "xlsx"})
    feuille = openpyxl.load_workbook(io.BytesIO(b"".join(reponse))).active
    titres, *lignes = list(feuille.values)
    lus = {}
    for valeurs in lignes:
        cellule = dict(zip(titres, valeurs, strict=True))
        assert cellule["À la date du"].date() == DATES[rang]
        lus[cellule["Objet"]] = Lu(
            *(deux_decimales(cellule[nom]) for nom in ("Engagées (h)", "Réalisées (h)")),
            None if cellule["Taux"] is None else au_millieme(Decimal(str(cellule["Taux"]))),
            *(deux_decimales(cellule[nom]) for nom in ("Attendues (h)", "Projection (h)", "À faire par mois (h)")),
            next(code for code, libelle in Situation.choices if libelle == cellule["Situation"]),
            deux_decimales(cellule["Pénalité encourue"]),
        )
    assert lus == attendus(rang)


def deux_decimales(valeur: float | None) -> str | None:
    return None if valeur is None else str(Decimal(str(valeur)).quantize(Decimal("0.01")))


@pytest.mark.parametrize("rang", range(3))
def test_par_l_api(client, poses, rang):
    recus = client.get("/api/v1/engagements/", {"au": DATES[rang].isoformat()}).json()
    recus = recus["results"] if isinstance(recus, dict) else recus
    noms = {engagement.pk: nom for nom, engagement in poses.items()}
    lus = {
        noms[recu["id"]]: Lu(
            recu["heures_engagees"], recu["heures_realisees"], recu["taux"], recu["heures_attendues"],
            recu["heures_projetees"], recu["heures_par_mois"], recu["situation"], recu["penalite_encourue"],
        )
        for recu in recus
    }  # fmt: skip
    assert lus == attendus(rang)
    assert {recu["au"] for recu in recus} == {DATES[rang].isoformat()}


def test_l_acheteur_lit_les_memes_lignes_et_l_entreprise_les_siennes(poses, structure, acheteur):
    un = poses["dépassé"]
    for qui, attendue in (
        (acteur(structure, Role.ACHETEUR, acheteur=acheteur), {cas.nom for cas in CAS}),
        (acteur(structure, Role.ENTREPRISE, entreprise=un.entreprise), {"dépassé"}),
    ):
        penalites = encourues(par=qui, au=J3)
        lues = {e.clause.lot.marche.objet: lire(e, penalites=penalites, au=J3) for e in avancements(par=qui, au=J3)}
        assert set(lues) == attendue
        assert all(texte(lues[nom].penalite.total) == attendus(2)[nom].penalite for nom in lues)


def test_la_penalite_projetee_suit_le_rythme(poses, structure):
    """À J1, « régulier » finirait à 720 h : 10 h manqueraient, × 40 € ; rien n’est exigible pour autant."""
    qui = acteur(structure)
    engagement = avancements(par=qui, au=J1).get(pk=poses["régulier, presque au bout"].pk)
    ligne = lire(engagement, penalites=encourues(par=qui, au=J1), au=J1)
    assert isinstance(ligne.penalite_projetee, Calcul)
    assert (ligne.penalite.total, ligne.penalite_projetee.total) == (Decimal(0), Decimal("400.00"))


def test_une_date_illisible_se_dit_et_ne_montre_rien(client, poses):
    reponse = client.get(reverse(AVANCEMENT), {"au": "demain"})
    assert reponse.status_code == 400
    assert "Cette date est illisible" in reponse.content.decode()
    assert reponse.context["table"].paginator.count == 0
    assert client.get("/api/v1/engagements/", {"au": "demain"}).status_code == 400


def test_sans_date_c_est_aujourd_hui(client, poses):
    with time_machine.travel(datetime.datetime(2025, 6, 30, 12, tzinfo=datetime.UTC), tick=False):
        assert client.get(reverse(AVANCEMENT)).context["au"] == J1
