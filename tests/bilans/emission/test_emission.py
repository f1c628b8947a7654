"""Émettre un bilan : figé, versionné, vérifié à chaque lecture ; ce qui change ensuite n’y change rien."""

from __future__ import annotations

import datetime
import threading
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from bilans import actions, emissions, gel, nomenclatures
from bilans.catalogue import RAPPORTS
from bilans.emissions import BilanAltere
from bilans.models import BilanEmis
from bilans.presentation import liens
from bilans.rapport import Demande
from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal, Structure
from clauses.socle.erreurs import ActionImpossible
from heures import actions as heures
from tests.bilans import jeu
from tests.bilans.emission.outils import FINAL, INTERMEDIAIRE, demande, emettre
from tests.bilans.outils import annee
from tests.factories import AcheteurFactory, EntrepriseFactory, LigneHeuresFactory, StructureFactory, acteur
from tests.factories_conformite import BilanEmisFactory


@pytest.fixture
def pose():
    return jeu.poser()


@pytest.fixture
def par():
    """Une structure d’une seule ligne validée : de quoi émettre sans poser tout le jeu."""
    structure = StructureFactory()
    LigneHeuresFactory(engagement__clause__lot__marche__structure=structure, validee=True)
    return acteur(structure)


def rectifier(pose) -> None:
    """Des heures de décembre 2025 passent de 60 à 50."""
    with time_machine.travel(jeu.AUJOURD_HUI, tick=False):
        ligne = pose.contrats["C6"].lignes.get(mois=datetime.date(2025, 12, 1))
        heures.rectifier(ligne, heures=Decimal("50.00"), motif="Erreur de relevé", par=pose.par)


def test_un_bilan_emis_garde_ses_chiffres_son_auteur_et_ses_empreintes(pose):
    emis = emettre(pose.par, 2025)
    assert (emis.version, emis.nature, emis.du, emis.arrete_au) == (
        1, INTERMEDIAIRE, datetime.date(2025, 1, 1), datetime.date(2025, 12, 31),
    )  # fmt: skip
    assert (emis.emis_le, emis.emis_par_id) == (jeu.AUJOURD_HUI, pose.par.utilisateur_id)
    assert emis.empreinte == gel.empreinte(emis.chiffres)
    assert emis.nomenclatures == nomenclatures.version()
    assert emissions.relire(emis).indicateurs["heures_realisees"] == Decimal("988.84")
    ecriture = EcritureJournal.objects.get(action="émettre un bilan")
    assert (ecriture.objet_id, ecriture.apres["chiffres"]) == (str(emis.pk), "(modifié)")


def test_des_heures_changees_apres_l_emission_ne_bougent_rien(pose):
    emis = emettre(pose.par, 2025)
    avant = emis.chiffres
    rectifier(pose)
    emis = BilanEmis.objects.get(pk=emis.pk)
    assert emis.chiffres == avant
    assert emissions.relire(emis).indicateurs["heures_realisees"] == Decimal("988.84")
    assert RAPPORTS["departement"].etablir(pose.par, demande(2025)).indicateurs["heures_realisees"] == Decimal(
        "978.84"
    )


def test_reemettre_fait_la_version_suivante_et_les_memes_chiffres_la_meme_empreinte(pose):
    premiere, seconde = emettre(pose.par, 2025), emettre(acteur(pose.structure), 2025)
    rectifier(pose)
    troisieme = emettre(pose.par, 2025)
    assert [premiere.version, seconde.version, troisieme.version] == [1, 2, 3]
    assert premiere.empreinte == seconde.empreinte != troisieme.empreinte
    assert premiere.sceau != seconde.sceau
    assert emettre(pose.par, 2026).version == 1


@pytest.mark.parametrize("champ", ["chiffres", "version", "emis_le"])
def test_la_base_refuse_de_modifier_un_bilan_emis(champ):
    emis = BilanEmisFactory()
    with pytest.raises(DatabaseError, match="ne se modifie pas"), transaction.atomic():
        BilanEmis.objects.filter(pk=emis.pk).update(**{champ: getattr(emis, champ)})


def alterer(emis: BilanEmis, affectation: str) -> BilanEmis:
    """Ce que ferait une main dans la base : retirer le déclencheur, écrire, le remettre n’y change rien."""
    with connection.cursor() as curseur:
        suffixe = " ON bilans_bilanemis" if connection.vendor == "postgresql" else ""
        curseur.execute(f"DROP TRIGGER bilans_bilanemis_immuable{suffixe}")
        curseur.execute(f"UPDATE bilans_bilanemis SET {affectation}")
    return BilanEmis.objects.select_related("emis_par").get(pk=emis.pk)


@pytest.mark.parametrize(
    ("affectation", "phrase"),
    [
        ("chiffres = replace(chiffres, '35.50', '99.99')", "chiffres ont été modifiés en base"),
        ("nature = 'FINAL'", "son émission .* a été modifiée en base"),
        ("version = 7", "son émission .* a été modifiée en base"),
        ("completude = '[]'", "son émission .* a été modifiée en base"),
    ],
)
def test_une_alteration_en_base_est_dite(par, affectation, phrase):
    emis = alterer(emettre(par, 2025), affectation)
    with pytest.raises(BilanAltere, match=phrase):
        emissions.relire(emis)


def test_refaire_l_empreinte_des_chiffres_ne_trompe_pas_le_sceau(par):
    emis = emettre(par, 2025)
    faux = emis.chiffres.replace("35.50", "99.99")
    altere = alterer(emis, f"chiffres = replace(chiffres, '35.50', '99.99'), empreinte = '{gel.empreinte(faux)}'")
    with pytest.raises(BilanAltere, match="son émission"):
        emissions.relire(altere)


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR, Role.ACHETEUR, Role.ENTREPRISE])
def test_emettre_demande_le_droit(role):
    structure = StructureFactory()
    organisations = {
        Role.ACHETEUR: {"acheteur": AcheteurFactory()},
        Role.ENTREPRISE: {"entreprise": EntrepriseFactory()},
    }
    autre = acteur(structure, role, **organisations.get(role, {}))
    with pytest.raises(PermissionDenied):
        emettre(autre, 2025)
    assert not BilanEmis.objects.exists()


def test_un_ecran_de_travail_ne_s_emet_pas(par):
    with pytest.raises(ActionImpossible, match="écran de travail"):
        actions.emettre_bilan(RAPPORTS["qualite"], Demande("qualite", annee(2025)), nature=INTERMEDIAIRE, par=par)


def test_un_bilan_sans_ligne_ne_s_emet_pas(par):
    with pytest.raises(ActionImpossible, match="Aucune heure validée"):
        emettre(par, 2023)
    assert not BilanEmis.objects.exists()


def test_une_structure_ne_voit_pas_les_bilans_emis_d_une_autre(par):
    BilanEmisFactory()
    assert not BilanEmis.objects.visibles_par(par).exists()
    assert emettre(par, 2025).version == 1


@pytest.mark.django_db(transaction=True)
def test_deux_emissions_au_meme_instant_prennent_deux_versions(par):
    depart, refus = threading.Barrier(2), []

    def jouer() -> None:
        try:
            depart.wait(timeout=10)
            actions.emettre_bilan(RAPPORTS["departement"], demande(2025), nature=INTERMEDIAIRE, par=par)
        except ActionImpossible as erreur:
            refus.append(str(erreur))
        finally:
            connection.close()

    fils = [threading.Thread(target=jouer) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=60)
    assert not refus
    assert sorted(BilanEmis.objects.values_list("version", flat=True)) == [1, 2]


def test_un_bilan_final_sous_le_seuil_est_refuse_et_dit_ce_qui_manque(pose):
    with pytest.raises(ActionImpossible) as refus:
        emettre(pose.par, 2025, FINAL)
    phrase = str(refus.value)
    assert "demande 90\u202f% de complétude" in phrase
    assert "Personnes sans pièce vue\u00a0: 6 sur 6 à compléter (0,00\u202f%)" in phrase
    assert "émettre un bilan intermédiaire" in phrase
    assert "critère" not in phrase
    assert not BilanEmis.objects.exists()


def test_un_bilan_intermediaire_porte_ce_qui_manque_dans_tous_les_formats(pose):
    completude = emissions.relire(emettre(pose.par, 2025)).tableaux["completude"]
    lignes = {ligne["code"]: ligne for ligne in completude.details()}
    assert (lignes["sans_piece"]["manquants"], lignes["sans_piece"]["taux"]) == (6, Decimal("0.0000"))
    assert (lignes["sans_critere"]["manquants"], lignes["sans_critere"]["taux"]) == (0, Decimal("1.0000"))
    assert (lignes["lignes_non_validees"]["attendus"], lignes["lignes_non_validees"]["manquants"]) == (10, 1)
    assert {ligne["seuil"] for ligne in lignes.values()} == {Decimal("0.9000")}


def test_sans_seuil_un_bilan_final_s_emet(par):
    Structure.objects.filter(pk=par.structure_id).update(seuil_completude_pourcent=0)
    emis = emettre(par, 2025, FINAL)
    assert (emis.nature, emis.version) == (FINAL, 1)


def test_l_empreinte_ne_depend_pas_de_la_completude(pose):
    """Reprise dans une base vide, une structure rend la même empreinte, même si ses pièces n’ont pas suivi."""
    avant = emettre(pose.par, 2025)
    pose.personnes["P1"].entrees.update(
        piece_type="ATTESTATION_RSA", piece_vue_le=datetime.date(2024, 11, 1), piece_vue_par=pose.par.utilisateur_id
    )
    apres = emettre(pose.par, 2025)
    assert avant.completude != apres.completude
    assert avant.empreinte == apres.empreinte


def test_ferme_un_bilan_garde_tous_ses_chiffres(pose):
    lu = emissions.relire(emettre(pose.par, 2025))
    ferme = emissions.sans_liens(lu)
    assert (ferme.indicateurs, ferme.entete, ferme.demande, ferme.methode) == (
        lu.indicateurs, lu.entete, lu.demande, lu.methode,
    )  # fmt: skip
    assert [t.rangees for t in ferme.tableaux.values()] == [t.rangees for t in lu.tableaux.values()]
    assert liens(lu)
    assert not liens(ferme)
