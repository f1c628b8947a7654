// Aperçu d’un import DECP : compter les cases, les cocher d’un geste, filtrer sans perdre ce qui est saisi.
// Sans ce script, la recherche se fait au serveur et tout le reste marche.

const formulaire = document.getElementById("decp-choix");
const nombre = document.getElementById("decp-nombre");
const recherche = document.getElementById("decp-recherche");
const lignes = [...formulaire.querySelectorAll("tr[data-recherche]")];

const cases = () => [...formulaire.querySelectorAll("input[name='choix']")];

function compter() {
    nombre.textContent = cases().filter((choix) => choix.checked).length;
}

// Même forme que le serveur : sans accents, sans casse, ponctuation réduite à une espace.
function normaliser(texte) {
    return texte
        .normalize("NFKD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, " ")
        .trim();
}

function filtrer() {
    const mots = normaliser(recherche.value).split(" ").filter(Boolean);
    for (const ligne of lignes) {
        ligne.hidden = !mots.every((mot) => ligne.dataset.recherche.includes(mot));
    }
}

for (const bouton of formulaire.querySelectorAll("[data-cocher]")) {
    bouton.addEventListener("click", () => {
        for (const choix of cases()) {
            if (!choix.closest("tr").hidden) {
                choix.checked = bouton.dataset.cocher === "oui";
            }
        }
        compter();
    });
}
formulaire.querySelector(".decp-cocher").hidden = false;
formulaire.addEventListener("change", compter);
recherche.addEventListener("input", filtrer);
// Le filtrage est immédiat : recharger la page perdrait les noms saisis. Plusieurs pages demandent le serveur.
if (!document.querySelector(".pagination")) {
    recherche.form.addEventListener("submit", (evenement) => evenement.preventDefault());
}
compter();
