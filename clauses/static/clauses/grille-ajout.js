// Ajouter une personne ou un contrat sans quitter la grille : une boîte de dialogue remplie par htmx.
//
// La réponse qui porte `X-Ligne` (engagement-contrat) est une ligne de grille : elle se pose dans son engagement, les
// frappes des autres cellules restent où elles sont.

import { grille, ouvrirALaFrappe } from "./grille-lieu.js";
import { COMPRIS, probleme, raconter } from "./grille-montrer.js";

const boite = document.getElementById("dialogue");
const corps = document.getElementById("dialogue-corps");

const estDeLaBoite = (evenement) => evenement.detail.target === corps || boite.contains(evenement.detail.elt);

function ouvrir() {
    if (!boite.open) {
        boite.showModal();
    }
    const choix = ["[role='alert'] a", "[aria-invalid='true'], .is-invalid", "input:not([type='hidden']), select"];
    choix.map((selecteur) => corps.querySelector(selecteur)).find(Boolean)?.focus();
}

/** Rechargée ou validée, la page garde la ligne : elle est nommée dans toutes les adresses qui y reviennent. */
function retenir(engagement, contrat) {
    const [nom, valeur] = grille.classList.contains("grille-groupee")
        ? ["ligne", `${engagement}-${contrat}`]
        : ["contrat", contrat];
    const completer = (adresse) => {
        const url = new URL(adresse, location.href);
        url.searchParams.append(nom, valeur);
        return `${url.pathname}${url.search}`;
    };
    history.replaceState(null, "", completer(location.href));
    grille.dataset.retour = new URL(completer(`?${grille.dataset.retour}`), location.href).search.slice(1);
    for (const bouton of grille.querySelectorAll("button[formaction]")) {
        bouton.setAttribute("formaction", completer(bouton.getAttribute("formaction")));
    }
}

function poserLaLigne(reponse, clef) {
    const [engagement, contrat] = clef.split("-");
    const deja = document.getElementById(`p${clef}`);
    const modele = document.createElement("template");
    modele.innerHTML = reponse;
    if (!deja) {
        const rangee = modele.content.querySelector("tr");
        ouvrirALaFrappe(rangee);
        const lignes = document.getElementById(`l${engagement}`);
        lignes.querySelector(".sans-ligne")?.remove();
        lignes.insertBefore(rangee, lignes.querySelector(".totaux"));
        retenir(engagement, contrat);
    }
    for (const phrase of modele.content.querySelectorAll("[id^=f]")) {
        document.getElementById(phrase.id)?.remove();
        document.getElementById("grille-textes").append(phrase);
    }
    boite.close();
    const rangee = document.getElementById(`p${clef}`).parentElement;
    modele.content.querySelectorAll(".note").forEach((note, rang) => {
        const personne = rangee.querySelector("a").textContent;
        probleme(`note${clef}-${rang}`, "avertissement", `${personne} :`, note.textContent, [COMPRIS]);
    });
    (rangee.querySelector("input") ?? rangee.querySelector("a")).focus();
    rangee.scrollIntoView({ block: "nearest" });
    raconter(deja ? "Ce contrat est déjà sur la grille." : "Ligne ajoutée à la grille.");
}

function enPanne() {
    corps.querySelector(".dialogue-panne")?.remove();
    const phrase = document.createElement("p");
    phrase.className = "alert alert-danger dialogue-panne";
    phrase.setAttribute("role", "alert");
    phrase.textContent = "Le serveur ne répond pas, ou la session a pris fin : rien n’est enregistré. Réessayer.";
    corps.prepend(phrase);
    ouvrir();
}

export function brancherLAjout() {
    document.body.addEventListener("htmx:beforeSwap", (evenement) => {
        const { xhr } = evenement.detail;
        if (!estDeLaBoite(evenement)) {
            return;
        }
        const clef = xhr.getResponseHeader("X-Ligne");
        if (clef) {
            evenement.detail.shouldSwap = false;
            poserLaLigne(xhr.responseText, clef);
        } else if (xhr.responseText.includes("<html")) {
            evenement.detail.shouldSwap = false; // une page entière : la connexion, la session ayant pris fin
            enPanne();
        }
    });
    document.body.addEventListener("htmx:afterSwap", (evenement) => {
        if (evenement.detail.target === corps) {
            ouvrir();
        }
    });
    for (const panne of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
        document.body.addEventListener(panne, (evenement) => {
            if (estDeLaBoite(evenement)) {
                enPanne();
            }
        });
    }
    boite.addEventListener("close", () => corps.replaceChildren());
}
