"""Émettre le bilan d’un acheteur ou d’une intercommunalité : tel qu’il sort de la structure, petits effectifs tus."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pytest

from bilans import actions, completude, emissions
from bilans.catalogue import RAPPORTS
from bilans.corrections import TABLEAU
from bilans.models import BilanEmis
from bilans.qualite.lecture import exiges
from bilans.rapport import Demande
from clauses.socle.erreurs import ActionImpossible
from marches.models import Acheteur
from tests.bilans import jeu
from tests.bilans.emission.outils import FINAL, INTERMEDIAIRE
from tests.bilans.outils import annee, connecte, contenu, parametres
from tests.factories import LigneHeuresFactory
from tests.jeu_de_comptage import CU_ARRAS, VILLE_ARRAS

EPCI = "200033579"


@pytest.fixture
def pose():
    """La CU et la Ville sont de la communauté urbaine d’Arras."""
    pose = jeu.poser()
    Acheteur.objects.filter(siret__in=[CU_ARRAS, VILLE_ARRAS]).update(epci_siren=EPCI)
    return pose


def emettre(pose, code, numero=2025, nature=INTERMEDIAIRE, **options):
    demande = Demande("acheteur", annee(numero), code, **options)
    return actions.emettre_bilan(RAPPORTS["acheteur"], demande, nature=nature, par=pose.par)


def test_emis_il_est_masque_et_ne_dit_pas_ce_qui_lui_manque(pose):
    emis = emettre(pose, CU_ARRAS)
    lu = emissions.relire(emis)
    assert str(lu.indicateurs["beneficiaires"]) == "secret"
    assert lu.indicateurs["heures_realisees"] == Decimal("300.00")
    assert completude.TABLEAU.cle not in lu.tableaux
    assert json.loads(emis.perimetre) == {"acheteur": CU_ARRAS}
    fichier = contenu(connecte(pose.structure).get(f"/bilans/emis/{emis.pk}/export/", {"format": "json"}))
    assert json.loads(fichier)["indicateurs"]["beneficiaires"] == "secret"


def test_chaque_perimetre_a_sa_suite_de_versions(pose):
    assert [emettre(pose, code).version for code in (CU_ARRAS, EPCI, CU_ARRAS, EPCI, VILLE_ARRAS)] == [1, 1, 2, 2, 1]


@pytest.mark.parametrize("code", [CU_ARRAS, EPCI])
def test_final_il_se_refuse_sous_le_seuil_et_dit_quoi_completer(pose, code):
    with pytest.raises(ActionImpossible, match="Compléter, ou émettre un bilan intermédiaire"):
        emettre(pose, code, nature=FINAL)
    assert not BilanEmis.objects.exists()


def test_la_completude_d_une_intercommunalite_porte_sur_tous_ses_acheteurs(pose):
    """P1, P2 et P6 y ont des heures en 2025 ; le Département, qui n’en est pas, a P3, P4 et P5."""
    attendus = {
        code: {c.cle: c.attendus for c in exiges(Demande("acheteur", annee(2025), code), par=pose.par)}
        for code in (CU_ARRAS, VILLE_ARRAS, EPCI)
    }
    assert [attendus[code]["sans_critere"] for code in (CU_ARRAS, VILLE_ARRAS, EPCI)] == [2, 2, 3]


def test_une_correction_se_voit_dans_tout_son_perimetre_sans_dire_de_combien(pose):
    emettre(pose, EPCI, 2024)
    LigneHeuresFactory(
        engagement=pose.engagements["2024-M1"], mois=datetime.date(2024, 12, 1), heures=Decimal("30.25"),
        validee=True,
    )  # fmt: skip
    suivant = emissions.relire(emettre(pose, EPCI, 2025))
    (rangee,) = suivant.tableaux[TABLEAU.cle].rangees
    assert {str(rangee.valeurs[cle]) for cle in ("heures", "ecart_heures", "ecart_beneficiaires")} == {"secret"}
    assert TABLEAU.cle not in emissions.relire(emettre(pose, VILLE_ARRAS, 2025)).tableaux


def test_l_emission_se_confirme_a_l_ecran_puis_se_lit(pose):
    client = connecte(pose.structure)
    demande = parametres(2025) | {"acheteur": EPCI}
    page = client.get("/bilans/acheteur/emettre/", demande)
    assert page.status_code == 200
    assert "secret" in page.content.decode()
    reponse = client.post("/bilans/acheteur/emettre/", demande | {"nature": "INTERMEDIAIRE"})
    emis = BilanEmis.objects.get()
    assert reponse["Location"] == emis.get_absolute_url()
    assert client.get(emis.get_absolute_url()).status_code == 200
