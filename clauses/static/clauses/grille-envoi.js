// Enregistrer chaque cellule, ne jamais perdre une frappe.
//
// Une seule file d’envoi pour toute la page : deux versions d’une cellule ne se croisent pas, et les totaux rendus par
// le serveur arrivent dans l’ordre.

import { aChange, aDesBlocages, clefs, grille, jeton } from "./grille-lieu.js";
import {
    annoncer,
    avertir,
    bloquer,
    marquer,
    montrerDetail,
    montrerPlein,
    montrerTotaux,
    poser,
    probleme,
} from "./grille-montrer.js";

const DELAI_MIN = 1000;
const DELAI_MAX = 30000;

const file = new Set();
const voulues = new WeakMap();
let enCours = null;
let delai = 0;
let reveil = null;
let apresEnvoi = null;

/** Ce que vaut une cellule avant la frappe en cours : la valeur qui part, ou celle qui est enregistrée. */
export const valeurAvant = (champ) => voulues.get(champ) ?? champ.defaultValue;

export function nonEnregistrees() {
    const actif = document.activeElement;
    const tapee = grille.contains(actif) && actif.matches("input") && aChange(actif);
    return Boolean(enCours) || file.size > 0 || tapee || aDesBlocages();
}

/** Exécute un geste une fois tout enregistré ; si une cellule résiste, le geste n’a pas lieu. */
export function quandToutEstEnregistre(geste) {
    apresEnvoi = geste;
    avancer();
}

export function deposer(champ, { force = false } = {}) {
    if (champ.readOnly) {
        return;
    }
    if (!force && !aChange(champ) && champ !== enCours) {
        marquer(champ, null);
        file.delete(champ);
        voulues.delete(champ);
        return;
    }
    file.add(champ);
    voulues.set(champ, champ.value.trim());
    marquer(champ, "attente");
    avancer();
}

export async function avancer() {
    if (enCours || reveil) {
        return;
    }
    const [champ] = file;
    if (!champ) {
        reposer();
        return;
    }
    file.delete(champ);
    enCours = champ;
    const envoye = champ.value;
    champ.dataset.envoye = envoye;
    const lent = setTimeout(() => annoncer("Enregistrement…"), 600);
    const issue = await envoyer(champ, envoye);
    clearTimeout(lent);
    enCours = null;
    conclure(champ, envoye, issue);
}

async function envoyer(champ, heures) {
    const { engagement, contrat, mois, type } = clefs(champ);
    const corps = new URLSearchParams({ engagement, contrat, mois, type, heures, version: champ.dataset.v });
    try {
        const reponse = await fetch(grille.dataset.url, {
            method: "POST",
            body: corps,
            headers: { "X-CSRFToken": jeton(), Accept: "application/json" },
        });
        const estJson = reponse.headers.get("Content-Type")?.startsWith("application/json");
        if (reponse.status >= 500 || reponse.status === 429) {
            return { code: "panne" };
        }
        return estJson ? { code: reponse.status, ...(await reponse.json()) } : { code: "session" };
    } catch {
        return { code: "panne" };
    }
}

function conclure(champ, envoye, issue) {
    if (issue.code === "panne" || issue.code === "session") {
        patienter(champ, issue.code);
        return;
    }
    delai = 0;
    document.getElementById("x-connexion")?.remove();
    if (!file.has(champ)) {
        voulues.delete(champ);
    }
    if (issue.code === 200) {
        accepter(champ, envoye, issue);
    } else if (issue.code === 409) {
        opposer(champ, issue);
    } else {
        bloquer(champ, "erreur", issue.message);
    }
    avancer();
}

function accepter(champ, envoye, issue) {
    poser(champ, issue);
    if (champ.value === envoye) {
        champ.value = issue.heures;
    }
    montrerTotaux(champ, issue.totaux);
    montrerPlein(champ, issue.plein);
    marquer(champ, file.has(champ) ? "attente" : "enregistree");
    avertir(champ, issue.avertissements);
    if (document.activeElement === champ && champ.value === issue.heures) {
        champ.select();
        montrerDetail(champ);
    }
}

function opposer(champ, issue) {
    const autre = issue.heures === "" ? "aucune heure" : `${issue.heures} h`;
    const mienne = champ.value.trim() === "" ? "une cellule vide" : champ.value.trim();
    const garder = () => {
        champ.dataset.v = issue.version;
        deposer(champ, { force: true });
    };
    const prendre = () => {
        poser(champ, issue);
        champ.value = issue.heures;
        marquer(champ, "enregistree");
        avancer();
    };
    bloquer(champ, "conflit", `quelqu’un d’autre a enregistré ${autre} pendant que vous tapiez ${mienne}.`, [
        [`Garder la mienne (${mienne})`, garder],
        [`Prendre l’autre (${autre})`, prendre],
    ]);
}

function patienter(champ, cause) {
    const reste = [champ, ...file];
    file.clear();
    for (const attendu of reste) {
        file.add(attendu);
        marquer(attendu, "hors-ligne");
    }
    delai = Math.min(delai ? delai * 2 : DELAI_MIN, DELAI_MAX);
    const pluriel = file.size > 1 ? "s" : "";
    const pourquoi =
        cause === "session"
            ? "Votre session a pris fin : reconnectez-vous dans un autre onglet, sans fermer celui-ci."
            : "Le serveur ne répond pas.";
    probleme(
        "x-connexion",
        "hors-ligne",
        pourquoi,
        `${file.size} cellule${pluriel} gardée${pluriel} ici ; nouvel essai dans ${Math.round(delai / 1000)} s.`,
        [["Réessayer maintenant", reprendre]],
    );
    annoncer(pourquoi, { alerte: true });
    reveil = setTimeout(reprendre, delai);
}

export function reprendre() {
    clearTimeout(reveil);
    reveil = null;
    avancer();
}

function reposer() {
    const bloquee = aDesBlocages();
    if (!bloquee) {
        annoncer("Tout est enregistré.");
    }
    if (apresEnvoi) {
        const geste = apresEnvoi;
        apresEnvoi = null;
        if (bloquee) {
            annoncer("Des cellules ne sont pas enregistrées : les corriger d’abord.", { alerte: true });
        } else {
            geste();
        }
    }
}
