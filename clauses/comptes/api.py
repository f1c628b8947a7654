"""Les vues de l’API : mêmes portes que les pages. On y lit ce que l’on voit, on y agit par les mêmes actions.

Une vue dit son droit de lecture, ses fiches (`objets`, toujours `visibles_par`), ce que chaque geste accepte
(`ecritures`) et l’action qu’il appelle ; le reste est ici : liste, curseur, champs choisis, ETag, idempotence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar, cast

from django.db import models
from django.shortcuts import get_object_or_404
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.idempotence import FORME, creer_une_fois, empreinte
from clauses.socle.api.champs import Corps
from clauses.socle.api.listes import CHAMPS, CURSEUR, TAILLE, TRI, verifier_les_parametres
from clauses.socle.api.problemes import VersionAttendue
from clauses.socle.listes import noms_envoyes

M = TypeVar("M", bound=models.Model)
ETIQUETTE = re.compile(r'"([0-9]{1,9})"')
CLEF = "Idempotency-Key"


class Porte:
    """L’entrée de toute vue de l’API : le droit du geste, puis les paramètres de l’adresse, rien d’inconnu.

    `droit` : celui de lire, `None` si tout rôle lit ; `droits` : ceux des autres gestes, par nom d’action DRF, exigés
    avant de lire le corps (l’action les exige aussi). `parametres` : ce que la vue lit de l’adresse. `ecritures` : le
    corps de chaque geste, par nom d’action DRF.
    """

    droit: ClassVar[Droit | None]
    droits: ClassVar[Mapping[str, Droit]] = {}
    parametres: ClassVar[tuple[str, ...]] = ()
    ecritures: ClassVar[Mapping[str, type[Corps]]] = {}
    action: Any
    request: Any

    @property
    def acteur(self) -> Acteur:
        return cast("Acteur", self.request.acteur)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if self.action is None:  # verbe que la vue ne connaît pas : DRF répondra 405
            return
        if (droit := self.droit_exige()) is not None:
            self.acteur.exiger(droit)
        verifier_les_parametres(request.query_params, self.parametres_connus())

    def droit_exige(self) -> Droit | None:
        return self.droits.get(self.action, self.droit)

    def parametres_connus(self) -> set[str]:
        return set(self.parametres)

    def corps(self, *, partiel: bool = False) -> dict[str, Any]:
        """Le corps reçu, contrôlé selon le geste. Lève `ValidationError`, toutes les fautes ensemble."""
        lu = self.ecritures[self.action](data=self.request.data, partial=partiel, context={"request": self.request})
        lu.is_valid(raise_exception=True)
        return cast("dict[str, Any]", lu.validated_data)

    def version_attendue(self) -> int:
        """La version que dit « If-Match ». Lève `VersionAttendue` (428) ou `ValidationError`."""
        entete = self.request.headers.get("If-Match")
        if entete is None:
            raise VersionAttendue
        trouvee = ETIQUETTE.fullmatch(entete.strip())
        if trouvee is None:
            raise ValidationError({"If-Match": ['L’ETag de la fiche, guillemets compris\u00a0: "3".']})
        return int(trouvee[1])


class VueObjets(Porte, ReadOnlyModelViewSet[M]):
    """Liste et fiche, dans le périmètre de l’appelant.

    `tris` : champs de tri, jamais nuls. `reponses` : ce que rend un geste, si ce n’est pas la fiche.
    `serializer_liste` : la fiche réduite que montre la liste, s’il y en a une.
    """

    modele: ClassVar[type[models.Model]]
    tris: ClassVar[tuple[str, ...]] = ()
    reponses: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    serializer_liste: ClassVar[type[BaseSerializer[Any]] | None] = None
    lookup_value_converter = "int"
    filter_backends = (DjangoFilterBackend,)

    def objets(self) -> models.QuerySet[M]:
        """Les fiches que l’appelant voit, avec ce que leur sérialiseur lit."""
        raise NotImplementedError

    def get_queryset(self) -> models.QuerySet[M]:
        """Vide pour le schéma, qui se tire des vues sans appelant."""
        if getattr(self, "swagger_fake_view", False):
            return cast("models.QuerySet[M]", self.modele._default_manager.none())
        return self.objets()

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        en_liste = self.serializer_liste if self.action == "list" else None
        return en_liste or super().get_serializer_class()

    def consulter(self, objets: Sequence[M]) -> None:
        """Inscrit au journal que ces fiches viennent d’être rendues ; rien à inscrire si elles ne nomment personne."""

    def parametres_connus(self) -> set[str]:
        connus = {CHAMPS, *super().parametres_connus()}
        if self.action == "list":
            connus |= {CURSEUR, TAILLE, *([TRI] if self.tris else [])}
            filtres = getattr(self, "filterset_class", None)
            if filtres is not None:
                formulaire = filtres(self.request.GET, queryset=self.get_queryset(), request=self.request).form
                connus |= {nom for champ in formulaire for nom in noms_envoyes(champ)}
        return connus

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        reponse = self.get_paginated_response(self.get_serializer(page, many=True).data)
        self.consulter(page)
        return reponse

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.rendre(self.get_object())

    def rendre(self, objet: M, code: int = status.HTTP_200_OK) -> Response:
        """Une fiche et, si elle se modifie, l’ETag de sa version."""
        version = getattr(objet, "version", None)
        entetes = {} if version is None else {"ETag": f'"{version}"'}
        donnees = self.get_serializer(objet).data
        self.consulter([objet])
        return Response(donnees, status=code, headers=entetes)

    def relire(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        """La fiche telle que l’appelant la lirait, après un geste."""
        return self.rendre(get_object_or_404(self.get_queryset(), pk=pk), code)


class Creation(VueObjets[M]):
    """Ajoute la création ; « Idempotency-Key » la rend rejouable pendant un jour.

    `gestes_createurs` : les autres gestes qui créent une fiche, par nom d’action DRF ; ils appellent `creer_par`.
    """

    gestes_createurs: ClassVar[tuple[str, ...]] = ()

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.creer_par(self.creer)

    def creer_par(self, creer: Callable[..., M]) -> Response:
        """La fiche que `creer` ajoute d’après le corps reçu ; redite, celle qui existe déjà.

        Une redite ne relit pas son corps : ce qu’il désigne a pu disparaître, une fiche absorbée par exemple.
        """
        pk, est_redite = self._une_fois(lambda: creer(**self.corps()))
        reponse = self.relire(pk, status.HTTP_201_CREATED)
        reponse["Location"] = self.reverse_action("detail", args=[pk])
        if est_redite:
            reponse["Idempotency-Replayed"] = "true"
        return reponse

    def creer(self, **donnees: Any) -> M:
        """Appelle l’action de création ; rend la fiche."""
        raise NotImplementedError

    def _une_fois(self, creer: Callable[[], M]) -> tuple[int, bool]:
        clef = self.request.headers.get(CLEF)
        if clef is None:
            return creer().pk, False
        if not FORME.fullmatch(clef):
            raise ValidationError({CLEF: ["De 1 à 100 caractères ASCII, sans espace\u00a0: un UUID convient."]})
        demande = empreinte("POST", self.request.path, self.request.data)
        return creer_une_fois(clef, demande, par=self.acteur, creer=creer)


class Modification(VueObjets[M]):
    """Ajoute la modification partielle ; « If-Match » dit de quelle version elle part."""

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        objet = self.get_object()
        version = self.version_attendue()
        self.modifier(objet, version=version, **self.corps(partiel=True))
        return self.relire(objet.pk)

    def modifier(self, objet: M, /, *, version: int, **donnees: Any) -> object:
        """Appelle l’action de modification avec les seuls champs reçus."""
        raise NotImplementedError


class Suppression(VueObjets[M]):
    """Ajoute la suppression ; « If-Match » dit quelle version on avait sous les yeux."""

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        objet = self.get_object()
        self.supprimer(objet, version=self.version_attendue())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def supprimer(self, objet: M, /, *, version: int) -> None:
        """Appelle l’action de suppression."""
        raise NotImplementedError
