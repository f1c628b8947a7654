"""La frise du parcours : des points entiers, dans le cadre, et un tableau qui dit la même chose."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heures.frise import ContratLu, Echelle, EntreeLue, HeuresDuMois, Parcours, SortieLue, tracer
from heures.models import Prolongation
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    RattachementFactory,
    SortieFactory,
)

JOUR = datetime.date
VIDE = Parcours(
    aujourd_hui=JOUR(2025, 12, 15), entrees=[], contrats=[], heures={}, fin_initiale=None, fin_eligibilite=None,
    sorties=[],
)  # fmt: skip
PLEIN = replace(
    VIDE,
    entrees=[EntreeLue(1, JOUR(2024, 1, 10), JOUR(2024, 1, 8))],
    contrats=[
        ContratLu("CDD chez Bâti", JOUR(2024, 1, 15), JOUR(2024, 6, 30)),
        ContratLu("Intérim chez Relais", JOUR(2024, 4, 1), JOUR(2024, 5, 31)),
        ContratLu("CDI chez Vert", JOUR(2024, 7, 1), None),
    ],
    heures={
        JOUR(2024, 2, 1): HeuresDuMois(Decimal("100.00")),
        JOUR(2024, 3, 1): HeuresDuMois(Decimal("75.00"), Decimal("25.50")),
    },
    fin_initiale=JOUR(2026, 1, 10),
    fin_eligibilite=JOUR(2026, 6, 30),
    sorties=[SortieLue(JOUR(2025, 3, 31), "CDI", "CDI", "")],
)
DATES = st.dates(JOUR(2015, 1, 1), JOUR(2030, 12, 31))


def de(frise, sorte):
    return [objet for objet in (*frise.bandes, *frise.reperes) if objet.sorte == sorte]


def test_sans_rien_il_n_y_a_pas_de_frise():
    assert tracer(VIDE) is None


def test_l_echelle_avance_d_un_pas_par_mois_et_place_le_jour_dans_son_mois():
    echelle = Echelle(JOUR(2024, 11, 1), JOUR(2025, 3, 31), 30)
    assert [echelle.x(jour) for jour in (JOUR(2024, 11, 1), JOUR(2024, 11, 16), JOUR(2025, 1, 1))] == [0, 15, 60]
    assert echelle.largeur == 150
    assert echelle.etendue(JOUR(2024, 12, 1), JOUR(2024, 12, 31)) == (30, 30)
    assert echelle.etendue(JOUR(2024, 12, 1), JOUR(2024, 12, 1)) == (30, 2)


def test_les_rangees_portent_ce_que_le_parcours_contient():
    frise = tracer(PLEIN)
    assert [piste.nom for piste in frise.pistes] == ["Éligibilité", "Contrats", "Heures", "Sorties"]
    seules = tracer(replace(VIDE, contrats=PLEIN.contrats))
    assert [piste.nom for piste in seules.pistes] == ["Contrats"]


def test_deux_contrats_simultanes_ont_chacun_leur_rangee_et_le_suivant_reprend_la_premiere():
    bati, relais = de(tracer(PLEIN), "contrat")
    (vert,) = de(tracer(PLEIN), "contrat-ouvert")
    assert relais.y > bati.y == vert.y
    assert vert.titre == "CDI chez Vert, du 01/07/2024 sans date de fin"


def test_la_formation_se_pose_sur_le_travail_et_la_hauteur_suit_les_heures():
    travail, formation = de(tracer(PLEIN), "travail"), de(tracer(PLEIN), "formation")
    assert [(bande.hauteur, bande.titre) for bande in travail] == [
        (46, "Février 2024 : 100,00 h de travail"),
        (34, "Mars 2024 : 75,00 h de travail"),
    ]
    assert formation[0].y + formation[0].hauteur == travail[1].y
    assert formation[0].titre == "Mars 2024 : 25,50 h de formation"


def test_la_prolongation_continue_l_eligibilite():
    (eligible,), (prolongee,) = de(tracer(PLEIN), "eligible"), de(tracer(PLEIN), "prolongee")
    assert eligible.x + eligible.largeur == prolongee.x
    assert prolongee.titre == "Éligibilité prolongée jusqu’au 30/06/2026"
    assert de(tracer(replace(PLEIN, fin_eligibilite=PLEIN.fin_initiale)), "prolongee") == []


def test_un_devenir_attendu_est_creux():
    devenirs = de(tracer(PLEIN), "devenir")
    assert [(d.est_creux, d.titre) for d in devenirs] == [
        (False, "À 6 mois : CDI"), (True, "À 12 mois : à venir"),
    ]  # fmt: skip


def test_un_devenir_echu_est_a_recueillir():
    devenirs = de(tracer(replace(PLEIN, aujourd_hui=JOUR(2026, 3, 31))), "devenir")
    assert devenirs[1].titre == "À 12 mois : situation à recueillir"


def test_le_tableau_dit_tout_dans_l_ordre_des_dates():
    lignes = [(f"{e.date:%d/%m/%Y}", e.libelle) for e in tracer(PLEIN).evenements]
    assert lignes == [
        ("08/01/2024", "Constat d’éligibilité"),
        ("10/01/2024", "Entrée n° 1 en clause"),
        ("15/01/2024", "Embauche : CDD chez Bâti"),
        ("01/02/2024", "Février 2024 : 100,00 h validées"),
        ("01/03/2024", "Mars 2024 : 100,50 h validées, dont 25,50 h de formation"),
        ("01/04/2024", "Embauche : Intérim chez Relais"),
        ("31/05/2024", "Fin du contrat : Intérim chez Relais"),
        ("30/06/2024", "Fin du contrat : CDD chez Bâti"),
        ("01/07/2024", "Embauche : CDI chez Vert, sans date de fin"),
        ("31/03/2025", "Sortie : CDI"),
        ("30/09/2025", "À 6 mois : CDI"),
        ("15/12/2025", "Aujourd’hui"),
        ("10/01/2026", "Fin de l’éligibilité avant prolongation"),
        ("31/03/2026", "À 12 mois : à venir"),
        ("30/06/2026", "Fin de l’éligibilité"),
    ]


def test_le_resume_se_lit_sans_image():
    assert tracer(PLEIN).resume == (
        "1 entrée, 3 contrats, 200,50 h validées sur 2 mois, 1 sortie, éligibilité jusqu’au 30/06/2026. "
        "Le tableau qui suit dit la même chose, date par date."
    )


@given(
    st.lists(st.tuples(DATES, st.one_of(st.none(), st.integers(0, 2000))), max_size=8),
    st.lists(DATES, max_size=3, unique=True),
    st.dictionaries(DATES.map(lambda jour: jour.replace(day=1)), st.integers(0, 40_000), max_size=12),
    DATES,
)
def test_tout_tient_dans_le_cadre_et_rien_ne_se_recouvre(contrats, sorties, heures, aujourd_hui):
    parcours = replace(
        VIDE,
        aujourd_hui=aujourd_hui,
        contrats=[
            ContratLu("CDD chez Bâti", du, None if jours is None else du + datetime.timedelta(days=jours))
            for du, jours in contrats
        ],
        heures={mois: HeuresDuMois(Decimal(centiemes) / 100) for mois, centiemes in heures.items()},
        sorties=[SortieLue(jour, "CDI", "", "") for jour in sorties],
    )
    frise = tracer(parcours)
    assert (frise is None) == (not contrats and not sorties and not heures)
    if frise is None:
        return
    for bande in frise.bandes:
        assert 0 <= bande.x <= bande.x + bande.largeur <= frise.largeur + 2
        assert 0 <= bande.y <= bande.y + bande.hauteur <= frise.hauteur
    assert all(0 <= r.x <= frise.largeur and 0 <= r.y <= frise.hauteur for r in frise.reperes)
    assert 0 <= frise.aujourd_hui <= frise.largeur
    des_contrats = [b for b in frise.bandes if b.sorte.startswith("contrat")]
    for rang, un in enumerate(des_contrats):
        for autre in des_contrats[rang + 1 :]:
            assert un.y != autre.y or un.x + un.largeur <= autre.x + 2 or autre.x + autre.largeur <= un.x + 2


@pytest.mark.usefixtures("mi_decembre_2025")
def test_la_fiche_dessine_la_frise_nommee_et_son_tableau_sans_rien_en_ligne(client):
    agent = RattachementFactory()
    client.force_login(agent.utilisateur)
    personne = EntreeClauseFactory(participant__structure=agent.structure).participant
    contrat = ContratTravailFactory(participant=personne, employeur__raison_sociale="<b>&Cie")
    engagement = EngagementFactory(clause__lot__marche__structure=agent.structure)
    LigneHeuresFactory(contrat=contrat, engagement=engagement, validee=True)
    LigneHeuresFactory(contrat=contrat, engagement=engagement, validee=True, type_heures="FORMATION", heures="7.25")
    SortieFactory(participant=personne)
    Prolongation.objects.create(
        structure=agent.structure, participant=personne, jusqu_au=JOUR(2027, 12, 31), motif="Formation",
        accordee_par=agent.utilisateur,
    )  # fmt: skip
    page = client.get(personne.get_absolute_url()).content.decode()
    (dessin,) = re.findall(r'<svg class="frise-dessin".*?</svg>', page, re.DOTALL)
    for attendu in ('role="img"', "<title", "<desc", "frise-prolongee", "frise-formation", "frise-creux"):
        assert attendu in dessin
    assert "style=" not in dessin
    assert not re.findall(r'(?:x|y|width|height)="[^"]*[.,\u202f][^"]*"', dessin)
    assert "<b>" not in dessin
    assert "Mars 2025 : 42,75 h validées, dont 7,25 h de formation" in page
    assert 'class="frise"' in page
    assert 'tabindex="0"' in page
