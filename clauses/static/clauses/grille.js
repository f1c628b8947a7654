// La grille des heures : se déplacer au clavier, enregistrer chaque cellule en la quittant, ne jamais perdre une frappe.
//
// Une cellule porte dans le document ce qui est enregistré (`defaultValue`, `data-v` : version, `data-l` : ligne) et ce
// qui est tapé (`value`). Une seule file d’envoi pour toute la grille : deux versions d’une cellule ne se croisent pas,
// et les totaux rendus par le serveur arrivent dans l’ordre. Un seul écouteur par sorte d’événement.

import { pas, repartir, voisine } from "./grille-clavier.js";

const DELAI_MIN = 1000;
const DELAI_MAX = 30000;
const BLOCAGES = ["erreur", "conflit"];
const PASSAGERS = ["attente", "enregistree", "hors-ligne", ...BLOCAGES];
const ETATS = ["vide", "declaree", "validee", "refusee"];

const grille = document.getElementById("grille");
const statut = document.getElementById("grille-statut");
const detail = document.getElementById("grille-detail");
const problemes = document.getElementById("grille-problemes");
const formulaire = document.getElementById("form-mois");

const file = new Set();
let enCours = null;
let delai = 0;
let reveil = null;
let apresEnvoi = null;

// --- Lire le document

const caseDe = (champ) => champ.closest("td");
const clefs = (champ) => champ.id.slice(1).split("-");
const texteDe = (id) => document.getElementById(id)?.textContent.trim() ?? "";

function lieu(champ) {
    const [contrat, rang] = clefs(champ);
    const personne = document.querySelector(`#p${contrat} a`).textContent.trim();
    return `${personne}, ${texteDe(`m${rang}`)} ${grille.dataset.annee}`;
}

function jeton() {
    const prefixe = `${grille.dataset.cookie}=`;
    const biscuit = document.cookie.split("; ").find((morceau) => morceau.startsWith(prefixe));
    return biscuit ? biscuit.slice(prefixe.length) : formulaire.querySelector("[name=csrfmiddlewaretoken]").value;
}

const aChange = (champ) => champ.value.trim() !== champ.defaultValue;
const estBloquee = (champ) => BLOCAGES.some((classe) => caseDe(champ)?.classList.contains(classe));

function nonEnregistrees() {
    const actif = document.activeElement;
    const tapee = grille.contains(actif) && actif.matches("input") && aChange(actif);
    return Boolean(enCours) || file.size > 0 || tapee || grille.querySelector("td.erreur, td.conflit") !== null;
}

// --- Montrer

function annoncer(texte, { alerte = false } = {}) {
    statut.classList.toggle("alerte", alerte);
    if (statut.textContent !== texte) {
        statut.textContent = texte;
    }
}

function marquer(champ, passager) {
    const td = caseDe(champ);
    td.classList.remove(...PASSAGERS);
    if (passager) {
        td.classList.add(passager);
    }
    if (!BLOCAGES.includes(passager)) {
        champ.removeAttribute("aria-invalid");
        champ.removeAttribute("aria-describedby");
        document.getElementById(`x${champ.id}`)?.remove();
    }
}

function poser(champ, { heures, version, etat, ligne }) {
    champ.defaultValue = heures;
    champ.dataset.v = version;
    if (ligne) {
        champ.dataset.l = ligne;
    } else {
        delete champ.dataset.l;
    }
    champ.readOnly = etat === "validee";
    caseDe(champ).classList.remove(...ETATS);
    caseDe(champ).classList.add(etat);
    caseDe(champ).removeAttribute("title");
}

function probleme(id, classe, titre, texte, boutons = []) {
    const li = document.createElement("li");
    li.id = id;
    li.className = classe;
    const ou = document.createElement("span");
    ou.className = "lieu";
    ou.textContent = titre;
    li.append(ou, document.createTextNode(texte));
    for (const [libelle, geste] of boutons) {
        const bouton = document.createElement("button");
        bouton.type = "button";
        bouton.textContent = libelle;
        bouton.addEventListener("click", geste);
        li.append(bouton);
    }
    document.getElementById(id)?.remove();
    problemes.append(li);
}

function bloquer(champ, classe, texte, boutons) {
    marquer(champ, classe);
    probleme(`x${champ.id}`, classe, `${lieu(champ)} :`, texte, boutons);
    champ.setAttribute("aria-invalid", "true");
    champ.setAttribute("aria-describedby", `x${champ.id}`);
    annoncer(`${lieu(champ)} : non enregistrée. ${texte}`, { alerte: true });
}

function avertir(champ, phrases) {
    const [contrat] = clefs(champ);
    for (const phrase of phrases) {
        const deja = [...problemes.children].some((li) => li.dataset.clef === `${contrat}|${phrase}`);
        if (!deja) {
            const id = `a${contrat}-${problemes.children.length}-${phrase.length}`;
            probleme(id, "avertissement", `${lieu(champ)} :`, phrase, [
                ["Compris", (evenement) => evenement.target.closest("li").remove()],
            ]);
            document.getElementById(id).dataset.clef = `${contrat}|${phrase}`;
        }
    }
}

function montrerTotaux(champ, totaux) {
    const [contrat, rang] = clefs(champ);
    const textes = {
        [`tl${contrat}`]: totaux.ligne,
        [`tc${rang}`]: totaux.colonne,
        "t-annee": totaux.annee,
        "t-validees": totaux.engagement.validees,
        "t-declarees": totaux.engagement.declarees,
        "t-reste": totaux.reste,
        "t-reste-si-valide": totaux.reste_si_valide,
    };
    for (const [id, texte] of Object.entries(textes)) {
        document.getElementById(id).textContent = texte;
    }
    const valider = document.getElementById(`v${rang}`);
    if (valider) {
        valider.hidden = totaux.mois.nombre === 0;
        valider.title = totaux.mois.geste;
        valider.querySelector(".visually-hidden").textContent = totaux.mois.geste;
    }
    document.getElementById(`n${rang}`).hidden = !totaux.mois.neant;
}

function montrerDetail(champ) {
    const etats = { declaree: "heures déclarées, à valider", refusee: "heures refusées", vide: "rien de noté" };
    const etat = ETATS.find((nom) => caseDe(champ).classList.contains(nom)) ?? "vide";
    detail.textContent = `${lieu(champ)} : ${etats[etat] ?? "heures validées"}. `;
    if (etat === "declaree" && grille.dataset.refuser && champ.dataset.l) {
        const lien = document.createElement("a");
        const retour = grille.dataset.retour ? `?${grille.dataset.retour}` : "";
        lien.href = grille.dataset.refuser.replace("/0/", `/${champ.dataset.l}/`) + retour;
        lien.textContent = "Refuser cette ligne";
        detail.append(lien);
    }
}

// --- Enregistrer

function deposer(champ, { force = false } = {}) {
    if (champ.readOnly) {
        return;
    }
    if (!force && !aChange(champ) && champ !== enCours) {
        marquer(champ, null);
        file.delete(champ);
        return;
    }
    file.add(champ);
    marquer(champ, "attente");
    avancer();
}

async function avancer() {
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
    const [contrat, rang] = clefs(champ);
    const corps = new URLSearchParams({
        contrat,
        engagement: grille.dataset.engagement,
        mois: `${grille.dataset.annee}-${String(Number(rang) + 1).padStart(2, "0")}`,
        type: grille.dataset.type,
        heures,
        version: champ.dataset.v,
    });
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
        if (document.activeElement === champ) {
            champ.select();
            montrerDetail(champ);
        }
    }
    marquer(champ, file.has(champ) ? "attente" : "enregistree");
    avertir(champ, issue.avertissements);
    montrerTotaux(champ, issue.totaux);
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
            ? "Votre session a pris fin : reconnectez-vous dans un autre onglet, sans fermer celui-ci."
            : "Le serveur ne répond pas.";
    probleme(
        "x-connexion",
        "hors-ligne",
        pourquoi,
        `${file.size} cellule${pluriel} gardée${pluriel} ici ; nouvel essai dans ${Math.round(delai / 1000)} s.`,
        [["Réessayer maintenant", reprendre]],
    );
    annoncer(pourquoi, { alerte: true });
    reveil = setTimeout(reprendre, delai);
}

function reprendre() {
    clearTimeout(reveil);
    reveil = null;
    avancer();
}

function reposer() {
    const bloquee = grille.querySelector("td.erreur, td.conflit") !== null;
    if (!bloquee) {
        annoncer("Tout est enregistré.");
    }
    if (apresEnvoi) {
        const geste = apresEnvoi;
        apresEnvoi = null;
        if (bloquee) {
            annoncer("Des cellules ne sont pas enregistrées : les corriger d’abord.", { alerte: true });
        } else {
            geste();
        }
    }
}

// --- Réagir

function auClavier(evenement) {
    const td = evenement.target.closest("tbody td, tbody th");
    if (!td || evenement.ctrlKey || evenement.metaKey || evenement.altKey || evenement.isComposing) {
        return;
    }
    if (evenement.key === "Escape" && evenement.target.matches("input")) {
        evenement.target.value = evenement.target.defaultValue;
        deposer(evenement.target);
        evenement.target.select();
        return;
    }
    const deplacement = pas(evenement);
    if (deplacement) {
        evenement.preventDefault();
        const cible = voisine(td, ...deplacement);
        if (cible) {
            cible.focus();
        } else if (evenement.target.matches("input") && aChange(evenement.target)) {
            deposer(evenement.target);
        }
    }
}

function auCollage(evenement) {
    const { posees, perdues } = repartir(evenement);
    posees.forEach((champ) => deposer(champ));
    if (perdues) {
        const phrase = `${perdues} valeur${perdues > 1 ? "s" : ""} hors des cellules ouvertes : rien n’y a été écrit.`;
        probleme("x-collage", "avertissement", "Collage :", phrase, [
            ["Compris", (clic) => clic.target.closest("li").remove()],
        ]);
    }
}

function demarrer() {
    grille.addEventListener("keydown", auClavier);
    grille.addEventListener("paste", auCollage);
    grille.addEventListener("mousedown", (evenement) => {
        if (evenement.target.matches("input") && evenement.target !== document.activeElement) {
            evenement.preventDefault();
            evenement.target.focus();
        }
    });
    grille.addEventListener("focusin", (evenement) => {
        if (evenement.target.matches("tbody input")) {
            evenement.target.select();
            montrerDetail(evenement.target);
        }
    });
    grille.addEventListener("focusout", (evenement) => {
        const champ = evenement.target;
        const dejaDit = estBloquee(champ) && champ.value === champ.dataset.envoye;
        if (champ.matches("tbody input") && (aChange(champ) || estBloquee(champ)) && !dejaDit) {
            deposer(champ);
        }
    });
    formulaire.addEventListener("submit", (evenement) => {
        if (nonEnregistrees()) {
            evenement.preventDefault();
            apresEnvoi = () => formulaire.requestSubmit(evenement.submitter);
            avancer();
        }
    });
    window.addEventListener("online", reprendre);
    window.addEventListener("beforeunload", (evenement) => {
        if (nonEnregistrees()) {
            evenement.preventDefault();
        }
    });
}

if (grille) {
    demarrer();
}
