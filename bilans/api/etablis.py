"""Les bilans établis à la demande : le document de formats.md §4, et ce qui compose chacun de ses chiffres."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import ViewSet

from bilans.api.formes import (
    DE_LA_DEMANDE,
    DU_CHIFFRE,
    PAGE,
    DocumentDeBilan,
    LigneDuCatalogue,
    LignesDuChiffre,
)
from bilans.api.liens import liens
from bilans.catalogue import RAPPORTS, Rapport, inscrire_l_export
from bilans.demandes import D_UN_CHIFFRE, Chiffre, lire_demande, ouvrir_un_chiffre
from bilans.exports import document
from bilans.ouvrir import NOMS, Ouvert
from bilans.rapport import Bilan
from bilans.views import agregats, votre_bilan
from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Porte
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible

AGREGATS, VOTRE_BILAN = "agregats", "votre_bilan"
# Les bilans qui ne sont pas au catalogue des agents : leur droit, leur titre, leur paramètre.
DES_PARTENAIRES = {
    AGREGATS: (Droit.CONSULTER_AGREGATS, "Agrégats d’un semestre, petits effectifs tus", "periode"),
    VOTRE_BILAN: (Droit.CONSULTER_SON_BILAN, "Votre bilan d’une année achevée, petits effectifs tus", "annee"),
}


class BilanViewSet(Porte, ViewSet):
    """Les bilans, établis à la demande avec les chiffres de l’écran ; chaque chiffre porte l’adresse de ses lignes."""

    etiquette = "bilans"
    lookup_field = "nom"
    lookup_value_converter = "slug"

    def droit_exige(self) -> Droit | None:
        """Celui du bilan demandé ; le catalogue, lui, ne montre à chacun que ce qu’il peut établir."""
        nom = self.kwargs.get("nom")
        if nom in DES_PARTENAIRES:
            return DES_PARTENAIRES[nom][0]
        return None if nom is None else Droit.CONSULTER_BILANS

    def parametres_connus(self) -> set[str]:
        nom = self.kwargs.get("nom")
        if nom is None:
            return set()
        if nom in DES_PARTENAIRES:
            return {DES_PARTENAIRES[nom][2]}
        connus = set(self.rapport().formulaire.base_fields)
        return connus if self.action == "retrieve" else connus | D_UN_CHIFFRE | set(NOMS) | {PAGE}

    def rapport(self) -> Rapport:
        if self.kwargs["nom"] not in RAPPORTS:
            raise Http404
        return RAPPORTS[self.kwargs["nom"]]

    @extend_schema(responses=LigneDuCatalogue(many=True))
    def list(self, request: Request) -> Response:
        """Les bilans que l’appelant peut établir, et ce que chacun demande."""
        siens = [
            {"bilan": nom, "titre": titre, "parametres": [parametre_], "est_emis": False}
            for nom, (droit, titre, parametre_) in DES_PARTENAIRES.items()
            if self.acteur.peut(droit)
        ]
        if self.acteur.peut(Droit.CONSULTER_BILANS):
            siens += [
                {
                    "bilan": rapport.nom,
                    "titre": rapport.titre,
                    "parametres": list(rapport.formulaire.base_fields),
                    "est_emis": rapport.est_emis,
                }
                for rapport in RAPPORTS.values()
            ]
        liens = [self._adresse("bilan-detail", str(ligne["bilan"])) for ligne in siens]
        return Response([ligne | {"lien": lien} for ligne, lien in zip(siens, liens, strict=True)])

    @extend_schema(parameters=DE_LA_DEMANDE, responses=DocumentDeBilan)
    def retrieve(self, request: Request, nom: str) -> Response:
        """Un bilan : ses chiffres, ses tableaux, sa méthode, et `liens`, de chaque chiffre à ce qui le compose."""
        try:
            bilan = self._etablir(nom)
        except ActionImpossible as refus:
            raise ParseError(str(refus)) from refus
        return Response(document(bilan) | {"liens": liens(bilan, self._adresse("bilan-lignes", nom))})

    @extend_schema(parameters=[*DE_LA_DEMANDE, *DU_CHIFFRE], responses=LignesDuChiffre)
    @action(detail=True, methods=["get"])
    def lignes(self, request: Request, nom: str) -> Response:
        """Ce qui compose un chiffre : la somme d’heures, ou le nombre de lignes, est ce chiffre."""
        rapport = self.rapport()
        self._exiger_les_lignes()
        try:
            chiffre = ouvrir_un_chiffre(request.query_params, rapport, par=self.acteur, parametres={PAGE})
        except ActionImpossible as refus:
            raise ParseError(str(refus)) from refus
        return Response(self._lignes(chiffre))

    def _etablir(self, nom: str) -> Bilan:
        requete = cast("RequeteActeur", self.request)
        if nom == AGREGATS:
            return agregats.lire(requete, agregats.formulaire(requete), {"periode"})[1]
        if nom == VOTRE_BILAN:
            return votre_bilan.lire(requete, votre_bilan.formulaire(requete), {"annee"})
        rapport = self.rapport()
        connus = set(rapport.formulaire.base_fields)
        bilan = rapport.pour_fichier(
            self.acteur, lire_demande(self.request.query_params, rapport, connus, par=self.acteur)
        )
        inscrire_l_export(rapport, bilan, par=self.acteur)
        return bilan

    def _exiger_les_lignes(self) -> None:
        for droit in (Droit.CONSULTER_HEURES, Droit.CONSULTER_PERSONNES):
            self.acteur.exiger(droit)

    def _lignes(self, chiffre: Chiffre) -> dict[str, Any]:
        ouvert = chiffre.ouvert
        return {
            "mesure": ouvert.mesure.value,
            "titre": ouvert.titre,
            "filtres": [list(couple) for couple in chiffre.en_clair],
            "nombre": ouvert.nombre,
            "heures": None if ouvert.heures is None else str(ouvert.heures),
            "page": ouvert.page.number,
            "pages": ouvert.page.paginator.num_pages,
            "suivante": self._suivante(ouvert),
            "lignes": [
                [
                    {"colonne": colonne.nom, "texte": cellule.texte}
                    for colonne, cellule in zip(ouvert.composition.colonnes, rangee, strict=True)
                ]
                for rangee in ouvert.rangees
            ],
        }

    def _suivante(self, ouvert: Ouvert) -> str | None:
        if not ouvert.page.has_next():
            return None
        lus = self.request.query_params.dict() | {PAGE: str(ouvert.page.next_page_number())}
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(lus)}")

    def _adresse(self, vue: str, nom: str) -> str:
        return reverse(f"api:{vue}", args=[nom], request=self.request)
