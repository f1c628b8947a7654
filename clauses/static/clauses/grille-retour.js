// Valider ou noter néant recharge la page : on y reprend la saisie là où l’on était, sans repartir du haut.

import { grille } from "./grille-lieu.js";
import { raconter } from "./grille-montrer.js";

const CLEF = "grille-retour";

/** Retient, le temps du rechargement, le rang de l’engagement dont on vient d’actionner le bouton. */
export function retenirLaPlace(bouton) {
    const corps = [...grille.querySelectorAll("tbody")];
    const engagement = bouton.id.slice(1).split("-")[0];
    const rang = corps.findIndex((tbody) => tbody.dataset.e === engagement);
    sessionStorage.setItem(CLEF, JSON.stringify({ chemin: location.pathname, rang }));
}

/** L’engagement fini a disparu de la page d’un mois : le suivant est à son rang. */
export function reprendreLaPlace() {
    const retenu = JSON.parse(sessionStorage.getItem(CLEF) ?? "null");
    sessionStorage.removeItem(CLEF);
    if (retenu?.chemin !== location.pathname) {
        return;
    }
    const corps = grille.querySelectorAll("tbody");
    const arrivee = corps[Math.min(retenu.rang, corps.length - 1)];
    (arrivee?.querySelector("input") ?? arrivee?.querySelector("button:not([hidden])"))?.focus();
    raconter(document.querySelector(".messages")?.textContent.trim() ?? "");
}
