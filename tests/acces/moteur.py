"""Le moteur de la matrice : jouer un cas, lire le corps de la réponse quel que soit son format, relever les écarts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pypdf import PdfReader

from clauses.comptes.acteurs import Role
from clauses.comptes.middleware import CLEF_DE_SESSION
from tests.acces.matrice import MATRICE, ROLES, Ligne
from tests.acces.monde import CANARI_PERSONNE, Cote, Monde, interdits, lignes_de, references_croisees

LIEN_INTERNE = re.compile(r'href="(\?[^"#]+)"')
LIENS_AU_PLUS = 12
SUR_POSTGRES = (Role.RESPONSABLE, Role.ACHETEUR)


def noms_d_url(resolveur: URLResolver | None = None, prefixe: str = "") -> Iterator[str]:
    """Tous les noms de la carte des URL, espaces de noms compris ; une URL sans nom est une faute."""
    for motif in (resolveur or get_resolver()).url_patterns:
        if isinstance(motif, URLPattern):
            assert motif.name, f"URL sans nom : {motif.pattern}"
            yield f"{prefixe}{motif.name}"
        else:
            yield from noms_d_url(motif, f"{prefixe}{motif.namespace}:" if motif.namespace else prefixe)


def adresse(nom: str, ligne: Ligne, cote: Cote) -> str:
    if ligne.objet:
        return reverse(nom, kwargs={"pk": cote.objets[ligne.objet].pk})
    return reverse(nom, kwargs=ligne.parametres)


def corps(reponse: Any) -> str:
    """Texte d’une réponse : page, JSON, PDF, parties d’un classeur ; en-têtes compris (nom de fichier, renvoi)."""
    contenu = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
    if contenu[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            contenu = b"\n".join(archive.read(partie) for partie in archive.namelist())
    if contenu.startswith(b"%PDF-1"):
        contenu = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(contenu)).pages).encode()
    return contenu.decode("utf-8", errors="replace") + str(dict(reponse.headers))


def connecte(monde: Monde, role: Role | None) -> Client:
    client = Client(raise_request_exception=False)
    if role is not None:
        client.force_login(monde.utilisateur(role))
        session = client.session
        session[CLEF_DE_SESSION] = monde.rattachements[role].pk
        session.save()
    return client


def etrangers(monde: Monde) -> dict[str, Any]:
    """Un envoi dont chaque champ d’objet plausible désigne un objet de l’autre structure."""
    objets = monde.b.objets
    clefs = (
        "marche", "lot", "clause", "engagement", "participant", "entree", "contrat", "ligne", "rattachement",
        "structure", "utilisateur",
    )  # fmt: skip
    envoi = {nom: objets[nom].pk for nom in clefs}
    return envoi | {f"{nom}_id": objets[nom].pk for nom in clefs} | {
        "facilitateur": objets["utilisateur"].pk, "operation": 1, "par": objets["utilisateur"].pk, "id": 1,
        "entreprise": objets["entreprise"].pk, "acheteur": objets["acheteur"].pk, "employeur": objets["entreprise"].pk,
        "mois": "2025-05", "type": "TRAVAIL", "heures": "10", "version": "1", "motif": "essai",
    }  # fmt: skip


def envoyer(client: Client, nom: str, ligne: Ligne, chemin: str, ailleurs: dict[str, Any]) -> Any:
    """L’API reçoit du JSON et dit de quelle version elle part ; une page, un formulaire."""
    if ligne.methode == "get":
        return client.get(chemin, dict(ligne.donnees))
    if nom.startswith("api:"):
        corps_json = dict(ligne.donnees) or ailleurs
        entetes = {"If-Match": '"1"'}
        return getattr(client, ligne.methode)(chemin, corps_json, content_type="application/json", headers=entetes)
    return client.post(chemin, ailleurs | dict(ligne.donnees))


def jouer(monde: Monde, nom: str, ligne: Ligne, role: Role | None, cote: Cote) -> list[str]:
    """Joue un cas, sans rien laisser en base ; rend les écarts avec ce qui est permis."""
    with transaction.atomic():
        ecarts = _jouer(monde, nom, ligne, role, cote)
        transaction.set_rollback(True)
    return ecarts


def _jouer(monde: Monde, nom: str, ligne: Ligne, role: Role | None, cote: Cote) -> list[str]:
    client = connecte(monde, role)
    chemin = adresse(nom, ligne, cote)
    avant = lignes_de(monde.b.structure)
    reponse = envoyer(client, nom, ligne, chemin, etrangers(monde))
    qui = role.name if role else "anonyme"
    cas = f"{ligne.methode.upper()} {nom} {qui} {'dedans' if cote is monde.a else 'dehors'}"
    attendu = ligne.attendu(role, dedans=cote is monde.a)
    ecarts = [] if reponse.status_code == attendu else [f"{cas} : {reponse.status_code} au lieu de {attendu}"]
    textes = [corps(reponse), *_suites(client, chemin, reponse)]
    bannis = interdits(role) if role else interdits(Role.FINANCEUR)
    permis = {CANARI_PERSONNE} if role is not None and role is ligne.nomme else set()
    ecarts += [
        f"{cas} : montre {canari}" for canari in bannis if canari not in permis and any(canari in t for t in textes)
    ]
    if lignes_de(monde.b.structure) != avant:
        ecarts.append(f"{cas} : change une ligne de l’autre structure")
    ecarts += [f"{cas} : référence croisée {faute}" for faute in references_croisees()]
    return ecarts


def _suites(client: Client, chemin: str, reponse: Any) -> list[str]:
    """Corps des onglets, pages, tris et exports de la page : ses propres liens « ?… »."""
    if reponse.status_code != 200 or "text/html" not in reponse.headers.get("Content-Type", ""):
        return []
    liens = list(dict.fromkeys(LIEN_INTERNE.findall(reponse.content.decode())))[:LIENS_AU_PLUS]
    suites = [client.get(chemin.split("?")[0] + lien.replace("&amp;", "&")) for lien in liens]
    return [corps(suite) + (f"ERREUR {suite.status_code}" if suite.status_code >= 500 else "") for suite in suites]


def examiner(monde: Monde, clef: tuple[str, str]) -> list[str]:
    """Tous les rôles, dedans et dehors, pour une ligne de la matrice.

    PostgreSQL n’en rejoue que deux, dedans : les portes sont les mêmes, c’est le SQL de chaque page qu’il éprouve.
    """
    nom, _methode = clef
    ligne = MATRICE[clef]
    sur_postgres = connection.vendor == "postgresql"
    roles = SUR_POSTGRES if sur_postgres else ROLES
    cotes = (monde.a, monde.b) if ligne.objet and not sur_postgres else (monde.a,)
    return [ecart for cote in cotes for role in roles for ecart in jouer(monde, nom, ligne, role, cote)]
