"""Une structure garnie de tout ce que le classeur de reprise porte : chaque feuille y a au moins une ligne."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils import timezone

from bilans.actions import rediger_l_analyse, regler_le_bilan
from bilans.grilles.actions import ecrire_tableau
from bilans.grilles.forme import LigneGrille
from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.actions import modifier_structure
from clauses.comptes.models import Structure
from entreprises.actions import creer_contact
from heures import actions as personnes
from heures.actions.importation import enregistrer_correspondance
from heures.enums import NatureEnvoi, OuiNonInconnu, SituationSortie
from heures.models import EntreeClause, LigneEnAttente, LigneHeures, Participant, Releve
from marches import actions as marches
from marches.enums import NatureClause, NatureMouvement, RoleEntreprise, TypeObjectif
from marches.imports.decp.enregistrement import Enregistrement
from marches.models import Lot, Marche, PublicationDecp
from marches.previsions import Jalon
from tests.bilans import jeu
from tests.factories import (
    AcheteurFactory,
    EntrepriseFactory,
    MouvementEngagementFactory,
    ParticipantFactory,
    ReleveFactory,
    acteur,
)
from tests.factories_conformite import EvenementFactory, FactureFactory, PropositionPenaliteFactory
from tests.factories_releves import LigneEnAttenteFactory
from tests.marches import decp

# Ce qu’un traitement de texte et un navigateur laissent dans un texte : insécables, retours à la ligne.
TEXTE = "Hausse de 12\u00a0% : «\u00a0bonne\u00a0» année.\r\nÀ suivre…\r\n\r\n– fin"
JOUR = datetime.date


def garnir(posee: jeu.Jeu) -> Acteur:
    """Enrichit le jeu de comptage ; rend la responsable qui l’a fait."""
    par = acteur(posee.structure, Role.RESPONSABLE)
    _regler(posee.structure, par)
    _garnir_les_marches(posee, par)
    _garnir_les_suites(posee, par)
    _garnir_les_personnes(posee, par)
    _garnir_les_heures(posee, par)
    _garnir_les_receptions(posee, par)
    _garnir_les_publications(par)
    _garnir_les_bilans(posee, par)
    return par


def _regler(structure: Structure, par: Acteur) -> None:
    reglages = {"delai_sortie_mois": 2, "jour_echeance_releve": 12, "etp_facilitateurs": Decimal("1.50")}
    textes = {"adresse": "1 rue Fictive\r\n62000 Arras", "signataire_nom": "La Direction"}
    modifier_structure(structure, version=structure.version, par=par, **reglages, **textes)
    structure.refresh_from_db()


def _garnir_les_marches(posee: jeu.Jeu, par: Acteur) -> None:
    premier = posee.engagements["2024-M1"].clause.lot
    operation = marches.nommer_operation(nom="Renouvellement fictif", est_npnru=True, par=par)
    champs = {"operation": operation, "position_art35": "DEROGATION_4", "motif_art35": "Moins de six mois."}
    # Le facilitateur a décoché ce que la clause impliquait : c’est lui qui l’emporte.
    _modifier(premier.marche, par, **champs, a_clause_sociale=False, a_critere_social=True, technique="ACCORD_CADRE")
    cotraitante = EntrepriseFactory(raison_sociale="Cotraitante fictive")
    marches.ajouter_au_groupement(premier, entreprise=cotraitante, role=RoleEntreprise.COTRAITANT, par=par)
    marches.modifier_clause(
        posee.engagements["2024-M1"].clause,
        version=posee.engagements["2024-M1"].clause.version,
        par=par,
        perimetre="Tous les\u00a0lots",
        publics_admis=TEXTE,
        nomme_facilitateur=True,
        coefficient_formation=Decimal("0.50"),
        plafond_formation=Decimal("100.00"),
        duree_eligibilite_mois=36,
    )
    marches.ajouter_regle(
        posee.engagements["2024-M1"].clause, formule="H_X_EUROS", valeur=Decimal("40.00"), delai_jours=8, par=par
    )
    marches.ajouter_regle(
        posee.engagements["2024-M1"].clause, formule="FORFAIT_ABSENCE", valeur=Decimal("150.00"), article="8.3",
        plafond_euros=Decimal("4000.00"), exige_mise_en_demeure=False, par=par,
    )  # fmt: skip
    second = marches.ajouter_lot(premier.marche, par=par, numero="2", secteur="BATIMENT", intitule="Gros œuvre")
    sans_titulaire = {"type_objectif": TypeObjectif.HEURES_PAR_TRANCHE_MONTANT, "objectif_tranche": Decimal("2000.00")}
    tranche = marches.definir_clause(second, par=par, nature_clause=NatureClause.CRITERE_SEUL, **sans_titulaire)
    engagement = marches.engager(
        tranche, cotraitante, heures=Decimal(0), date=JOUR(2025, 1, 2), par=par, date_debut=JOUR(2025, 1, 2),
        date_fin=JOUR(2026, 12, 31), part_groupement=Decimal("60.00"),
    )  # fmt: skip
    MouvementEngagementFactory(engagement=engagement, heures="300.00", motif="Marché de base", piece="AE n° 4")
    for _ in range(2):
        bon = {"nature": NatureMouvement.BON_COMMANDE, "heures": Decimal("12.00"), "date": JOUR(2025, 3, 3)}
        marches.inscrire_mouvement(engagement, par=par, **bon)
    FactureFactory(engagement=engagement, montant_ht=Decimal("-500.00"), reference="AVOIR-1")
    jalons = [Jalon(JOUR(2025, 6, 30), 40), Jalon(JOUR(2026, 6, 30), 80)]
    marches.fixer_echeancier(engagement, jalons=jalons, version=engagement.version, par=par)
    Lot.objects.filter(pk=second.pk).update(montant_ht=Decimal("125000.50"))


def _modifier(marche: Marche, par: Acteur, **champs: object) -> None:
    relu = Marche.objects.get(pk=marche.pk)
    marches.modifier_marche(relu, version=relu.version, par=par, **champs)


def _garnir_les_suites(posee: jeu.Jeu, par: Acteur) -> None:
    engagement = posee.engagements["2025-M2"]
    for nature in ("CONTACT", "CONTACT", "RELANCE_1", "MISE_EN_DEMEURE", "PROPOSITION"):
        EvenementFactory(engagement=engagement, nature=nature, date=JOUR(2025, 9, 2), texte="")
    EvenementFactory(engagement=engagement, nature="RELANCE_2", echeance=JOUR(2025, 10, 1), texte=TEXTE)
    decidee = PropositionPenaliteFactory(engagement=engagement)
    courrier = {"courrier_date": timezone.localdate(), "courrier_reference": "LR 12"}
    decision = {"statut": "REDUITE", "montant": Decimal("1500.00"), "motif": "Aléas\u00a0climatiques"}
    marches.inscrire_decision_recue(decidee, version=1, par=par, **decision, **courrier)
    calcul = [{**decidee.calcul[0], "calcul": "1\u202f000,00 h × 40\u00a0€"}]
    PropositionPenaliteFactory(engagement=engagement, montant=Decimal("250.00"), calcul=calcul)
    activite = {"nature": "REUNION", "objet": "Réunion\u00a0fictive", "facilitateur_id": par.utilisateur_id}
    marche = engagement.clause.lot.marche
    for concerne in ({}, {}, {"marche": marche, "acheteur": marche.acheteur, "entreprise": engagement.entreprise}):
        marches.noter_activite(date=JOUR(2025, 4, 8), par=par, **activite, **concerne)
    joignable = {"courriel": "paie@ent.invalid", "recoit_demandes": True}
    creer_contact(engagement.entreprise, nom="Paie fictive", par=par, **joignable)
    creer_contact(engagement.entreprise, nom="Ancienne", est_actif=False, par=par)
    marches.creer_repere(metier="Peinture", part=Decimal("66.50"), source="Étude fictive", par=par)
    personnes.ecrire_modele(
        NatureEnvoi.RELANCE_1, objet="Relevé de {mois}", corps="Bonjour,\r\n{lien}\r\nMerci.", version=0, par=par
    )


def _garnir_les_personnes(posee: jeu.Jeu, par: Acteur) -> None:
    piece = {"piece_type": "ATTESTATION_RSA", "piece_date": JOUR(2025, 1, 2), "piece_vue_le": JOUR(2025, 1, 3)}
    courante = EntreeClause.objects.get(participant=posee.personnes["P1"])
    corrige = {
        nom: getattr(courante, nom)
        for nom in ("date_entree", "date_constat", "commune_insee", "qpv", "niveau", "est_participant_plie")
    }
    corrigee = personnes.corriger_entree(
        courante, version=1, motif="Pièce reçue", critere_principal="RSA", autres_criteres=["DELD"], par=par,
        **corrige, **piece,
    )  # fmt: skip
    personnes.viser_entree(corrigee, par=par)
    personnes.enregistrer_entree(
        posee.personnes["P3"], critere_principal="SENIOR_50", date_entree=JOUR(2026, 1, 5), commune_insee="62041",
        brsa=OuiNonInconnu.NR, prescripteur="Mission fictive", par=par,
    )  # fmt: skip
    fiche = Participant.objects.get(pk=posee.personnes["P2"].pk)
    demenagee = {"commune_insee": "62043", "est_participant_plie": True}
    personnes.modifier_participant(fiche, version=fiche.version, par=par, **demenagee)
    personnes.prolonger(posee.personnes["P4"], jusqu_au=JOUR(2027, 12, 31), motif=TEXTE[:60], par=par)
    personnes.noter_sortie(
        posee.personnes["P1"], date=JOUR(2025, 6, 30), situation=SituationSortie.CDI, situation_6_mois="CDD",
        par=par,
    )  # fmt: skip
    sosies = [ParticipantFactory(structure=posee.structure, nom="Sosie", prenom=p) for p in ("Ève", "Eve")]
    personnes.ecarter_doublon(sosies[0], autre=sosies[1], par=par)
    contrat = next(iter(posee.contrats.values()))
    quotite = {"quotite": Decimal("0.80"), "nombre_missions": 3}
    personnes.modifier_contrat(contrat, version=contrat.version, par=par, **quotite)


def _garnir_les_heures(posee: jeu.Jeu, par: Acteur) -> None:
    premiere = LigneHeures.objects.validees().order_by("pk").first()
    assert premiere is not None
    personnes.rectifier(premiere, heures=Decimal("99.99"), motif="Bulletin\u00a0reçu", par=par)
    personnes.refuser(LigneHeures.objects.declarees().get(), motif="Relevé\u00a0illisible", par=par)
    LigneHeures.objects.filter(structure=posee.structure, nature="ORDINAIRE").update(
        declaree_le=datetime.datetime(2026, 2, 3, 9, tzinfo=datetime.UTC)
    )
    troisieme = posee.engagements["2025-M3"]
    contrat = next(c for c in posee.contrats.values() if c.participant == posee.personnes["P5"])
    jeu.noter(contrat, troisieme, "2026-02", Decimal("10.00"), par=par, valider=False)
    neant = {"statut": "NEANT", "echeance": JOUR(2025, 12, 20), "nombre_relances": 2, "message": TEXTE}
    ReleveFactory(engagement=troisieme, mois=JOUR(2025, 11, 1), **neant)
    Releve.objects.filter(engagement=troisieme, mois=JOUR(2025, 12, 1)).update(commentaire="Complet")
    convention = {"reference": "CONV-1", "date_debut": JOUR(2025, 1, 1), "date_fin": JOUR(2026, 12, 31)}
    titulaire, clause = posee.engagements["2024-M1"].entreprise, posee.engagements["2025-M2"].clause
    voisin = marches.engager(clause, titulaire, heures=Decimal("20.00"), date=JOUR(2025, 2, 1), par=par)
    personnes.creer_convention(
        entreprise=titulaire, engagements=[posee.engagements["2024-M1"], voisin],
        signataires=[voisin.clause.lot.marche.acheteur], par=par, **convention,
    )  # fmt: skip


def _garnir_les_receptions(posee: jeu.Jeu, par: Acteur) -> None:
    """Des lignes reçues dans tous leurs états : nommées, d’un contrat, rattachées depuis, deux en tout pareilles."""
    engagement = posee.engagements["2025-M3"]
    contrat = next(c for c in posee.contrats.values() if c.participant == posee.personnes["P5"])
    releve = ReleveFactory(engagement=engagement, mois=JOUR(2026, 3, 1), statut="RECU", message="À\u00a0voir")
    commun = {"releve": releve, "recue_par_id": par.utilisateur_id}
    nommee = {**commun, "nom": "D’Été\u00a0", "prenom": "=Ève", "date_naissance": JOUR(1990, 5, 10)}
    LigneEnAttenteFactory(**nommee, heures="300.00", raison=TEXTE)
    for _ in range(2):
        LigneEnAttenteFactory(**commun, heures="0.00", raison="Personne\u00a0à vérifier.", origine="IMPORT")
    for type_heures, heures in (("TRAVAIL", "35.00"), ("FORMATION", "7.25")):
        LigneEnAttenteFactory(**commun, nom="", prenom="", contrat=contrat, type_heures=type_heures, heures=heures)
    traitee = {"traitee_le": timezone.now() - datetime.timedelta(days=3), "traitee_par_id": par.utilisateur_id}
    LigneEnAttenteFactory(**nommee, heures="12.00", contrat=contrat, statut="REPRISE", **traitee)
    LigneEnAttenteFactory(
        **commun, nom="", prenom="", contrat=contrat, heures="35.00", statut="REFUSEE", motif=TEXTE, **traitee
    )
    colonnes = {"nom_prenom": "Nom\u00a0et prénom\nde l’intérimaire", "heures_travail": "Heures"}
    for nom, ignorees in (("Agence fictive", ["Prime", "Âge"]), ("Autre", [])):
        enregistrer_correspondance(nom=nom, colonnes={**colonnes, "ignorees": ignorees}, par=par)
    recues = LigneEnAttente.objects.filter(releve=releve)
    recues.update(recue_le=datetime.datetime(2026, 4, 2, 9, tzinfo=datetime.UTC))
    recues.filter(statut="REFUSEE").update(recue_le=datetime.datetime(2026, 4, 1, 9, tzinfo=datetime.UTC))


def publier() -> bytes:
    """Un fichier de contrats publiés : l’un modifié deux fois, deux autres à regrouper en lots."""
    totaux = [{"modification": {"id": 1, "montant": 52000, "dureeMois": 14, "dateNotificationModification": jour}}
              for jour in ("2024-09-01", "2025-01-10")]  # fmt: skip
    lots = [decp.contrat(id=f"2024-02-LOT{n}", objet=f"École «\u00a0Été\u00a0» : lot {n}") for n in (1, 2)]
    return decp.fichier(decp.contrat(modifications=totaux), *lots)


def _garnir_les_publications(par: Acteur) -> None:
    """Des contrats publiés, suivis et regroupés ; l’un d’eux dit plus que ne tient une cellule."""
    Enregistrement(par).traiter(decp.lire(publier()))
    lots = Marche.objects.filter(structure_id=par.structure_id, reference__startswith="2024-02-LOT")
    marches.regrouper_en_lots(list(lots), reference="2024-02", objet="École", par=par)
    veille = {"objet": "Nettoyage fictif", "montant_ht": Decimal("300000.50"), "seuil_ht": Decimal("221000.00")}
    acheteur = AcheteurFactory(nom="Acheteur sans marché fictif")
    for identifiant, notifie in (("2025V1", JOUR(2025, 6, 1)), ("2025V2", None)):
        marches.veiller(acheteur, identifiant=identifiant, date_notification=notifie, par=par, **veille)
    longue = PublicationDecp.objects.get(structure_id=par.structure_id, source_identifiant__endswith="LOT2")
    modifications = [[f"2025-01-{n % 28 + 1:02}", f"{n}.00", None] for n in range(1_500)]
    publiee = {"id_accord_cadre": "AC-1", "date_publication": JOUR(2025, 2, 1)}
    PublicationDecp.objects.filter(pk=longue.pk).update(
        valeurs=longue.valeurs | {"modifications": modifications}, **publiee
    )


def _garnir_les_bilans(posee: jeu.Jeu, par: Acteur) -> None:
    for annee, objectifs in ((2025, {"beneficiaires": Decimal(10), "taux_cumul": Decimal("62.5")}), (2026, {})):
        regler_le_bilan(
            version=1 if annee == 2026 else 0, annee=annee, base_etp=1607, definition_brsa="PRINCIPAL",
            annexe_nominative=True, lignes_masquees=["contrats", "femmes"], objectifs=objectifs, par=par,
        )  # fmt: skip
    lignes = [LigneGrille("tous", "Tous les acheteurs fictifs", ("*",))]
    ecrire_tableau("ave-2025", "acheteurs", lignes, version=0, par=par)
    rediger_l_analyse(
        du=JOUR(2025, 1, 1), au=JOUR(2025, 12, 31), version=0, faits_marquants=TEXTE, perspectives="Néant", par=par
    )
