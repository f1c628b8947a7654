"""Champ par champ : rien de ce qui identifie ou révèle n’atteint un acheteur, une entreprise ou un financeur.

Chaque champ classé « identifiant » ou « sensible » porte un canari. Pour chaque rôle extérieur, on ouvre toutes les
URL nommées, puis tout lien qu’une page montre, dans tous les formats. La table dit ce que chacun a le droit de voir :
ce qu’il voit en plus est une fuite, ce qu’il ne voit plus est une table à corriger.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from bilans import actions as bilans
from bilans.documents.codes import en_groupes
from bilans.documents.composition import Demande
from bilans.enums import FormatDocument, NatureDocument
from bilans.models import Document
from clauses.comptes.acteurs import Role
from clauses.comptes.models import Invitation
from heures.liens import jeton
from heures.models import LigneHeures
from marches.models import Attribution, Marche
from tests.acces import canaris
from tests.acces.matrice import MATRICE
from tests.acces.monde import Monde, creer_monde
from tests.acces.moteur import adresse, connecte, noms_d_url
from tests.factories import EngagementFactory, LigneHeuresFactory, RattachementFactory
from tests.factories_conformite import EvenementFactory
from tests.factories_releves import LigneEnAttenteFactory

# Rien ici ne tient à la base.
pytestmark = pytest.mark.sur_sqlite

LE_15 = datetime.datetime(2025, 12, 15, 12, tzinfo=datetime.UTC)
VISITES_AU_PLUS = 600
LIEN = re.compile(r'(?:href|hx-get|action)="(/[^"#]*|\?[^"#]*)"')
# Trier ne montre rien de plus ; se déconnecter arrêterait le parcours.
HORS_PARCOURS = re.compile(r"^/statiques/|^/compte/deconnexion/|[?&]sort=")
# Le schéma de l’API et sa référence nomment les champs ; ils n’en portent aucune valeur.
DESCRIPTIONS = re.compile(r"^/api/reference/|^/api/v1/openapi\.json")

# Ses salariés, par leur nom, sur ses relevés ; ce qu’elle a elle-même écrit ; ce que le facilitateur lui répond. Son
# attestation désigne ses salariés par un identifiant. Jamais la naissance, la commune, le critère ni l’éligibilité.
DE_L_ENTREPRISE = {
    "Participant.nom", "Participant.prenom", "Participant.identifiant",
    "Releve.commentaire", "Releve.message", "DemandeReleve.deposant",
    "LigneEnAttente.nom", "LigneEnAttente.prenom", "LigneEnAttente.date_naissance", "LigneEnAttente.motif",
}  # fmt: skip
# Qui signe les documents de la structure, et le code qui permet de contrôler une attestation.
DE_LA_STRUCTURE = {"Structure.signataire_nom", "Document.code"}
PERMIS: dict[Role, set[str]] = {
    # Le facilitateur qui suit son marché : c’est à lui qu’il s’adresse.
    Role.ACHETEUR: DE_LA_STRUCTURE | {"Utilisateur.nom", "Utilisateur.prenom"},
    Role.ENTREPRISE: DE_LA_STRUCTURE | DE_L_ENTREPRISE,
    Role.FINANCEUR: set(),
}
FORMATS = {
    Role.ACHETEUR: {"text/html", "application/json", "application/pdf", canaris.XLSX},
    Role.ENTREPRISE: {"text/html", "application/json", "application/pdf", canaris.XLSX},
    Role.FINANCEUR: {"text/html", "application/json"},
}


@pytest.fixture
def monde() -> Iterator[Monde]:
    with time_machine.travel(LE_15, tick=False):
        monde = creer_monde()
        completer(monde)
        canaris.poser(sauf_utilisateurs={r.utilisateur_id for r in monde.rattachements.values()})
        emettre(monde)
        yield monde


def completer(monde: Monde) -> None:
    """Un relevé déposé puis renvoyé, un groupement, un engagement tenu : de quoi remplir toutes les pages."""
    objets = monde.a.objets
    engagement, releve, contrat = objets["engagement"], objets["releve"], objets["contrat"]
    agent = objets["utilisateur"]
    Marche.objects.filter(pk=objets["marche"].pk).update(facilitateur=agent)
    demande = objets["demande"]
    demande.deposee_le, demande.deposee_par, demande.deposant = LE_15, agent, "Alix"
    demande.save()
    releve.statut = "A_COMPLETER"
    releve.save()
    recue = {"releve": releve, "recue_par": agent}
    LigneEnAttenteFactory(**recue, contrat=contrat, nom="", prenom="", type_heures="FORMATION")
    traitee = {"statut": "REFUSEE", "motif": "x", "traitee_le": LE_15, "traitee_par": agent}
    LigneEnAttenteFactory(**recue, **traitee)
    LigneHeuresFactory(
        engagement=engagement, contrat=contrat, refusee=True, type_heures="FORMATION", declaree_par=agent
    )
    # Le même lot : ce que voit l’entreprise ne doit rien au cotraitant.
    cotraitant = EngagementFactory(clause=engagement.clause)
    LigneHeuresFactory(engagement=cotraitant, validee=True, mois=datetime.date(2025, 4, 1))
    Attribution.objects.filter(lot=engagement.clause.lot, entreprise=engagement.entreprise).update(role="MANDATAIRE")
    tenu = EngagementFactory(
        heures=30, entreprise=engagement.entreprise, clause__lot__marche__structure=engagement.structure,
        clause__lot__marche__acheteur=engagement.clause.lot.marche.acheteur,
    )  # fmt: skip
    LigneHeuresFactory(engagement=tenu, contrat=contrat, validee=True, declaree_par=agent)
    objets["tenu"] = tenu
    invite = RattachementFactory(structure=engagement.structure, pour_acheteur=True, est_actif=False)
    Invitation.objects.create(
        structure=engagement.structure, rattachement=invite, secret="x", valable_jusqu_au=LE_15, envoyee_par=agent
    )


def emettre(monde: Monde) -> None:
    """De vrais documents, de chaque nature, écrits avec les canaris."""
    par, objets = monde.rattachements[Role.FACILITATEUR].acteur(), monde.a.objets
    LigneHeures.objects.filter(pk=objets["ligne_validee"].pk).update(participant=objets["participant"])
    pdf, au = FormatDocument.PDF, LE_15.date()
    EvenementFactory(engagement=objets["engagement"], nature="MISE_EN_DEMEURE", inscrit_par=objets["utilisateur"])
    demandes = [(objets["engagement"], Demande(nature, au), pdf) for nature in (
        NatureDocument.RELANCE_1, NatureDocument.RELANCE_2, NatureDocument.MISE_EN_DEMEURE,
        NatureDocument.PROPOSITION_PENALITE, NatureDocument.ATTESTATION_INTERMEDIAIRE,
    )]  # fmt: skip
    consolidee = Demande(NatureDocument.ATTESTATION_INTERMEDIAIRE, au, est_consolidee=True)
    demandes += [
        (objets["engagement"], consolidee, pdf),
        (objets["engagement"], Demande(NatureDocument.RELANCE_1, au), FormatDocument.DOCX),
        (objets["tenu"], Demande(NatureDocument.ETAT_FINAL, au), pdf),
    ]
    for engagement, demande, format_ in demandes:
        bilans.emettre(engagement, demande, par=par, adresse="https://exemple.invalid/verifier/", format_=format_)


def departs(monde: Monde, role: Role) -> Iterator[str]:
    """Toutes les URL nommées, quel que soit le statut attendu : une page de refus ne doit rien dire non plus."""
    for nom in noms_d_url():
        lignes = [MATRICE[clef] for clef in MATRICE if clef[0] == nom]
        assert lignes, f"{nom} n’est pas dans la matrice : ce qu’elle montre n’est pas contrôlé."
        if (nom, "get") in MATRICE:
            ligne = MATRICE[nom, "get"]
            chemin = adresse(nom, ligne, monde.a)
            yield f"{chemin}?{urlencode(ligne.donnees)}" if ligne.donnees else chemin
    yield from (reverse("bilans:document", args=[document.pk]) for document in Document.objects.defer("contenu"))
    if role is Role.ENTREPRISE:
        lien = [jeton(monde.a.objets["demande"])]
        yield from (reverse("lien:releve", args=lien), reverse("lien:recu", args=lien))


def envois(monde: Monde, role: Role) -> Iterator[tuple[str, dict[str, Any]]]:
    """Les gestes ouverts à ce rôle, mal remplis : un formulaire refusé se montre de nouveau."""
    for (nom, methode), ligne in MATRICE.items():
        if methode == "post" and not nom.startswith("account_") and ligne.attendu(role, dedans=True) == 200:
            yield adresse(nom, ligne, monde.a), dict(ligne.donnees)


class Recolte:
    """Ce qu’un rôle a reçu : par champ, la première adresse qui en montre le canari ; et les formats lus."""

    def __init__(self, monde: Monde, role: Role, *, suivre: bool) -> None:
        self.marques = canaris.marques() | {"Document.code": tuple(self.codes())}
        self.vus: dict[str, str] = {}
        self.formats: dict[str, int] = defaultdict(int)
        self.client: Client = connecte(monde, role)
        file = [chemin for chemin in departs(monde, role) if not DESCRIPTIONS.match(chemin)]
        connus = set(file)
        while file:
            chemin = file.pop(0)
            for lien in self.recevoir(chemin, self.client.get(chemin)):
                suite = f"{chemin.split('?')[0]}{lien}" if lien.startswith("?") else lien
                if (
                    suivre
                    and suite not in connus
                    and not HORS_PARCOURS.search(suite)
                    and not DESCRIPTIONS.match(suite)
                ):
                    connus.add(suite)
                    file.append(suite)
        assert len(connus) < VISITES_AU_PLUS, "Les pages se multiplient : le parcours ne finirait pas."
        for chemin, envoi in envois(monde, role):
            self.recevoir(chemin, self.client.post(chemin, envoi))

    def codes(self) -> list[str]:
        return [ecrit for code in Document.objects.values_list("code", flat=True) if code
                for ecrit in (code, en_groupes(code))]  # fmt: skip

    def recevoir(self, chemin: str, reponse: Any) -> list[str]:
        assert reponse.status_code < 500, chemin
        genre, texte = canaris.lire(reponse)
        self.formats[genre] += reponse.status_code == 200
        for champ, cherchees in self.marques.items():
            if any(canaris.sans_blancs(marque) in texte for marque in cherchees):
                self.vus.setdefault(champ, f"{chemin} ({reponse.status_code} {genre})")
        page = genre == "text/html" and reponse.status_code == 200
        return [lien.replace("&amp;", "&") for lien in LIEN.findall(reponse.content.decode())] if page else []


@pytest.mark.parametrize("role", [Role.ACHETEUR, Role.ENTREPRISE, Role.FINANCEUR])
def test_un_role_exterieur_ne_recoit_que_ce_que_dit_la_table(monde, role):
    recolte = Recolte(monde, role, suivre=True)
    fuites = {champ: ou for champ, ou in recolte.vus.items() if champ not in PERMIS[role]}
    assert fuites == {}
    assert PERMIS[role] - set(recolte.vus) == set(), "La table permet ce qu’aucune page ne montre."
    assert {genre for genre, nombre in recolte.formats.items() if nombre} >= FORMATS[role]


def test_les_canaris_se_voient_bien_quand_on_y_a_droit(monde):
    """Sans cela, une absence ne prouverait rien : le responsable en voit presque tous, dans tous les formats."""
    recolte = Recolte(monde, Role.RESPONSABLE, suivre=False)
    caches = set(recolte.marques) - set(recolte.vus)
    assert caches == JAMAIS_MONTRES
    assert {canaris.XLSX, canaris.DOCX, "application/pdf", "text/html", "application/json"} <= set(recolte.formats)


# Champs qu’aucune page n’écrit, pour personne.
JAMAIS_MONTRES = {
    "Utilisateur.password", "Invitation.secret", "Jeton.empreinte", "DemandeReleve.secret", "Participant.recherche",
    "Crochet.sel", "Crochet.sel_precedent",
}  # fmt: skip


def test_tout_champ_classe_a_son_canari_ou_sa_raison():
    tous = {canaris.nom_de(modele, champ) for modele, champ in canaris.champs_classes()}
    assert set(canaris.marques()) | set(canaris.SANS_CANARI) == tous
    assert set(canaris.RARES) <= tous


def test_chaque_champ_classe_a_une_ligne_qui_le_porte(monde):
    assert [modele.__name__ for modele, _ in canaris.champs_classes() if not modele._base_manager.exists()] == []
