"""Les bilans établis à la demande : le document de formats.md §4, et ce qui compose chacun de ses chiffres."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import ViewSet

from bilans import annexe, departement
from bilans import demandes_partenaires as partenaires
from bilans.api.binaires import FICHIERS, FORMAT, format_demande
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
from bilans.demandes_partenaires import ANNEE, SEMESTRE
from bilans.exports import document
from bilans.fichiers import en_fichier, nom_d_un_bilan
from bilans.forms.periode import PeriodeForm
from bilans.ouvrir import NOMS, Ouvert
from bilans.rapport import Bilan, Demande
from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Porte
from clauses.socle.api.fichiers import UnFichier
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.fichiers import repondre
from clauses.socle.listes import XLSX

AGREGATS, VOTRE_BILAN = "agregats", "votre_bilan"
# Les bilans qui ne sont pas au catalogue des agents : leur droit, leur titre, leur paramètre.
DES_PARTENAIRES = {
    AGREGATS: (Droit.CONSULTER_AGREGATS, "Agrégats d’un semestre, petits effectifs tus", SEMESTRE),
    VOTRE_BILAN: (Droit.CONSULTER_SON_BILAN, "Votre bilan d’une année achevée, petits effectifs tus", ANNEE),
}

FORMATS_DES_PARTENAIRES = {AGREGATS: partenaires.FORMATS_DES_AGREGATS, VOTRE_BILAN: partenaires.FORMATS_DE_SON_BILAN}


class BilanViewSet(Porte, ViewSet):
    """Les bilans, établis à la demande avec les chiffres de l’écran ; chaque chiffre porte l’adresse de ses lignes."""

    etiquette = "bilans"
    lookup_field = "nom"
    lookup_value_converter = "slug"
    lectures_refusables = ("annexe",)

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
        du_fichier = {FORMAT.name} if self.action == "fichier" else set()
        if nom in DES_PARTENAIRES:
            return {DES_PARTENAIRES[nom][2]} | du_fichier
        connus = set(self.rapport().formulaire.base_fields) | du_fichier
        return connus | D_UN_CHIFFRE | set(NOMS) | {PAGE} if self.action == "lignes" else connus

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
        bilan = self._etablir(nom, request.query_params)[0]
        return Response(document(bilan) | {"liens": liens(bilan, self._adresse("bilan-lignes", nom))})

    @extend_schema(
        parameters=[*DE_LA_DEMANDE, FORMAT],
        responses=FICHIERS,
        description="Le même bilan dans un fichier : classeur, PDF, CSV ou archive, selon ce qu’il écrit.",
    )
    @action(detail=True, methods=["get"], content_negotiation_class=UnFichier)
    def fichier(self, request: Request, nom: str) -> HttpResponse:
        """Le bilan dans un fichier."""
        formats = FORMATS_DES_PARTENAIRES.get(nom) or self.rapport().formats
        format_ = format_demande(request.query_params, formats)
        lus = request.query_params.copy()
        lus.pop(FORMAT.name, None)
        bilan, nom_du_fichier = self._etablir(nom, lus)
        return repondre(en_fichier(bilan, format_, nom_du_fichier))

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

    @extend_schema(
        parameters=[d for d in DE_LA_DEMANDE if d.name in PeriodeForm.base_fields],
        responses={(200, XLSX): OpenApiTypes.BINARY},
        description="Le classeur du bilan Département et son annexe nominative, quand la convention l’exige. Réservé "
        "à qui exporte les listes nominatives ; l’export s’inscrit au journal avant de partir.",
    )
    @action(detail=True, methods=["get"], content_negotiation_class=UnFichier)
    def annexe(self, request: Request, nom: str) -> HttpResponse:
        """Le classeur du bilan Département et son annexe nominative."""
        self.acteur.exiger(Droit.EXPORTER_NOMINATIF)
        if nom != departement.NOM:
            raise Http404
        return repondre(annexe.exporter(self.acteur, self._demande(self.rapport(), request.query_params)))

    def _etablir(self, nom: str, lus: QueryDict) -> tuple[Bilan, str]:
        """Le bilan, et le nom de son fichier ; ce qui le refuse se dit en 400."""
        try:
            if nom == AGREGATS:
                form = partenaires.formulaire_de_semestre(lus)
                semestre, agregats = partenaires.lire_les_agregats(lus, form, connus={SEMESTRE}, par=self.acteur)
                return agregats, partenaires.nom_des_agregats(agregats, semestre)
            if nom == VOTRE_BILAN:
                form_d_annee = partenaires.formulaire_d_annee(lus)
                sien = partenaires.lire_son_bilan(lus, form_d_annee, connus={ANNEE}, par=self.acteur)
                return sien, partenaires.nom_de_son_bilan(sien)
            rapport = self.rapport()
            bilan = rapport.pour_fichier(self.acteur, self._demande(rapport, lus))
        except ActionImpossible as refus:
            raise ParseError(str(refus)) from refus
        inscrire_l_export(rapport, bilan, par=self.acteur)
        return bilan, nom_d_un_bilan(bilan)

    def _demande(self, rapport: Rapport, lus: QueryDict) -> Demande:
        """La demande de l’adresse ; fausse, elle se dit en 400."""
        try:
            return lire_demande(lus, rapport, set(rapport.formulaire.base_fields), par=self.acteur)
        except ActionImpossible as refus:
            raise ParseError(str(refus)) from refus

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
        suivante: str = self.request.build_absolute_uri(f"{self.request.path}?{urlencode(lus)}")
        return suivante

    def _adresse(self, vue: str, nom: str) -> str:
        return reverse(f"api:{vue}", args=[nom], request=self.request)
