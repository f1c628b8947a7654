"""Le schéma OpenAPI 3.1 de l’API, tiré des vues : corps de chaque geste, en-têtes, problèmes possibles."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from clauses.socle.api.listes import CHAMPS, TRI
from clauses.socle.api.problemes import TITRES, TYPE, URN

PROBLEME = {
    "type": "object",
    "description": "Un refus (RFC 9457).",
    "properties": {
        "type": {
            "type": "string",
            "description": "URN stable, à tester.",
            "examples": [f"{URN}saisie"],
        },
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Une phrase française, à montrer telle quelle."},
        "erreurs": {
            "type": "array",
            "description": "Chaque faute à son champ.",
            "items": {
                "type": "object",
                "properties": {"champ": {"type": ["string", "null"]}, "message": {"type": "string"}},
                "required": ["champ", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
}
EN_TETE_VERSION = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="L’ETag de la fiche lue : la modification part de cette version, et de nulle autre.",
)
EN_TETE_CLEF = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="De 1 à 100 caractères, un UUID par exemple : la même demande, redite sous la même clef pendant un "
    "jour, rend la fiche déjà créée.",
)
DE_TOUS = (400, 401, 403, 406, 429)
DU_CORPS = (409, 413, 415)
VERSIONNES = ("partial_update", "destroy")


DU_CHEMIN = {
    "nom": "Nom du bilan, pris dans le catalogue.",
    "code_insee": "Code INSEE de la commune.",
    "siren": "SIREN de l’intercommunalité.",
}
RESUMES = {
    "list": "Lister",
    "retrieve": "Lire une fiche",
    "create": "Créer",
    "partial_update": "Modifier",
    "destroy": "Supprimer",
}


class Schema(AutoSchema):
    """Un geste qui écrit dit son corps par `ecritures` ; ce qu’il rend est la fiche."""

    view: Any

    def get_tags(self) -> list[str]:
        """Le nom français de l’objet : celui que la vue donne, sinon celui de son modèle."""
        nom = getattr(self.view, "etiquette", "") or str(self.view.modele._meta.verbose_name_plural)
        return [nom[0].upper() + nom[1:]]

    def get_summary(self) -> str:
        """Ce que fait le geste ; un geste qui n’est pas de la liste dit sa première phrase."""
        return RESUMES.get(self.view.action) or super().get_description().split(". ")[0].rstrip(".")

    def _resolve_path_parameters(self, variables: list[str]) -> list[Any]:
        """Le numéro (ou le nom) que porte le chemin, avec son sens."""
        lus: list[Any] = super()._resolve_path_parameters(variables)  # type: ignore[no-untyped-call]
        return [lu | {"description": DU_CHEMIN.get(lu["name"], "Numéro de la fiche.")} for lu in lus]

    def get_request_serializer(self) -> Any:
        return self._ecritures().get(self.view.action)

    def get_response_serializers(self) -> Any:
        return getattr(self.view, "reponses", {}).get(self.view.action) or super().get_response_serializers()

    def get_override_parameters(self) -> list[Any]:
        parametres = list(getattr(self.view, "parametres_decrits", ()))
        if self._rend_une_fiche():
            parametres.append(self._champs())
        if self.view.action == "list" and getattr(self.view, "tris", ()):
            parametres.append(self._tri())
        if self.view.action in VERSIONNES or self.view.action in getattr(self.view, "gestes_versionnes", ()):
            parametres.append(EN_TETE_VERSION)
        if self._is_create_operation():
            parametres.append(EN_TETE_CLEF)
        return parametres

    def _is_create_operation(self) -> bool:
        """Un geste qui crée répond 201, comme la création."""
        return self.view.action == "create" or self.view.action in getattr(self.view, "gestes_de_creation", ())

    def get_filter_backends(self) -> list[Any]:
        return super().get_filter_backends() if self.view.action == "list" else []

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        reponses = super()._get_response_bodies(direction)
        for code in self._codes():
            reponses[str(code)] = {
                "description": TITRES[code][1],
                "content": {TYPE: {"schema": {"$ref": "#/components/schemas/Probleme"}}},
            }
        return reponses

    def _codes(self) -> list[int]:
        codes = set(DE_TOUS)
        if "{" in self.path:
            codes.add(404)
        if self.method in ("POST", "PATCH", "DELETE"):
            codes |= {*DU_CORPS, 404}
        if any(p is EN_TETE_VERSION for p in self.get_override_parameters()):
            codes |= {412, 428}
        return sorted(codes)

    def _ecritures(self) -> dict[str, Any]:
        return dict(getattr(self.view, "ecritures", {}))

    def _rend_une_fiche(self) -> bool:
        autres = ("destroy", *getattr(self.view, "reponses", ()))
        return hasattr(self.view, "ecritures") and self.view.action not in autres

    def _champs(self) -> OpenApiParameter:
        return OpenApiParameter(
            CHAMPS, OpenApiTypes.STR, description="Les seuls champs voulus, séparés par des virgules : id,objet."
        )

    def _tri(self) -> OpenApiParameter:
        tris = [f"{signe}{nom}" for nom in self.view.tris for signe in ("", "-")]
        return OpenApiParameter(TRI, OpenApiTypes.STR, enum=tris, description="« - » devant : décroissant.")


class SecuriteParJeton(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Le jeton de l’API, dans le schéma ; drf-spectacular la trouve par la classe qu’elle vise."""

    target_class = "clauses.comptes.authentification.ParJeton"
    name = "jeton"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "Un jeton créé dans « Accès à l’API »."}


def decrire_le_probleme(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Ajoute le composant que toutes les réponses d’erreur partagent."""
    result["components"]["schemas"]["Probleme"] = PROBLEME
    return result
