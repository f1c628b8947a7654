"""Les trois voies, geste à geste : coller dans « Ce mois-ci », importer un fichier, remplir par les liens."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests.parcours.outils import connecter
from tests.trois_voies import jeu

MOIS = f"{jeu.MOIS:%Y-%m}"
ATTENTE = 180_000
COLLER = """texte => {
    const donnees = new DataTransfer();
    donnees.setData("text/plain", texte);
    document.activeElement.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: donnees, bubbles: true, cancelable: true }));
}"""


class Main:
    """Une personne devant une page : chaque geste est compté."""

    def __init__(self, page: Page, racine: str, gestes: Counter[str], qui: str) -> None:
        self.page, self.racine, self.gestes, self.qui = page, racine, gestes, qui
        page.set_default_timeout(ATTENTE)

    def ouvrir(self, chemin: str) -> None:
        self.gestes[self.qui] += 1
        self.page.goto(chemin if chemin.startswith("http") else self.racine + chemin)

    def cliquer(self, cible: Any) -> None:
        self.gestes[self.qui] += 1
        cible.click()

    def remplir(self, selecteur: str, texte: str) -> None:
        self.gestes[self.qui] += 1
        self.page.fill(selecteur, texte)

    def coller(self, texte: str) -> None:
        self.gestes[self.qui] += 1
        self.page.evaluate(COLLER, texte)

    def choisir_fichier(self, selecteur: str, chemin: Path) -> None:
        self.gestes[self.qui] += 1
        self.page.set_input_files(selecteur, str(chemin))


def facilitateur(navigateur: Browser, serveur: Any, utilisateur: Any, gestes: Counter[str]) -> Main:
    page = navigateur.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900}).new_page()
    connecter(page, serveur, utilisateur)
    return Main(page, serveur.url, gestes, "facilitateur")


def nombre(valeur: Any) -> str:
    return str(valeur).replace(".", ",") if valeur else ""


def tout_accepter(main: Main) -> None:
    """Depuis la boîte de réception : tout ce qui est sans anomalie, page après page."""
    main.ouvrir(reverse("heures:reception"))
    bouton = main.page.locator("button[name=tous]")
    while bouton.count():
        main.cliquer(bouton)
        main.page.wait_for_load_state()
    expect(main.page.locator("main")).to_contain_text("Rien n’attend")


def grille(navigateur: Browser, serveur: Any, utilisateur: Any, _dossier: Path) -> dict[str, int]:
    """Un seul collage : le tableau des quarante entreprises, dans l’ordre de la page."""
    gestes: Counter[str] = Counter()
    main = facilitateur(navigateur, serveur, utilisateur, gestes)
    main.ouvrir(f"{reverse('heures:mois')}?mois={MOIS}")
    main.cliquer(main.page.locator("tbody input").first)
    main.coller("\n".join(f"{nombre(ligne.travail)}\t{nombre(ligne.formation)}" for ligne in _dans_l_ordre(main.page)))
    expect(main.page.locator("#grille-statut")).to_have_text("Tout est enregistré.", timeout=ATTENTE)
    tout_accepter(main)
    return dict(gestes)


def _dans_l_ordre(page: Page) -> list[jeu.LigneDeReleve]:
    """Les lignes du jeu, dans l’ordre où la page montre les contrats."""
    from heures.models import ContratTravail

    contrats = {contrat.pk: contrat.identifiant for contrat in ContratTravail.objects.all()}
    lignes = {ligne.contrat: ligne for ligne in jeu.tous()}
    identites = page.locator("tbody input").evaluate_all("champs => champs.map(champ => champ.id)")
    montres = dict.fromkeys(int(identite[1:].split("-")[1]) for identite in identites)
    return [lignes[contrats[pk]] for pk in montres]


def fichier(navigateur: Browser, serveur: Any, utilisateur: Any, dossier: Path) -> dict[str, int]:
    """Un fichier de 600 lignes, tel qu’un tableur français l’enregistre."""
    gestes: Counter[str] = Counter()
    main = facilitateur(navigateur, serveur, utilisateur, gestes)
    releves = dossier / "releves.csv"
    with releves.open("w", encoding="cp1252", newline="") as sortie:
        feuille = csv.writer(sortie, delimiter=";")
        feuille.writerow(
            ["Marché", "Lot", "Nom", "Prénom", "Date de naissance", "Mois", "Heures de travail", "Heures de formation"]
        )
        for ligne in jeu.tous():
            feuille.writerow(
                [
                    jeu.reference(ligne.releve), "1", ligne.nom, ligne.prenom, f"{ligne.naissance:%d/%m/%Y}",
                    f"{jeu.MOIS:%m/%Y}", nombre(ligne.travail), nombre(ligne.formation),
                ]
            )  # fmt: skip
    main.ouvrir(reverse("heures:importer"))
    main.choisir_fichier("input[type=file]", releves)
    main.cliquer(main.page.get_by_role("button", name="Lire le fichier"))
    main.cliquer(main.page.get_by_role("button", name="Importer"))
    main.page.wait_for_load_state()
    tout_accepter(main)
    return dict(gestes)


def lien(navigateur: Browser, serveur: Any, utilisateur: Any, _dossier: Path) -> dict[str, int]:
    """Une demande en lot, puis chaque entreprise colle son tableau dans son relevé, à 360 px de large."""
    gestes: Counter[str] = Counter()
    main = facilitateur(navigateur, serveur, utilisateur, gestes)
    main.ouvrir(f"{reverse('heures:demandes')}?mois={MOIS}")
    main.cliquer(main.page.locator("form[id^=lot-] button").first)
    main.page.wait_for_load_state()
    for rang, (releve, adresse) in enumerate(_liens(serveur.url)):
        # Chaque entreprise a son adresse : la limite de débit les compte à part.
        contexte = navigateur.new_context(
            locale="fr-FR",
            viewport={"width": 360, "height": 740},
            extra_http_headers={"X-Forwarded-For": f"192.0.2.{rang + 1}"},
        )
        _deposer(Main(contexte.new_page(), serveur.url, gestes, "entreprises"), adresse, jeu.releve(releve))
        contexte.close()
    tout_accepter(main)
    return dict(gestes)


def _liens(racine: str) -> list[tuple[int, str]]:
    """Le rang du relevé dans le jeu, et son adresse."""
    from heures.liens import adresse_du_lien
    from heures.models import DemandeReleve

    demandes = list(DemandeReleve.objects.select_related("releve__engagement__entreprise").order_by("pk"))
    rangs = {jeu.entreprise(rang): rang for rang in range(1, jeu.RELEVES + 1)}
    assert len(demandes) == jeu.RELEVES
    return [
        (rangs[demande.releve.engagement.entreprise.siret], adresse_du_lien(demande, racine)) for demande in demandes
    ]


def _en_colonnes(ligne: jeu.LigneDeReleve) -> str:
    return f"{ligne.nom}\t{ligne.prenom}\t{nombre(ligne.travail)}\t{nombre(ligne.formation)}"


def _deposer(main: Main, adresse: str, lignes: list[jeu.LigneDeReleve]) -> None:
    main.ouvrir(adresse)
    main.cliquer(main.page.get_by_text("Coller depuis un tableur"))
    main.remplir("[name=colle]", "\n".join(_en_colonnes(ligne) for ligne in lignes))
    main.cliquer(main.page.get_by_role("button", name="Remplir les cases"))
    expect(main.page.locator("[role=status]")).to_contain_text(f"{len(lignes)} personnes remplies")
    main.remplir("[name=deposant]", "Personne fictive")
    main.cliquer(main.page.get_by_role("button", name="Déposer le relevé"))
    main.page.wait_for_url("**/recu/")
