"""Fusionner deux fiches d’une même personne : tout suit, rien ne se perd, et cela se défait."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.apps import apps

from bilans.departement import NOM, etablir
from bilans.faits import Periode
from bilans.rapport import Demande
from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible
from heures import actions
from heures.models import (
    ContratTravail,
    DoublonEcarte,
    EntreeClause,
    Fusion,
    LigneHeures,
    Participant,
    Prolongation,
    Sortie,
)
from tests.factories import (
    ContratTravailFactory,
    CritereEntreeFactory,
    EngagementFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    ParticipantFactory,
    RattachementFactory,
    SortieFactory,
    StructureFactory,
    acteur,
)

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")
MARS, AVRIL = datetime.date(2025, 3, 1), datetime.date(2025, 4, 1)


class Monde:
    """Deux fiches pleines d’une même structure : `gardee` (entrée de 2025) et `absorbee` (entrées de 2024 et 2026)."""

    def __init__(self) -> None:
        self.structure = StructureFactory()
        self.par = acteur(self.structure)
        self.engagement = EngagementFactory(clause__lot__marche__structure=self.structure)
        self.gardee, self.absorbee = (
            ParticipantFactory(structure=self.structure, nom="Lefèvre", prenom="Zoé") for _ in range(2)
        )
        self.contrats = [ContratTravailFactory(participant=fiche) for fiche in (self.gardee, self.absorbee)]
        self.entree(self.gardee, 1, datetime.date(2025, 1, 1))
        ancienne = self.entree(self.absorbee, 1, datetime.date(2024, 1, 1))
        ancienne.est_courante = False
        ancienne.save()
        self.entree(self.absorbee, 1, datetime.date(2024, 2, 1), version=2)
        self.entree(self.absorbee, 2, datetime.date(2025, 6, 1))
        for contrat in self.contrats:
            self.heures(contrat, MARS, "35.55")
        self.heures(self.contrats[1], AVRIL, "12.25")
        SortieFactory(participant=self.absorbee)
        Prolongation.objects.create(
            structure=self.structure,
            participant=self.absorbee,
            jusqu_au=datetime.date(2027, 12, 31),
            motif="Formation",
            accordee_par_id=self.par.utilisateur_id,
        )

    def entree(self, fiche: Participant, numero: int, jour: datetime.date, version: int = 1) -> EntreeClause:
        entree = EntreeClauseFactory(participant=fiche, numero=numero, version=version, date_entree=jour)
        return CritereEntreeFactory(entree=entree).entree

    def heures(self, contrat: ContratTravail, mois: datetime.date, heures: str, **champs: Any) -> LigneHeures:
        return LigneHeuresFactory(
            contrat=contrat, engagement=self.engagement, mois=mois, heures=Decimal(heures), validee=True, **champs
        )

    def fusionner(self) -> Fusion:
        return actions.fusionner(self.gardee, absorbee=self.absorbee, motif="Même personne", par=self.par)

    def numeros(self, fiche: Participant) -> list[tuple[int, int, datetime.date]]:
        entrees = EntreeClause.objects.filter(participant=fiche).order_by("numero", "version")
        return list(entrees.values_list("numero", "version", "date_entree"))


@pytest.fixture
def monde() -> Monde:
    return Monde()


def photographie() -> dict[str, list[Any]]:
    """Toutes les lignes du métier, hors journal, fusions et versions."""
    return {
        modele._meta.label: sorted(
            modele._base_manager.values_list(*(c.attname for c in modele._meta.concrete_fields if c.name != "version"))
        )
        for modele in apps.get_models()
        if modele._meta.app_label in ("heures", "marches", "entreprises") and modele is not Fusion
    }


def test_tout_ce_qui_touche_une_personne_suit_la_fusion():
    """Un objet relié à une personne et oublié par la fusion resterait sur une fiche que plus personne ne voit."""
    champs = Participant._meta.get_fields(include_hidden=True)
    relies = {champ.related_model for champ in champs if champ.auto_created and not champ.concrete}
    deplaces = {ContratTravail, EntreeClause, LigneHeures, Prolongation, Sortie}
    assert relies == deplaces | {Participant, Fusion, DoublonEcarte}


def test_la_fiche_gardee_porte_tout_et_garde_son_identite(monde):
    identite = (monde.gardee.nom, monde.gardee.identifiant)
    monde.fusionner()
    monde.gardee.refresh_from_db()
    assert (monde.gardee.nom, monde.gardee.identifiant) == identite
    for modele in (ContratTravail, LigneHeures, EntreeClause, Prolongation, Sortie):
        assert set(modele.objects.values_list("participant", flat=True)) == {monde.gardee.pk}, modele


def test_les_entrees_se_renumerotent_par_date_avec_leurs_versions(monde):
    monde.fusionner()
    assert monde.numeros(monde.gardee) == [
        (1, 1, datetime.date(2024, 1, 1)),
        (1, 2, datetime.date(2024, 2, 1)),
        (2, 1, datetime.date(2025, 1, 1)),
        (3, 1, datetime.date(2025, 6, 1)),
    ]


def test_defaire_rend_la_base_identique_ligne_a_ligne(monde):
    avant = photographie()
    fusion = monde.fusionner()
    assert photographie() != avant
    assert actions.defaire_fusion(fusion, par=monde.par) == 0
    assert photographie() == avant


def test_fusionner_dans_un_sens_puis_dans_l_autre_reste_reversible(monde):
    avant = photographie()
    for gardee, absorbee in ((monde.gardee, monde.absorbee), (monde.absorbee, monde.gardee)):
        fusion = actions.fusionner(gardee, absorbee=absorbee, par=monde.par)
        actions.defaire_fusion(fusion, par=monde.par)
        assert photographie() == avant


def test_les_heures_du_bilan_ne_bougent_pas_d_un_centieme(monde):
    periode = Periode(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31), datetime.date(2025, 12, 31))
    avant = etablir(monde.par, Demande(NOM, periode)).indicateurs
    monde.fusionner()
    apres = etablir(monde.par, Demande(NOM, periode)).indicateurs
    assert apres["heures_realisees"] == avant["heures_realisees"] == Decimal("83.35")
    de_heures = [cle for cle in avant if cle.startswith("heures_") and cle != "heures_moyennes"]
    assert {cle: apres[cle] for cle in de_heures} == {cle: avant[cle] for cle in de_heures}
    assert (avant["beneficiaires"], apres["beneficiaires"]) == (2, 1)


def test_la_fiche_absorbee_n_est_plus_visible(monde):
    monde.fusionner()
    assert list(Participant.objects.visibles_par(monde.par)) == [monde.gardee]
    assert list(Participant.objects.visibles_par(monde.par).cherche(monde.absorbee.identifiant)) == []


def test_le_journal_dit_la_fusion_sans_nommer_personne(monde):
    fusion = monde.fusionner()
    ecriture = EcritureJournal.objects.get(action="fusionner deux fiches")
    assert ecriture.objet_id == str(fusion.pk)
    assert len(ecriture.apres["deplaces"]["lignes"]) == 2
    assert ecriture.apres["motif"] == "(modifié)"
    sur_la_fiche = EcritureJournal.objects.get(action="réunir une autre fiche à celle-ci")
    assert (sur_la_fiche.objet_id, sur_la_fiche.apres) == (
        str(monde.gardee.pk),
        {"fiche réunie": f"n° {monde.absorbee.pk}"},
    )


def test_deux_sorties_le_meme_jour_se_refusent_avec_le_remede(monde):
    avant = photographie()
    double = SortieFactory(participant=monde.gardee)
    with pytest.raises(ActionImpossible, match=r"sortie le 30/06/2025 : retirer celle qui est en double"):
        monde.fusionner()
    actions.retirer_sortie(double, par=monde.par)
    assert photographie() == avant
    monde.fusionner()
    assert Sortie.objects.get().participant == monde.gardee


def test_une_fiche_ne_se_fusionne_ni_avec_elle_meme_ni_deux_fois(monde):
    with pytest.raises(ActionImpossible, match="elle-même"):
        actions.fusionner(monde.gardee, absorbee=monde.gardee, par=monde.par)
    monde.fusionner()
    with pytest.raises(ActionImpossible, match="n’existe plus"):
        monde.fusionner()


def test_une_fiche_d_une_autre_structure_ne_se_fusionne_pas(monde):
    with pytest.raises(ActionImpossible, match="n’y avez plus accès"):
        actions.fusionner(monde.gardee, absorbee=ParticipantFactory(), par=monde.par)


def test_au_dela_de_trente_jours_la_fusion_ne_se_defait_plus(monde):
    fusion = monde.fusionner()
    assert actions.annulable_jusqu_au(fusion) == datetime.date(2026, 1, 14)
    trop_tard = time_machine.travel(datetime.datetime(2026, 1, 15, 0, 30, tzinfo=datetime.UTC), tick=False)
    with trop_tard, pytest.raises(ActionImpossible, match="ne se défait plus depuis le 14/01/2026"):
        actions.defaire_fusion(fusion, par=monde.par)
    with time_machine.travel(datetime.datetime(2026, 1, 14, 22, tzinfo=datetime.UTC), tick=False):
        actions.defaire_fusion(fusion, par=monde.par)
    assert Participant.objects.visibles_par(monde.par).count() == 2


def test_une_fusion_deja_defaite_se_refuse(monde):
    fusion = monde.fusionner()
    actions.defaire_fusion(fusion, par=monde.par)
    with pytest.raises(ActionImpossible, match="déjà défaite"):
        actions.defaire_fusion(fusion, par=monde.par)


def test_ce_qui_a_ete_modifie_revient_modifie_et_ce_qui_a_ete_ajoute_reste(monde):
    fusion = monde.fusionner()
    contrat = ContratTravail.objects.get(pk=monde.contrats[1].pk)
    actions.modifier_contrat(contrat, version=contrat.version, date_fin=datetime.date(2025, 9, 30), par=monde.par)
    nouvelle = monde.heures(contrat, datetime.date(2025, 5, 1), "7.00")
    derniere = EntreeClause.objects.get(participant=monde.gardee, numero=3)
    corrigee = actions.corriger_entree(
        derniere,
        version=1,
        motif="Date",
        critere_principal="RSA",
        date_entree=datetime.date(2025, 6, 2),
        par=monde.par,
    )
    ajoute = ContratTravailFactory(participant=monde.gardee)
    neuve = actions.enregistrer_entree(
        monde.gardee, critere_principal="DELD", date_entree=datetime.date(2025, 12, 1), par=monde.par
    )
    # Le contrat modifié, et la ligne ajoutée à ce contrat.
    assert actions.defaire_fusion(fusion, par=monde.par) == 2
    for objet in (contrat, nouvelle, corrigee):
        objet.refresh_from_db()
        assert objet.participant_id == monde.absorbee.pk
    assert (contrat.date_fin, corrigee.numero) == (datetime.date(2025, 9, 30), 2)
    for objet in (ajoute, neuve):
        objet.refresh_from_db()
        assert objet.participant_id == monde.gardee.pk


def test_les_fusions_qui_s_enchainent_se_defont_de_la_derniere_a_la_premiere(monde):
    avant = photographie()
    tierce = ParticipantFactory(structure=monde.structure)
    EntreeClauseFactory(participant=tierce, date_entree=datetime.date(2023, 1, 1))
    avant = photographie()
    premiere = monde.fusionner()
    seconde = actions.fusionner(monde.gardee, absorbee=tierce, par=monde.par)
    with pytest.raises(ActionImpossible, match="a depuis absorbé une autre fiche"):
        actions.defaire_fusion(premiere, par=monde.par)
    actions.defaire_fusion(seconde, par=monde.par)
    troisieme = actions.fusionner(tierce, absorbee=monde.gardee, par=monde.par)
    with pytest.raises(ActionImpossible, match="absorbée à son tour"):
        actions.defaire_fusion(premiere, par=monde.par)
    actions.defaire_fusion(troisieme, par=monde.par)
    actions.defaire_fusion(premiere, par=monde.par)
    assert photographie() == avant


def test_deux_personnes_se_notent_une_seule_fois_dans_les_deux_sens(monde):
    actions.ecarter_doublon(monde.absorbee, autre=monde.gardee, par=monde.par)
    actions.ecarter_doublon(monde.gardee, autre=monde.absorbee, par=monde.par)
    ecarte = DoublonEcarte.objects.get()
    assert (ecarte.premiere, ecarte.seconde) == (monde.gardee, monde.absorbee)


def test_un_lecteur_ne_fusionne_ni_ne_defait(client, monde):
    fusion = monde.fusionner()
    lecteur = RattachementFactory(structure=monde.structure, role=Role.LECTEUR)
    client.force_login(lecteur.utilisateur)
    assert client.post(f"/heures/fusions/{fusion.pk}/defaire/").status_code == 403
    fusion.refresh_from_db()
    assert fusion.annulee_le is None
