"""Réunir deux fiches d’une même personne, défaire cette réunion, ou dire que ce sont deux personnes."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.journal import journaliser
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
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

DELAI_JOURS = 30
# Au-delà de tout numéro d’entrée : les numéros s’échangent sans se heurter en chemin.
DECALAGE = 10_000


def annulable_jusqu_au(fusion: Fusion) -> datetime.date:
    """Dernier jour où une fusion se défait."""
    return timezone.localdate(fusion.fusionnee_le) + datetime.timedelta(days=DELAI_JOURS)


def _deux_fiches(une: Participant, autre: Participant, par: Acteur) -> tuple[Participant, Participant]:
    """Relit et verrouille les deux fiches, toujours dans l’ordre de leur numéro : deux fusions ne se bloquent pas."""
    if une.pk == autre.pk:
        raise ActionImpossible("Une fiche ne se fusionne pas avec elle-même : choisir deux fiches.")
    relues = {pk: verrouiller(Participant.objects.all(), pk, par=par) for pk in sorted((une.pk, autre.pk))}
    return relues[une.pk], relues[autre.pk]


def _refuser_deux_sorties(gardee: Participant, absorbee: Participant) -> None:
    dates = Sortie.objects.filter(participant=gardee).values("date")
    double = Sortie.objects.filter(participant=absorbee, date__in=dates).order_by("date").first()
    if double is not None:
        raise ActionImpossible(
            f"Les deux fiches portent une sortie le {double.date:%d/%m/%Y} : retirer celle qui est en double, depuis "
            "l’une des fiches, puis fusionner."
        )


@transaction.atomic
def fusionner(gardee: Participant, *, absorbee: Participant, par: Acteur, motif: str = "") -> Fusion:
    """Réunit deux fiches : tout ce que portait `absorbee` passe sur `gardee`, dont l’identité ne change pas.

    Contrats, lignes d’heures, prolongations et sorties suivent ; les entrées des deux fiches sont renumérotées par
    date. Se défait pendant trente jours (`defaire_fusion`). Lève `ActionImpossible` : même fiche, fiche déjà absorbée,
    ou une sortie le même jour sur les deux.
    """
    par.exiger(Droit.GERER_PERSONNES)
    gardee, absorbee = _deux_fiches(gardee, absorbee, par)
    _refuser_deux_sorties(gardee, absorbee)
    deplaces = {
        "entrees": _reunir_les_entrees(gardee, absorbee),
        "contrats": _deplacer(ContratTravail, absorbee, gardee),
        "sorties": _deplacer(Sortie, absorbee, gardee),
        "prolongations": _deplacer(Prolongation, absorbee, gardee),
        "lignes": _deplacer(LigneHeures, absorbee, gardee),
    }
    modifier(absorbee, {"fusionnee_avec": gardee}, par=par, action="absorber la fiche dans une autre")
    fusion = Fusion(
        structure_id=par.structure_id,
        gardee=gardee,
        absorbee=absorbee,
        deplaces=deplaces,
        motif=motif.strip(),
        fusionnee_par_id=par.utilisateur_id,
    )
    creer(fusion, par=par, action="fusionner deux fiches")
    reunie = {"fiche réunie": f"n° {absorbee.pk}"}
    journaliser(par=par, action="réunir une autre fiche à celle-ci", objet=gardee, apres=reunie)
    return fusion


def _deplacer(modele: Any, depuis: Participant, vers: Participant) -> list[list[int]]:
    """Change la personne de tous ces objets ; rend leurs numéros, et leur version s’ils en ont une."""
    a_une_version = any(champ.name == "version" for champ in modele._meta.concrete_fields)
    champs = ("pk", "version") if a_une_version else ("pk",)
    trouves = modele.objects.filter(participant=depuis).order_by("pk")
    deplaces = [list(valeurs) for valeurs in trouves.values_list(*champs)]
    trouves.update(participant=vers)
    return deplaces


def _reunir_les_entrees(gardee: Participant, absorbee: Participant) -> list[list[int]]:
    """Renumérote les entrées des deux fiches par date ; rend (fiche d’origine, ancien numéro, nouveau) pour chacune.

    Toutes les versions d’une entrée gardent un même numéro.
    """
    courantes = EntreeClause.objects.courantes().filter(participant__in=[gardee, absorbee])
    groupes = list(courantes.order_by("date_entree", "pk").values_list("participant", "numero"))
    numeros = [[fiche, ancien, nouveau] for nouveau, (fiche, ancien) in enumerate(groupes, start=1)]
    _renumeroter((fiche, ancien, gardee.pk, nouveau) for fiche, ancien, nouveau in numeros)
    return numeros


def _renumeroter(groupes: Iterable[tuple[int, int, int, int]]) -> None:
    """Déplace des entrées : (fiche, numéro) devient (fiche, numéro), sans se heurter aux numéros encore pris."""
    mouvements = list(groupes)
    for fiche, numero, _vers, _nouveau in mouvements:
        EntreeClause.objects.filter(participant=fiche, numero=numero).update(numero=F("numero") + DECALAGE)
    for fiche, numero, vers, nouveau in mouvements:
        EntreeClause.objects.filter(participant=fiche, numero=numero + DECALAGE).update(
            participant=vers, numero=nouveau
        )


@transaction.atomic
def defaire_fusion(fusion: Fusion, *, par: Acteur) -> int:
    """Rend à la fiche absorbée tout ce qu’elle portait ; ce qui a été ajouté depuis reste sur la fiche gardée.

    Un objet déplacé revient tel qu’il est aujourd’hui, et ce qui en dépend avec lui : lignes d’heures d’un contrat,
    versions d’une entrée (docs/adr/0017). Rend le nombre d’objets qui reviennent modifiés depuis la fusion. Lève
    `ActionImpossible` : déjà défaite, trente jours passés, ou fusion plus récente à défaire d’abord.
    """
    par.exiger(Droit.GERER_PERSONNES)
    relue: Fusion = verrouiller(Fusion.objects.all(), fusion.pk, par=par)
    _refuser_de_defaire(relue)
    absorbee, gardee = relue.absorbee, relue.gardee
    verrouillees = Participant.objects.select_for_update(of=("self",)).filter(pk__in=[gardee.pk, absorbee.pk])
    list(verrouillees.order_by("pk"))
    deplaces = relue.deplaces
    modifies = sum(
        _rendre(modele, deplaces[nom], absorbee)
        for nom, modele in (("contrats", ContratTravail), ("sorties", Sortie), ("prolongations", Prolongation))
    )
    contrats = [pk for pk, *_version in deplaces["contrats"]]
    modifies += _modifies(LigneHeures.objects.filter(contrat__in=contrats), deplaces["lignes"])
    LigneHeures.objects.filter(contrat__in=contrats).update(participant=absorbee)
    _renumeroter((gardee.pk, nouveau, fiche, ancien) for fiche, ancien, nouveau in deplaces["entrees"])
    modifier(absorbee, {"fusionnee_avec": None}, par=par, action="rétablir la fiche absorbée")
    relue.annulee_le, relue.annulee_par_id = timezone.now(), par.utilisateur_id
    relue.version += 1
    relue.save(update_fields=["annulee_le", "annulee_par", "version"])
    journaliser(par=par, action="défaire la fusion", objet=relue)
    rendue = {"fiche rendue": f"n° {absorbee.pk}"}
    journaliser(par=par, action="séparer une fiche réunie à celle-ci", objet=gardee, apres=rendue)
    return modifies


def _refuser_de_defaire(fusion: Fusion) -> None:
    if fusion.annulee_le is not None:
        raise ActionImpossible("Cette fusion est déjà défaite.")
    limite = annulable_jusqu_au(fusion)
    if timezone.localdate() > limite:
        raise ActionImpossible(
            f"Cette fusion ne se défait plus depuis le {limite:%d/%m/%Y} : {DELAI_JOURS} jours sont passés. Au "
            "besoin, ouvrir une nouvelle fiche et y enregistrer les contrats de l’autre personne."
        )
    vivantes = Fusion.objects.filter(annulee_le=None).exclude(pk=fusion.pk)
    if vivantes.filter(absorbee=fusion.gardee).exists():
        raise ActionImpossible(
            "La fiche gardée a depuis été absorbée à son tour par une autre : défaire d’abord cette seconde fusion."
        )
    if vivantes.filter(gardee=fusion.gardee, pk__gt=fusion.pk).exists():
        raise ActionImpossible(
            "La fiche gardée a depuis absorbé une autre fiche : défaire d’abord la fusion la plus récente."
        )


def _rendre(modele: Any, deplaces: list[list[int]], absorbee: Participant) -> int:
    """Rend ces objets à leur fiche ; rend le nombre de ceux qui ont été modifiés depuis."""
    siens = modele.objects.filter(pk__in=[pk for pk, *_version in deplaces])
    modifies = _modifies(siens, deplaces)
    siens.update(participant=absorbee)
    return modifies


def _modifies(objets: Any, deplaces: list[list[int]]) -> int:
    """Objets à version qui ne sont plus dans l’état où la fusion les a laissés, ou qui n’existaient pas."""
    versions = {pk: version[0] for pk, *version in deplaces if version}
    if not versions:
        return 0
    return sum(versions.get(pk) != version for pk, version in objets.values_list("pk", "version"))


@transaction.atomic
def ecarter_doublon(une: Participant, *, autre: Participant, par: Acteur) -> DoublonEcarte:
    """Note que deux fiches semblables sont bien deux personnes ; rejouable."""
    par.exiger(Droit.GERER_PERSONNES)
    _deux_fiches(une, autre, par)
    premiere, seconde = sorted((une, autre), key=lambda fiche: fiche.pk)
    connu = DoublonEcarte.objects.filter(premiere=premiere, seconde=seconde).first()
    if connu is not None:
        return connu
    ecarte = DoublonEcarte(
        structure_id=par.structure_id, premiere=premiere, seconde=seconde, ecarte_par_id=par.utilisateur_id
    )
    return creer(ecarte, par=par, action="dire que ce sont deux personnes")


@transaction.atomic
def retirer_sortie(sortie: Sortie, *, par: Acteur, version: int | None = None) -> None:
    """Retire une sortie notée par erreur ou en double ; le journal garde qu’elle l’a été, et sa date.

    `version` : celle que l’auteur avait sous les yeux, s’il la donne. Lève `ConflitDeVersion` si elle est dépassée.
    """
    par.exiger(Droit.GERER_PERSONNES)
    relue: Sortie = verrouiller(Sortie.objects.select_related("participant"), sortie.pk, par=par)
    if version is not None and version != relue.version:
        raise ConflitDeVersion(relue.version, [])
    retiree = {"sortie retirée": f"{relue.date:%d/%m/%Y}"}
    journaliser(par=par, action="retirer une sortie", objet=relue.participant, apres=retiree)
    relue.delete()
