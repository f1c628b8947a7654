"""Relances, mise en demeure, proposition de pénalité : les faits, les montants, et les refus."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import docx
import pytest

from bilans import actions
from bilans.enums import MODIFIABLES, FormatDocument, NatureDocument
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.mois import mois_entre
from tests.bilans.documents.outils import emettre, en_ligne, texte_de
from tests.factories import ReleveFactory
from tests.factories_conformite import EvenementFactory, PropositionPenaliteFactory, ReglePenaliteFactory

FORMATS = list(FormatDocument)
CALCUL = [
    {
        "formule": "H_X_EUROS", "calcul": "312,83 h manquantes × 40 €", "avant_plafond": "12513.20",
        "montant": "8000.00", "plafond": "8000.00", "article": "CCAP 12.3",
    },
    {
        "formule": "JOUR_RETARD", "calcul": "12 jours ouvrés de retard × 50,50 €", "avant_plafond": "606.00",
        "montant": "606.00", "plafond": None, "article": "",
    },
]  # fmt: skip


@pytest.mark.parametrize("format_", FORMATS)
def test_la_premiere_relance_dit_les_heures_et_les_releves_manquants(engagement, par, format_):
    lu = texte_de(emettre(engagement, NatureDocument.RELANCE_1, par=par, format_=format_))
    # 500 h sur 730 jours, 349 écoulés : 239,04 h attendues, 187,17 h validées.
    for mots in (
        "PLIE fictif", "12 rue des Essais", "Bâtisseurs fictifs", "2025-M1 – Construction d’une école",
        "2 – Gros œuvre", "Ville fictive", "première relance", "Le 15 décembre 2025", "500,00", "239,04", "187,17",
        "−51,87", "312,83", "ainsi que 3 plus anciens, ne nous sont pas parvenus", "octobre 2025",
        "avant le 30/12/2025", "Directrice", "Camille Fictif",
    ):  # fmt: skip
        assert mots in lu, mots
    assert "novembre 2025" in lu
    assert "décembre 2025 et" not in lu


def test_un_releve_dont_l_echeance_n_est_pas_passee_n_est_pas_reclame(engagement, par):
    lu = texte_de(emettre(engagement, NatureDocument.RELANCE_1, par=par, au=datetime.date(2025, 12, 9)))
    assert "octobre 2025" in lu
    assert "novembre 2025" not in lu


@pytest.mark.parametrize("nature", sorted(MODIFIABLES))
def test_rien_a_relancer_est_refuse(engagement, par, nature):
    for mois in mois_entre(datetime.date(2025, 1, 1), datetime.date(2025, 11, 1)):
        if not engagement.releves.filter(mois=mois).exists():
            ReleveFactory(engagement=engagement, mois=mois, statut="NEANT")
    engagement.mouvements.all().delete()
    with pytest.raises(ActionImpossible, match="Rien à relancer"):
        emettre(engagement, nature, par=par)


def test_la_seconde_relance_suit_la_premiere(engagement, par):
    with pytest.raises(ActionImpossible, match="Aucune première relance"):
        emettre(engagement, NatureDocument.RELANCE_2, par=par)
    EvenementFactory(engagement=engagement, date=datetime.date(2025, 11, 3))
    lu = texte_de(emettre(engagement, NatureDocument.RELANCE_2, par=par))
    assert "notre courrier du 03/11/2025 est resté sans suite suffisante" in lu
    assert "Copie : Ville fictive" in lu


def test_une_relance_annulee_ne_compte_pas(engagement, par):
    actions.annuler(emettre(engagement, NatureDocument.RELANCE_1, par=par), par=par)
    with pytest.raises(ActionImpossible, match="Aucune première relance"):
        emettre(engagement, NatureDocument.RELANCE_2, par=par)


@pytest.mark.parametrize("format_", FORMATS)
def test_la_mise_en_demeure_dit_le_delai_les_penalites_et_deux_signataires(engagement, par, format_):
    ReglePenaliteFactory(
        clause=engagement.clause, valeur=Decimal("40.00"), plafond_euros=Decimal(8000), article="CCAP 12.3",
        delai_jours=10,
    )  # fmt: skip
    ReglePenaliteFactory(clause=engagement.clause, formule="PCT_MONTANT", valeur=Decimal("2.50"), delai_jours=5)
    emettre(engagement, NatureDocument.RELANCE_1, par=par)
    lu = texte_de(emettre(engagement, NatureDocument.MISE_EN_DEMEURE, par=par, format_=format_))
    # Dix jours ouvrés après le 15 décembre, Noël et le jour de l’an passés : le 30.
    for mots in (
        "Lettre recommandée avec demande d’avis de réception", "Malgré notre courrier du 15/12/2025",
        "au plus tard le 30/12/2025", "312,83 heures restantes", "CCAP 12.3", "40 €", "8 000 €", "2,50 %",
        "Pour Ville fictive,",
    ):  # fmt: skip
        assert mots in lu, mots


def test_la_proposition_montre_chaque_terme_et_leur_somme(engagement, par):
    PropositionPenaliteFactory(
        engagement=engagement, arretee_au=datetime.date(2025, 12, 1), montant=Decimal("8606.00"), calcul=CALCUL
    )
    lu = texte_de(emettre(engagement, NatureDocument.PROPOSITION_PENALITE, par=par))
    for mots in (
        "Ville fictive", "arrêtée au 01/12/2025", "312,83 h manquantes × 40 €", "12 513,20 €", "8 000 €", "CCAP 12.3",
        "12 jours ouvrés de retard × 50,50 €", "606 €", "Pénalité proposée", "8 606 €",
        "Décision de l’acheteur (à compléter)",
    ):  # fmt: skip
        assert mots in lu, mots


def test_une_proposition_decidee_porte_la_decision(engagement, par):
    proposition = PropositionPenaliteFactory(engagement=engagement, montant=Decimal("8606.00"), calcul=CALCUL)
    proposition.statut, proposition.montant_decide, proposition.motif = (
        "REDUITE",
        Decimal("1200.50"),
        "Chantier arrêté",
    )
    proposition.decidee_le, proposition.decidee_par_id = proposition.proposee_le, par.utilisateur_id
    proposition.save()
    lu = texte_de(emettre(engagement, NatureDocument.PROPOSITION_PENALITE, par=par))
    assert "Décision de l’acheteur : réduite" in lu
    assert "1 200,50 €" in lu
    assert "Chantier arrêté" in lu


def test_sans_proposition_pas_de_document(engagement, par):
    with pytest.raises(ActionImpossible, match="Aucune pénalité n’est proposée"):
        emettre(engagement, NatureDocument.PROPOSITION_PENALITE, par=par)


def test_un_calcul_qui_ne_fait_pas_son_montant_est_refuse(engagement, par):
    PropositionPenaliteFactory(engagement=engagement, montant=Decimal("8606.01"), calcul=CALCUL)
    with pytest.raises(ActionImpossible, match="ne fait pas son montant"):
        emettre(engagement, NatureDocument.PROPOSITION_PENALITE, par=par)


@pytest.mark.parametrize("nature", sorted(set(NatureDocument) - MODIFIABLES))
def test_ce_qui_fait_foi_ne_s_emet_qu_en_pdf(engagement, par, nature):
    with pytest.raises(ActionImpossible, match="ne s’émet qu’en PDF"):
        emettre(engagement, nature, par=par, format_=FormatDocument.DOCX)


def test_le_docx_est_structure_en_francais_et_sans_macro(engagement, par):
    lu = docx.Document(
        io.BytesIO(emettre(engagement, NatureDocument.RELANCE_1, par=par, format_=FormatDocument.DOCX).contenu)
    )
    assert [p.style.name for p in lu.paragraphs if p.style.name.startswith("Heading")] == ["Heading 1"]
    assert en_ligne(lu.core_properties.title) == "Clause sociale d’insertion, première relance"
    assert lu.core_properties.language == "fr-FR"
    assert b"w:tblHeader" in lu.tables[0]._tbl.xml.encode()
    assert not [partie for partie in lu.part.package.iter_parts() if "vba" in str(partie.partname).lower()]
