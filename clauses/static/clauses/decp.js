// Aperçu d’un import DECP : compter les cases, les cocher d’un geste, filtrer sans perdre ce qui est saisi.
// Sans ce script, la recherche se fait au serveur et tout le reste marche.

const formulaire = document.getElementById("decp-choix");
const importer = document.getElementById("decp-importer");
const recherche = document.getElementById("decp-recherche");
const lignes = [...formulaire.querySelectorAll("tr[data-recherche]")];

const cases = () => [...formulaire.querySelectorAll("input[name='choix']")];

function compter() {
    const cochees = cases().filter((choix) => choix.checked);
    const nombre = cochees.length;
    importer.textContent = nombre === 1 ? "Importer le marché choisi" : `Importer les ${nombre} marchés choisis`;
    importer.disabled = nombre === 0;
    montrerLesNoms(new Set(cochees.flatMap((choix) => choix.closest("tr").dataset.sirets.split(" "))));
}

// Seuls les noms que citent les contrats cochés sont demandés ; les autres saisies sont gardées.
function montrerLesNoms(sirets) {
    for (const volet of formulaire.querySelectorAll(".decp-noms")) {
        const champs = [...volet.querySelectorAll("input[name^='nom-']")];
        const utiles = champs.filter((champ) => sirets.has(champ.name.slice("nom-".length)));
        for (const champ of champs) {
            champ.closest(".decp-grille > *").hidden = !utiles.includes(champ);
        }
        volet.querySelector(".decp-combien").textContent = utiles.length;
        volet.hidden = utiles.length === 0;
    }
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
        ligne.hidden = !mots.every((mot) => ligne.dataset.recherche.includes(` ${mot}`));
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
