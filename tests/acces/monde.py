"""Le monde de la matrice d’accès : deux structures sœurs, et des canaris dans chaque texte qui ne doit pas sortir.

L’acheteur et l’entreprise de la structure A travaillent aussi avec la structure B : c’est le cas qui trompe une règle
de périmètre écrite sur l’organisation seule.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models

from clauses.comptes.acteurs import Role
from clauses.comptes.journal import journaliser
from clauses.comptes.models import Invitation, Rattachement, Structure, Utilisateur
from heures.models import Prolongation
from marches.models import Attribution, JalonEngagement, RetardConstate
from tests.factories import (
    AcheteurFactory,
    ContratTravailFactory,
    CritereEntreeFactory,
    EngagementFactory,
    EntreeClauseFactory,
    EntrepriseFactory,
    JetonFactory,
    LigneHeuresFactory,
    MouvementEngagementFactory,
    ParticipantFactory,
    RattachementFactory,
    ReleveFactory,
    SortieFactory,
    StructureFactory,
    UtilisateurFactory,
    siret,
)
from tests.factories_conformite import (
    ActiviteFactory,
    AnalyseQualitativeFactory,
    BaremeFactory,
    BilanEmisFactory,
    ContratAVeillerFactory,
    DocumentFactory,
    EvenementFactory,
    FactureFactory,
    ModificationFactory,
    OperationFactory,
    ParametresBilanFactory,
    PropositionPenaliteFactory,
    PublicationFactory,
    ReglePenaliteFactory,
    RepereMetierFactory,
)
from tests.factories_crochets import CrochetFactory, LivraisonFactory
from tests.factories_releves import (
    ContactFactory,
    ConventionGlobalisationFactory,
    CorrespondanceFactory,
    DemandeReleveFactory,
    DoublonEcarteFactory,
    EnvoiFactory,
    FusionFactory,
    ImportHeuresFactory,
    LigneEnAttenteFactory,
    ModeleCourrielFactory,
)

SIRET_COMMUN = siret(5_000_101, "2")
# Interdit à tous : la structure B.
CANARI_B = "CANARIB"
# Interdits à l’acheteur, à l’entreprise et au financeur : ce qui, dans A, n’est pas à eux.
CANARI_VOISIN = "CANARIVOISIN"
CANARI_PERSONNE = "CANARIPERSONNE"
# Interdit à l’entreprise et au financeur : le lot voisin du même marché.
CANARI_LOT = "CANARILOT"


@dataclass(frozen=True)
class Cote:
    """Une structure et un objet de chaque sorte, par le nom que la matrice emploie."""

    structure: Structure
    objets: dict[str, Any]


@dataclass(frozen=True)
class Monde:
    a: Cote
    b: Cote
    rattachements: dict[Role, Rattachement]

    def utilisateur(self, role: Role) -> Utilisateur:
        return self.rattachements[role].utilisateur


def creer_monde() -> Monde:
    acheteur = AcheteurFactory(nom="Acheteur commun", siret=SIRET_COMMUN)
    entreprise = EntrepriseFactory(raison_sociale="Entreprise commune")
    a = creer_cote("A", acheteur, entreprise, marque="a", personne=CANARI_PERSONNE)
    b = creer_cote("B", acheteur, entreprise, marque=CANARI_B, personne=CANARI_B)
    creer_voisins(a)
    organisations: dict[Role, dict[str, Any]] = {
        Role.ACHETEUR: {"acheteur": acheteur},
        Role.ENTREPRISE: {"entreprise": entreprise},
    }
    rattachements = {
        role: RattachementFactory(structure=a.structure, role=role, **organisations.get(role, {})) for role in Role
    }
    return Monde(a, b, rattachements)


def creer_cote(sigle: str, acheteur: Any, entreprise: Any, *, marque: str, personne: str) -> Cote:
    """Une structure entière ; `marque` est dans tous ses textes, `personne` dans tout ce qui touche une personne."""
    structure = StructureFactory(sigle=f"S{marque}", nom=f"Structure {marque}")
    agent = UtilisateurFactory(nom=f"Agent {marque}", email=f"agent.{sigle.lower()}.{marque.lower()}@exemple.invalid")
    rattachement = RattachementFactory(structure=structure, utilisateur=agent)
    engagement = EngagementFactory(
        heures=0,
        entreprise=entreprise,
        clause__perimetre=f"Périmètre {marque}",
        clause__publics_admis=f"Publics {marque}",
        clause__lot__intitule=f"Lot {marque}",
        clause__lot__marche__structure=structure,
        clause__lot__marche__acheteur=acheteur,
        clause__lot__marche__reference=f"REF-{marque}",
        clause__lot__marche__objet=f"Objet {marque}",
    )
    mouvement = MouvementEngagementFactory(engagement=engagement, motif=f"Motif {marque}", inscrit_par=agent)
    participant = ParticipantFactory(structure=structure, identifiant=f"P-{sigle}", nom=personne, prenom=personne)
    entree = EntreeClauseFactory(participant=participant, motif=personne, prescripteur="", enregistree_par=agent)
    CritereEntreeFactory(entree=entree)
    contrat = ContratTravailFactory(participant=participant, employeur=entreprise, identifiant=f"C-{sigle}")
    ligne = LigneHeuresFactory(engagement=engagement, contrat=contrat, declaree_par=agent)
    validee = LigneHeuresFactory(
        engagement=engagement, contrat=contrat, declaree_par=agent, validee=True, mois=datetime.date(2025, 4, 1)
    )
    releve = ReleveFactory(engagement=engagement, commentaire=personne, message=personne)
    sortie = SortieFactory(participant=participant)
    prolongation = Prolongation.objects.create(
        structure=structure, participant=participant, jusqu_au="2027-12-31", motif=personne, accordee_par=agent
    )
    ecriture = journaliser(par=rattachement.acteur(), action=f"Geste {marque}", objet=engagement)
    integration = RattachementFactory(structure=structure, integration=True, utilisateur__nom=f"Intégration {marque}")
    JetonFactory(rattachement=integration, nom=f"Programme {marque}")
    objets_de_reception = creer_reception(releve, contrat, agent, personne=personne)
    lot = engagement.clause.lot
    objets = {
        "marche": lot.marche, "lot": lot, "clause": engagement.clause, "engagement": engagement,
        "participant": participant, "entree": entree, "contrat": contrat, "sortie": sortie, "ligne": ligne,
        "prolongation": prolongation,
        "ligne_validee": validee,
        "jeton": JetonFactory(rattachement=rattachement, nom=f"Jeton {personne}"), "integration": integration,
        "rattachement": rattachement, "structure": structure, "utilisateur": agent,
        "acheteur": acheteur, "entreprise": entreprise, "releve": releve, **objets_de_reception,
        "mouvement": mouvement, "ecriture": ecriture,
        "jalon": JalonEngagement.objects.create(
            structure=structure, engagement=engagement, date=datetime.date(2025, 9, 1), part=50
        ),
        "retard": RetardConstate.objects.create(
            structure=structure, engagement=engagement, depuis=datetime.date(2025, 10, 1)
        ),
        "attribution": Attribution.objects.get(lot=lot, entreprise=entreprise),
        **creer_publications(lot, marque=marque),
        **creer_crochet(structure, agent, marque=marque),
        "invitation": creer_invitation(structure, agent, acheteur, marque=marque),
        **creer_conformite(engagement, agent, marque=marque, personne=personne),
    }  # fmt: skip
    if marque == CANARI_B:
        # L’annuaire est commun : hors périmètre, c’est l’organisation d’un autre.
        objets |= {"acheteur": AcheteurFactory(nom="Autre acheteur"), "entreprise": EntrepriseFactory()}
    return Cote(structure, objets)


def creer_crochet(structure: Structure, agent: Utilisateur, *, marque: str) -> dict[str, Any]:
    """Une notification sortante et une livraison close, qui se renvoie."""
    adresse = f"https://{marque.lower()}.exemple/{marque}"
    crochet = CrochetFactory(structure=structure, adresse=adresse, renouvele=True, cree_par=agent)
    return {"crochet": crochet, "livraison": LivraisonFactory(crochet=crochet, corps=marque, livree=True)}


def creer_invitation(structure: Structure, agent: Utilisateur, acheteur: Any, *, marque: str) -> Invitation:
    """Une personne invitée dans l’espace de l’acheteur, et qui n’a pas répondu."""
    invitee = UtilisateurFactory(nom=f"Invitée {marque}")
    rattachement = RattachementFactory(
        structure=structure, utilisateur=invitee, role=Role.ACHETEUR, acheteur=acheteur, est_actif=False
    )
    return Invitation.objects.create(
        structure=structure, rattachement=rattachement, secret="x", envoyee_par=agent,
        valable_jusqu_au=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    )  # fmt: skip


def creer_reception(releve: Any, contrat: Any, agent: Any, *, personne: str) -> dict[str, Any]:
    """Ce qui touche aux relevés reçus et aux personnes en double ; `personne` est dans tous les textes."""
    structure, engagement, participant = releve.structure, releve.engagement, contrat.participant
    demande = DemandeReleveFactory(
        releve=releve, destinataire=f"{personne.lower()}@exemple.invalid", deposant="", demandee_par=agent
    )
    fusion = FusionFactory(gardee=participant, motif=personne, fusionnee_par=agent)
    absorbee = fusion.absorbee
    absorbee.fusionnee_avec, absorbee.nom, absorbee.prenom = participant, personne, personne
    absorbee.save()
    convention = ConventionGlobalisationFactory(
        structure=structure, entreprise=engagement.entreprise, reference=personne, engagements=[engagement],
        enregistree_par=agent,
    )  # fmt: skip
    return {
        "demande": demande,
        "attente": LigneEnAttenteFactory(releve=releve, nom=personne, prenom=personne, recue_par=agent),
        "envoi": EnvoiFactory(releve=releve, objet=personne, corps=personne, prepare_par=agent),
        "modele": ModeleCourrielFactory(structure=structure, corps=f"{personne} {{lien}}"),
        "contact": ContactFactory(structure=structure, entreprise=engagement.entreprise, nom=personne),
        "correspondance": CorrespondanceFactory(structure=structure, nom=personne),
        "import": ImportHeuresFactory(structure=structure, nom_fichier=personne, importe_par=agent),
        "fusion": fusion,
        "doublon-ecarte": DoublonEcarteFactory(premiere=participant, ecarte_par=agent),
        "convention": convention,
    }


def creer_conformite(engagement: Any, agent: Any, *, marque: str, personne: str) -> dict[str, Any]:
    """Objectif, manquement, activité et document d’un engagement ; un texte libre peut nommer quelqu’un."""
    return {
        "facture": FactureFactory(engagement=engagement, reference=f"F-{marque}", enregistree_par=agent),
        "regle": ReglePenaliteFactory(clause=engagement.clause, article=f"Article {marque}"),
        "evenement": EvenementFactory(engagement=engagement, texte=personne, inscrit_par=agent),
        "proposition": PropositionPenaliteFactory(engagement=engagement, proposee_par=agent),
        "repere": RepereMetierFactory(structure=engagement.structure, metier=f"Métier {marque}"),
        "activite": ActiviteFactory(structure=engagement.structure, objet=personne, facilitateur=agent),
        "bilan_emis": creer_versions(engagement.structure, agent, marque=marque),
        "document": DocumentFactory(engagement=engagement, titre=f"Document {marque}", emis_par=agent),
        "parametres": ParametresBilanFactory(structure=engagement.structure, annexe_nominative=True),
        "analyse": AnalyseQualitativeFactory(structure=engagement.structure, publics=f"Publics {marque}"),
        "attestation": DocumentFactory(
            engagement=engagement, titre=f"Attestation {marque}", attestation=True, emis_par=agent
        ),
    }


def creer_publications(lot: Any, *, marque: str) -> dict[str, Any]:
    """Ce que disent les données essentielles, l’opération, et un barème commun à l’instance."""
    publication = PublicationFactory(lot=lot, source_identifiant=f"20000000000000/{marque}")
    return {
        "publication": publication,
        "modification": ModificationFactory(publication=publication),
        "contrat-a-veiller": ContratAVeillerFactory(
            structure=lot.structure, acheteur=lot.marche.acheteur, objet=f"Contrat {marque}"
        ),
        "operation": OperationFactory(structure=lot.structure, nom=f"Opération {marque}"),
        "bareme": BaremeFactory(),
    }


def creer_versions(structure: Structure, agent: Utilisateur, *, marque: str) -> Any:
    """Deux versions d’un bilan émis ; rend la seconde, qui se compare."""
    versions = [
        BilanEmisFactory(structure=structure, titre=f"Bilan {marque} {n}", version=n, emis_par=agent) for n in (1, 2)
    ]
    return versions[-1]


def creer_voisins(a: Cote) -> None:
    """Dans A : un marché sans rapport avec l’acheteur ni l’entreprise, et un lot voisin du marché partagé."""
    EngagementFactory(
        entreprise=EntrepriseFactory(raison_sociale=CANARI_VOISIN),
        clause__perimetre=CANARI_VOISIN,
        clause__lot__intitule=CANARI_VOISIN,
        clause__lot__marche__structure=a.structure,
        clause__lot__marche__acheteur=AcheteurFactory(nom=CANARI_VOISIN),
        clause__lot__marche__reference=CANARI_VOISIN,
        clause__lot__marche__objet=CANARI_VOISIN,
    )
    EngagementFactory(
        entreprise=EntrepriseFactory(raison_sociale=CANARI_LOT),
        clause__perimetre=CANARI_LOT,
        clause__lot__intitule=CANARI_LOT,
        clause__lot__marche=a.objets["marche"],
    )


def interdits(role: Role) -> tuple[str, ...]:
    """Canaris que ce rôle, agissant dans A, ne doit jamais recevoir."""
    match role:
        case Role.FACILITATEUR | Role.RESPONSABLE | Role.LECTEUR:
            return (CANARI_B,)
        case Role.ACHETEUR:
            return (CANARI_B, CANARI_VOISIN, CANARI_PERSONNE)
        case _:
            return (CANARI_B, CANARI_VOISIN, CANARI_PERSONNE, CANARI_LOT)


def modeles_de_structure() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if any(c.name == "structure" for c in m._meta.concrete_fields)]


@cache
def _photographies() -> dict[str, str]:
    """Par modèle, la requête qui en lit les lignes d’une structure : composée une fois, jouée des milliers de fois."""
    lectures = {modele._meta.label: (modele, "structure") for modele in modeles_de_structure()}
    lectures["comptes.Structure"] = (Structure, "pk")
    return {
        nom: modele._base_manager.filter(**{clef: 0}).order_by("pk").values_list().query.sql_with_params()[0]
        for nom, (modele, clef) in lectures.items()
    }


def lignes_de(structure: Structure) -> dict[str, list[tuple[Any, ...]]]:
    """Toutes les lignes d’une structure, dans tous les modèles qui en portent une, et la structure elle-même.

    Les valeurs sont celles de la base, telles quelles : une photographie se compare, elle ne se lit pas.
    """
    with connection.cursor() as curseur:
        photo = {}
        for nom, requete in _photographies().items():
            curseur.execute(requete, [structure.pk])
            photo[nom] = curseur.fetchall()
    return photo


@cache
def _recherches_de_croisees() -> dict[str, tuple[str, tuple[Any, ...]]]:
    """Par champ qui relie deux modèles de structure, la requête des lignes où les deux structures diffèrent."""
    modeles = modeles_de_structure()
    return {
        f"{modele.__name__}.{champ.name}": modele._base_manager.filter(**{f"{champ.name}__isnull": False})
        .exclude(**{f"{champ.name}__structure": models.F("structure")})
        .order_by()
        .values_list("pk")
        .query.sql_with_params()
        for modele in modeles
        for champ in modele._meta.concrete_fields
        if champ.related_model in modeles
    }


def references_croisees() -> list[str]:
    """Lignes d’une structure qui désignent une ligne de l’autre : un identifiant étranger a été cru sur parole."""
    fautes = []
    with connection.cursor() as curseur:
        for champ, requete in _recherches_de_croisees().items():
            curseur.execute(*requete)
            fautes += [f"{champ} {pk}" for (pk,) in curseur.fetchall()]
    return fautes
