"""Pendant un import, repérer les contrats de nos acheteurs au-dessus des seuils et sans considération (article 35)."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from clauses.comptes.acteurs import Acteur
from clauses.socle.erreurs import ActionImpossible
from marches.actions import cesser_de_veiller, veiller
from marches.imports.decp.neutre import ContratLu
from marches.models import Acheteur, ContratAVeiller, Marche
from marches.seuils import seuil


class Veille:
    """Nos acheteurs sont ceux qui ont déjà un marché dans la structure au début de l’import."""

    def __init__(self, par: Acteur) -> None:
        self.par = par
        nos_marches = Marche.objects.visibles_par(par).order_by().values("acheteur")
        acheteurs = Acheteur.objects.visibles_par(par).filter(pk__in=nos_marches)
        self._acheteurs = {acheteur.siret: acheteur for acheteur in acheteurs.order_by()}
        veilles = ContratAVeiller.objects.visibles_par(par).order_by()
        self._veilles = set(veilles.values_list("acheteur__siret", "identifiant"))

    def noter(self, contrat: ContratLu) -> ContratAVeiller | None:
        """Le contrat à veiller, noté ou mis à jour ; `None` s’il n’y a pas lieu. Rejouable."""
        acheteur = self._acheteurs.get(contrat.acheteur.siret) if contrat.acheteur and contrat.identifiant else None
        if acheteur is None or contrat.clef is None or not contrat.dit_les_considerations:
            return None
        if contrat.est_social or contrat.montant_ht is None:
            if contrat.clef in self._veilles:
                cesser_de_veiller(*contrat.clef, par=self.par)
            return None
        plancher = seuil(
            nature=contrat.nature,
            cpv=contrat.cpv,
            ccag=contrat.ccag,
            type_acheteur=acheteur.type,
            le=contrat.date_notification,
        )
        if contrat.montant_ht < plancher:
            return None
        champs = ("objet", "nature", "cpv", "montant_ht", "date_notification")
        lus = {nom: getattr(contrat, nom) for nom in champs}
        try:
            return veiller(acheteur, identifiant=contrat.identifiant, seuil_ht=plancher, par=self.par, **lus)
        except (ActionImpossible, ValidationError):
            # La veille n’est pas l’import : un contrat non retenu le reste, expliqué par son issue.
            return None
