// Ce que la grille montre : l’état de chaque cellule, les refus et les conflits, les totaux que rend le serveur.

import { caseDe, champsDuMois, clefs, engagementDe, estUnMois, grille, lieu } from "./grille-lieu.js";

const PASSAGERS = ["attente", "enregistree", "hors-ligne", "erreur", "conflit"];
const ETATS = ["vide", "declaree", "validee", "refusee"];
const DITS = { declaree: "heures déclarées, à valider", refusee: "heures refusées", vide: "rien de noté" };

const statut = document.getElementById("grille-statut");
const annonce = document.getElementById("grille-annonce");
const detail = document.getElementById("grille-detail");
const problemes = document.getElementById("grille-problemes");
const textes = document.getElementById("grille-textes");

const etatDe = (champ) => ETATS.find((nom) => caseDe(champ).classList.contains(nom)) ?? "validee";

/** L’état de l’enregistrement ; une alerte se voit et se dit. */
export function annoncer(texte, { alerte = false } = {}) {
    statut.classList.toggle("alerte", alerte);
    if (statut.textContent !== texte) {
        statut.textContent = texte;
    }
}

/** Ce qu’un geste a fait : remplir, annuler, ajouter une ligne. */
export function raconter(texte) {
    annonce.textContent = texte;
}

export function marquer(champ, passager) {
    const td = caseDe(champ);
    td.classList.remove(...PASSAGERS);
    if (passager) {
        td.classList.add(passager);
    }
    if (passager !== "erreur" && passager !== "conflit") {
        champ.removeAttribute("aria-invalid");
        document.getElementById(`x${champ.id}`)?.remove();
    }
    decrire(champ);
}

/** Ce qu’un lecteur d’écran dit d’une cellule, en plus de son nom : refus, état, retard, mois plein. */
function decrire(champ) {
    const { engagement, personne, mois } = clefs(champ);
    const classes = caseDe(champ).classList;
    const ids = [
        document.getElementById(`x${champ.id}`)?.id,
        classes.contains("declaree") && "ed",
        classes.contains("refusee") && `r${champ.dataset.l}`,
        classes.contains("plein") && `f${personne}-${mois}`,
        classes.contains("retard") && `rt${engagement}-${mois}`,
    ].filter(Boolean);
    if (ids.length > 0) {
        champ.setAttribute("aria-describedby", ids.join(" "));
    } else {
        champ.removeAttribute("aria-describedby");
    }
}

export function poser(champ, { heures, version, etat, ligne }) {
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

export function probleme(id, classe, titre, texte, boutons = []) {
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
    return li;
}

export const COMPRIS = ["Compris", (evenement) => evenement.target.closest("li").remove()];

export function bloquer(champ, classe, texte, boutons) {
    marquer(champ, classe);
    probleme(`x${champ.id}`, classe, `${lieu(champ)} :`, texte, boutons);
    champ.setAttribute("aria-invalid", "true");
    decrire(champ);
    annoncer(`${lieu(champ)} : non enregistrée. ${texte}`, { alerte: true });
}

export function avertir(champ, phrases) {
    const { contrat, mois } = clefs(champ);
    for (const phrase of phrases) {
        const clef = `${contrat}|${mois}|${phrase}`;
        if (![...problemes.children].some((li) => li.dataset.clef === clef)) {
            const id = `a${contrat}-${problemes.children.length}-${phrase.length}`;
            probleme(id, "avertissement", `${lieu(champ)} :`, phrase, [COMPRIS]).dataset.clef = clef;
        }
    }
}

function ecrire(id, texte) {
    const cible = document.getElementById(id);
    if (cible) {
        cible.textContent = texte;
    }
}

const enCentiemes = (texte) => Number(texte.replaceAll(/[^\d-]/g, ""));

function enHeures(centiemes) {
    const entier = String(Math.floor(Math.abs(centiemes) / 100)).replaceAll(/\B(?=(\d{3})+$)/g, "\u202f");
    return `${centiemes < 0 ? "-" : ""}${entier},${String(Math.abs(centiemes) % 100).padStart(2, "0")}`;
}

/** Le total de plusieurs engagements : la somme, en centièmes entiers, de ceux que le serveur a rendus. */
function additionner(id, cibles) {
    const total = [...cibles].reduce((somme, cible) => somme + enCentiemes(cible.textContent), 0);
    ecrire(id, total || id === "tg" ? enHeures(total) : "");
}

export function montrerTotaux(champ, { annee, mois, colonne, engagement: sommes, etat }) {
    const { engagement, contrat, mois: clef, rang } = clefs(champ);
    const vue = estUnMois ? mois : annee;
    ecrire(`tl${engagement}-${contrat}`, vue.ligne);
    ecrire(`tc${engagement}-${rang}`, colonne);
    ecrire(`ta${engagement}`, vue.total);
    ecrire(`tv${engagement}`, sommes.validees);
    ecrire(`td${engagement}`, sommes.declarees);
    ecrire(`tr${engagement}`, sommes.reste);
    ecrire(`ts${engagement}`, sommes.reste_si_valide);
    additionner(`tg${rang}`, grille.querySelectorAll(`td[id^="tc"][id$="-${rang}"]`));
    additionner("tg", grille.querySelectorAll('td[id^="ta"]'));
    montrerGestes(`${engagement}-${clef}`, etat);
    montrerRetard(champ, etat.retard);
}

function montrerGestes(suffixe, etat) {
    const valider = document.getElementById(`v${suffixe}`);
    if (valider) {
        valider.hidden = etat.nombre === 0;
        valider.title = etat.geste;
        valider.querySelector(".geste-texte").textContent = etat.geste;
    }
    const neant = document.getElementById(`n${suffixe}`);
    if (neant) {
        neant.hidden = !etat.neant;
        document.getElementById(`nn${suffixe}`).hidden = true;
    }
}

/** Un mois qui reçoit sa première heure n’est plus en retard ; vidé, il l’est de nouveau : toutes ses cellules suivent. */
function montrerRetard(champ, phrase) {
    const { engagement, mois } = clefs(champ);
    const signe = document.getElementById(`rt${engagement}-${mois}`);
    if (!signe || signe.hidden === !phrase) {
        return decrire(champ);
    }
    signe.hidden = !phrase;
    signe.title = phrase;
    signe.querySelector(".visually-hidden").textContent = phrase;
    for (const autre of champsDuMois(champ.closest("tbody").querySelectorAll("tr[data-c]"), mois)) {
        caseDe(autre).classList.toggle("retard", Boolean(phrase) && etatDe(autre) === "vide");
        decrire(autre);
    }
}

/** Une personne au-delà d’un mois plein l’est sur chacune de ses lignes, dans chacun de ses engagements. */
export function montrerPlein(champ, phrase) {
    const { personne, mois } = clefs(champ);
    const id = `f${personne}-${mois}`;
    let texte = document.getElementById(id);
    if (!texte && phrase) {
        texte = document.createElement("span");
        texte.id = id;
        textes.append(texte);
    }
    if (texte) {
        texte.textContent = phrase;
    }
    for (const autre of champsDuMois(grille.querySelectorAll(`tr[data-p="${personne}"]`), mois)) {
        caseDe(autre).classList.toggle("plein", Boolean(phrase));
        caseDe(autre).title = phrase;
        decrire(autre);
    }
}

export function montrerDetail(champ) {
    const { personne, mois } = clefs(champ);
    const classes = caseDe(champ).classList;
    const etat = etatDe(champ);
    const phrases = [
        `${lieu(champ)} : ${DITS[etat] ?? "heures validées"}.`,
        etat === "refusee" && document.getElementById(`r${champ.dataset.l}`)?.textContent,
        classes.contains("retard") && document.getElementById(`rt${engagementDe(champ)}-${mois}`).title,
        classes.contains("plein") && document.getElementById(`f${personne}-${mois}`)?.textContent,
    ];
    detail.textContent = `${phrases.filter(Boolean).join(" ")} `;
    if (etat === "declaree" && grille.dataset.refuser && champ.dataset.l) {
        const lien = document.createElement("a");
        const retour = grille.dataset.retour ? `?${grille.dataset.retour}` : "";
        lien.href = grille.dataset.refuser.replace("/0/", `/${champ.dataset.l}/`) + retour;
        lien.textContent = "Refuser cette ligne";
        detail.append(lien);
    }
}
