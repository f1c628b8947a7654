"""Ce qu’un rôle change à la page, il le change par l’API ; ce qu’une structure possède s’y lit. Sinon, la raison.

Complet par construction : une page qui écrit, ou un modèle nouveau, fait rougir tant que l’on n’a pas dit son adresse.
"""

from __future__ import annotations

import pytest
from django.apps import apps

from clauses.api import routeur
from tests.acces.matrice import MATRICE

pytestmark = pytest.mark.sur_sqlite

# page qui écrit → verbe et adresses qui font de même
PAR_L_API: dict[str, str] = {
    "bilans:departement_analyse": "post analyse-list, patch analyse-detail",
    "bilans:departement_parametres": "patch parametres-bilan-detail",
    "bilans:document_annuler": "post document-annuler",
    "bilans:emettre": "post document-list",
    "bilans:emettre_bilan": "post bilan-emis-list",
    "bilans:grille": "patch grille-tableau",
    "bilans:grille_origine": "post grille-origine",
    "bilans:lettre": "post document-lettre",
    "crochets:creer": "post crochet-list",
    "crochets:essayer": "post crochet-essayer",
    "crochets:modifier": "patch crochet-detail",
    "crochets:renouveler": "post crochet-secret",
    "crochets:renvoyer": "post livraison-renvoyer",
    "crochets:reprendre": "post crochet-reprendre",
    "crochets:suspendre": "post crochet-suspendre",
    "entete": "patch structure-detail",
    "entreprises:contact_creer": "post contact-list",
    "entreprises:contact_modifier": "patch contact-detail",
    "entreprises:contact_retirer": "delete contact-detail",
    "entreprises:creer": "post entreprise-list",
    "entreprises:inviter": "post invitation-list",
    "entreprises:modifier": "patch entreprise-detail",
    "heures:accepter_ligne": "post ligne-valider",
    "heures:attente_ouvrir": "post attente-ouvrir, post attente-embaucher",
    "heures:attente_refuser": "post attente-refuser",
    "heures:attente_reprendre": "post attente-reprendre",
    "heures:cellule": "post ligne-list, patch ligne-detail, delete ligne-detail",
    "heures:contrat_creer": "post contrat-list",
    "heures:contrat_modifier": "patch contrat-detail",
    "heures:convention_creer": "post convention-list",
    "heures:convention_modifier": "patch convention-detail",
    "heures:demande_renouveler": "post demande-renouveler",
    "heures:demande_revoquer": "post demande-revoquer",
    "heures:demandes_envoyer": "post demande-envoyer",
    "heures:demandes_renvoyer": "post envoi-renvoyer-echecs",
    "heures:deux_personnes": "post doublon-ecarte-list",
    "heures:devenir": "patch sortie-detail",
    "heures:entree_corriger": "post entree-corriger",
    "heures:entree_creer": "post entree-list",
    "heures:envoi_renvoyer": "post envoi-renvoyer",
    "heures:fusion_defaire": "post fusion-defaire",
    "heures:fusionner": "post fusion-list",
    "heures:grille_contrat": "post contrat-list",
    "heures:grille_nouvelle": "post contrat-avec-personne",
    "heures:import_apercu": "post import-heures-importer",
    "heures:import_colonnes": "post correspondance-list, patch correspondance-detail",
    "heures:importer": "post import-heures-importer",
    "heures:modele": "patch modele-courriel-detail, post modele-courriel-apercu",
    "heures:modele_origine": "post modele-courriel-origine",
    "heures:mon_releve": "post releve-deposer",
    "heures:neant": "post releve-neant",
    "heures:participant_creer": "post participant-list",
    "heures:participant_modifier": "patch participant-detail",
    "heures:prolonger": "post prolongation-list",
    "heures:reception_accepter": "post releve-accepter-lot",
    "heures:rectifier_ligne": "post ligne-rectifier",
    "heures:refuser_ligne": "post ligne-refuser",
    "heures:releve_accepter": "post releve-accepter",
    "heures:releve_completer": "post releve-completer",
    "heures:releve_rouvrir": "post releve-rouvrir",
    "heures:renvoyer_ligne": "post ligne-refuser",
    "heures:sortie_creer": "post sortie-list",
    "heures:sortie_modifier": "patch sortie-detail",
    "heures:sortie_retirer": "delete sortie-detail",
    "heures:valider_mois": "post ligne-valider-mois",
    "heures:viser": "post entree-viser",
    "integration_renouveler": "post integration-renouveler",
    "integrations": "post integration-list",
    "invitation_renvoyer": "post acces-renvoyer",
    "jeton_revoquer": "post jeton-revoquer, post integration-revoquer",
    "jetons": "post jeton-list",
    "marches:acheteur_creer": "post acheteur-list",
    "marches:acheteur_inviter": "post invitation-list",
    "marches:acheteur_modifier": "patch acheteur-detail",
    "marches:activite_creer": "post activite-list",
    "marches:activite_modifier": "patch activite-detail",
    "marches:attribuer": "post attribution-list",
    "marches:bareme_creer": "post bareme-list",
    "marches:clause_creer": "post clause-list",
    "marches:clause_modifier": "patch clause-detail",
    "marches:contact_noter": "post evenement-list",
    "marches:creer": "post marche-ouvrir",
    "marches:creer_seul": "post marche-ouvrir-seul",
    "marches:decision_recue": "post proposition-decision-recue",
    "marches:decp": "post publication-importer",
    "marches:decp_apercu": "post publication-importer",
    "marches:echeancier": "post engagement-echeancier",
    "marches:engagement_modifier": "patch engagement-detail",
    "marches:engager": "post engagement-list",
    "marches:evenement_creer": "post evenement-list",
    "marches:facture_creer": "post facture-list",
    "marches:lot_creer": "post lot-list",
    "marches:lot_modifier": "patch lot-detail",
    "marches:modifier": "patch marche-detail, post operation-list",
    "marches:mouvement_creer": "post mouvement-list",
    "marches:penalite_creer": "post regle-list",
    "marches:penalite_modifier": "patch regle-detail",
    "marches:penalite_proposer": "post proposition-list",
    "marches:penalite_retirer": "delete regle-detail",
    "marches:proposition": "post proposition-decider",
    "marches:regrouper": "post marche-regrouper",
    "marches:repere_creer": "post repere-list",
    "marches:repere_modifier": "patch repere-detail",
    "marches:repere_retirer": "delete repere-detail",
    "marches:statut": "post marche-statut",
    "rattachement_retirer": "post acces-retirer",
    "reglages": "patch structure-detail",
    "utilisateurs": "post invitation-list",
}
DE_SESSION = "ouvre, ferme ou règle une session : un programme a un jeton"
A_LA_PAGE: dict[str, str] = {
    **dict.fromkeys(
        (
            "account_change_password", "account_login", "account_logout", "account_reauthenticate",
            "account_reset_password", "account_reset_password_from_key", "agir_pour", "invitation",
        ),
        DE_SESSION,
    ),
    "lien:releve": "le lien d’un courriel est la clef de qui n’a pas de compte ; avec un compte : releve-deposer",
    "reprise:apercu": "reprendre une structure entière prend une minute et se suit des yeux, ou par la commande",
    "reprise:deposer": "reprendre une structure entière prend une minute et se suit des yeux, ou par la commande",
    "verifier": "page publique : n’écrit rien, un code s’y contrôle",
}  # fmt: skip

# La ligne de ces pages, dans la matrice, ne désigne aucune fiche : 404 à qui a le droit, qui ne s’y lit donc pas.
SANS_FICHE = {"heures:cellule", "heures:grille_contrat", "jeton_revoquer"}
# modèle → pourquoi aucune adresse n’en rend les fiches
SANS_ADRESSE: dict[str, str] = {
    "bilans.CorrespondanceGrille": "les tableaux d’une grille : grille-tableau",
    "bilans.ParametresBilan": "parametres-bilan-detail",
    "comptes.ClefIdempotence": "mécanique de l’API",
    "comptes.CompteurApi": "mécanique de l’API",
    "heures.CritereEntree": "dans son entrée : entree-detail",
    "heures.ModeleCourriel": "modele-courriel-detail",
}
APPS = ("territoires", "comptes", "crochets", "entreprises", "marches", "heures", "bilans")


def pages_qui_ecrivent() -> set[str]:
    return {nom for nom, verbe in MATRICE if verbe == "post" and not nom.startswith("api:")}


def gestes(page: str) -> list[tuple[str, str]]:
    return [(f"api:{nom}", verbe) for verbe, nom in (geste.split() for geste in PAR_L_API[page].split(", "))]


def test_toute_page_qui_ecrit_a_son_adresse_ou_sa_raison() -> None:
    assert set(PAR_L_API) | set(A_LA_PAGE) == pages_qui_ecrivent()
    assert not set(PAR_L_API) & set(A_LA_PAGE)


@pytest.mark.parametrize("page", sorted(PAR_L_API))
def test_l_adresse_existe_et_s_ouvre_aux_memes_roles_que_la_page(page: str) -> None:
    """403 ou 404 à la page, 403 ou 404 à l’adresse ; ni l’un ni l’autre à la page, ni l’un ni l’autre à l’adresse."""
    for clef in gestes(page):
        assert clef in MATRICE, clef
        assert page in SANS_FICHE or permis(clef) == permis((page, "post")), clef


def permis(clef: tuple[str, str]) -> list[bool]:
    """Pour chaque rôle, l’anonyme excepté, si le geste ne lui est ni interdit ni caché."""
    return [statut not in {403, 404} for statut in MATRICE[clef].dedans[:-1]]


def test_les_pages_sans_fiche_le_sont() -> None:
    assert all(not any(permis((page, "post"))) for page in SANS_FICHE)


def test_tout_modele_a_son_adresse_ou_sa_raison() -> None:
    rendus = {vue.modele._meta.label for _, vue, _ in routeur.registry if hasattr(vue, "modele")}
    modeles = {modele._meta.label for app in APPS for modele in apps.get_app_config(app).get_models()}
    assert rendus | set(SANS_ADRESSE) == modeles
