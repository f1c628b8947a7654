"""Le calcul d’un objectif d’heures : pur, exact, chaque terme montrable (domaine.md §4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from clauses.socle.nombres import au_centieme, en_euros, en_heures, en_pourcent

CENT = Decimal(100)
CENTIEME = Decimal("0.01")

# Repères publiés, modifiables par structure et jamais imposés : clausesociale34.fr, mefsud77.fr (domaine.md, sources).
REPERES = (
    ("Peinture", Decimal(70)),
    ("Maçonnerie", Decimal(50)),
    ("Bâtiment, en moyenne", Decimal(30)),
    ("Charpente métallique", Decimal(20)),
)
SOURCE_DES_REPERES = "Repères publiés par des facilitateurs (clausesociale34.fr, mefsud77.fr)"
TAUX_COURANT = Decimal(5)


def fautes_d_assiette(
    *, montant: Decimal | None, cout_horaire: Decimal | None, exclu: Decimal | None
) -> dict[str, str]:
    """Par terme, ce qui empêche le calcul ; vide si tout va, ou si l’on ne sait pas encore."""
    fautes = {}
    if montant is not None and montant <= 0:
        fautes["montant"] = "Le montant est supérieur à zéro."
    if cout_horaire is not None and cout_horaire <= 0:
        fautes["cout_horaire"] = "Le coût horaire est supérieur à zéro."
    if montant is not None and exclu and exclu >= montant:
        fautes["exclu"] = "Le personnel repris, exclu de l’assiette, coûte moins que le montant."
    return fautes


@dataclass(frozen=True, slots=True)
class Assiette:
    """Montants HT en euros ; part et taux en pourcentage ; coût horaire en euros, sans défaut.

    `exclu` : part du montant qui paie le personnel repris, hors de l’assiette (propreté).
    """

    montant: Decimal
    part: Decimal
    taux: Decimal
    cout_horaire: Decimal
    exclu: Decimal = Decimal(0)

    @property
    def main_d_oeuvre(self) -> Decimal:
        return au_centieme((self.montant - self.exclu) * self.part / CENT)

    @property
    def heures(self) -> Decimal:
        """(montant − exclu) × part × taux ÷ coût horaire, au centième, arrondi une seule fois."""
        return au_centieme((self.montant - self.exclu) * self.part * self.taux / (CENT * CENT * self.cout_horaire))

    @property
    def etapes(self) -> list[tuple[str, str]]:
        """Chaque ligne du calcul, telle qu’on la montre."""
        exclusion = (
            f" − {en_euros(self.exclu)} de personnel repris = {en_euros(self.montant - self.exclu)}"
            if self.exclu
            else ""
        )
        return [
            ("Assiette", f"{en_euros(self.montant)}{exclusion}"),
            ("Main-d’œuvre", f"× {en_pourcent(self.part)} = {en_euros(self.main_d_oeuvre)}"),
            ("Insertion", f"× {en_pourcent(self.taux)} ÷ {en_euros(self.cout_horaire)} de l’heure"),
            ("Objectif", f"{en_heures(self.heures)}\u00a0h"),
        ]


def heures_par_tranche(montants: Iterable[Decimal], tranche: Decimal) -> Decimal:
    """Heures dues pour des montants facturés (avoirs négatifs) : une par tranche, au centième, jamais négatives."""
    return max(au_centieme(sum(montants, Decimal(0)) / tranche), Decimal(0))


def repartir(heures: Decimal, parts: dict[int, Decimal]) -> dict[int, Decimal]:
    """Répartit des heures entre les membres d’un groupement, selon leur part ; la somme est exacte au centième.

    Les centièmes que l’arrondi laisse vont aux plus forts restes, la plus petite clef d’abord à égalité.
    """
    total = sum(parts.values(), Decimal(0))
    if total <= 0:
        return {}
    exacts = {clef: heures * part / total for clef, part in parts.items()}
    entiers = {clef: valeur.quantize(CENTIEME, rounding="ROUND_FLOOR") for clef, valeur in exacts.items()}
    reste = int((heures - sum(entiers.values(), Decimal(0))) * 100)
    for clef in sorted(exacts, key=lambda c: (entiers[c] - exacts[c], c))[:reste]:
        entiers[clef] += CENTIEME
    return entiers
