"""La complétude d’un bilan : ce qui est renseigné sur ce qui devrait l’être, contrôle par contrôle (bilans.md, I).

Un bilan final de A ou de C, et une attestation définitive (D), se refusent tant qu’un contrôle est sous le seuil de
la structure ; un bilan intermédiaire passe, et porte ce tableau. Pur : ni base, ni date du jour.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from bilans.calculs import rapport
from bilans.definitions import ColonneBilan, TableauBilan, Unite
from bilans.rapport import Tableau
from bilans.tableaux import Rangee
from clauses.socle.nombres import en_nombre, en_taux

# Les bilans qui engagent la structure au-dehors : finals, ils se disent complets (bilans.md, I).
EXIGEANTS = frozenset({"departement", "acheteur"})
TABLEAU = TableauBilan(
    "completude",
    "Complétude à l’émission",
    "Complétude",
    (
        ColonneBilan("code", "Code"),
        ColonneBilan("libelle", "Contrôle"),
        ColonneBilan("attendus", "Attendus", Unite.NOMBRE),
        ColonneBilan("manquants", "À compléter", Unite.NOMBRE),
        ColonneBilan("taux", "Complétude", Unite.TAUX),
        ColonneBilan("seuil", "Seuil", Unite.TAUX),
    ),
    "Constatée le jour de l’émission, par les contrôles du rapport «\u00a0Qualité\u00a0».",
    "bilans.md, I",
    garde_les_vides=True,
)


@dataclass(frozen=True, slots=True)
class Controle:
    """Un contrôle et son compte ; `seuil` en centièmes (90 : neuf sur dix)."""

    cle: str
    titre: str
    attendus: int
    manquants: int
    seuil: int

    @property
    def taux(self) -> Decimal | None:
        """`None` quand rien n’est attendu."""
        return rapport(self.attendus - self.manquants, self.attendus)

    @property
    def est_insuffisant(self) -> bool:
        return (self.attendus - self.manquants) * 100 < self.seuil * self.attendus

    @property
    def en_clair(self) -> str:
        """« Commune de résidence : 3 sur 12 à compléter (75,00 %) »."""
        compte = f"{en_nombre(self.manquants)} sur {en_nombre(self.attendus)} à compléter"
        return f"{self.titre}\u00a0: {compte}" + (f" ({en_taux(self.taux)})" if self.taux is not None else "")


def insuffisants(controles: Iterable[Controle]) -> list[Controle]:
    return [controle for controle in controles if controle.est_insuffisant]


def phrase(controles: Sequence[Controle], quoi: str) -> str:
    """Le refus : ce qu’il reste à compléter, et ce que l’on peut faire à la place."""
    seuil = controles[0].seuil
    reste = "\u00a0; ".join(controle.en_clair for controle in controles)
    return f"{quoi} demande {seuil}\u202f% de complétude à chaque contrôle. Il reste à compléter\u00a0: {reste}."


def en_texte(controles: Iterable[Controle]) -> str:
    """Texte canonique, à garder avec le bilan émis."""
    return json.dumps([asdict(controle) for controle in controles], ensure_ascii=False, separators=(",", ":"))


def de_texte(texte: str) -> list[Controle]:
    return [Controle(**valeurs) for valeurs in json.loads(texte)]


def tableau(controles: Iterable[Controle]) -> Tableau:
    """Les contrôles d’une émission, comme tout tableau d’un bilan."""
    return Tableau(
        TABLEAU,
        [
            Rangee(
                {
                    "code": controle.cle,
                    "libelle": controle.titre,
                    "attendus": controle.attendus,
                    "manquants": controle.manquants,
                    "taux": controle.taux,
                    "seuil": rapport(controle.seuil, 100),
                }
            )
            for controle in controles
        ],
    )
