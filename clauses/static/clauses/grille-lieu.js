// La grille telle qu’on la lit dans le document : où est une cellule, ce qu’elle porte, comment la nommer.
//
// Une cellule est un engagement (son `<tbody>`), un contrat (sa ligne), un mois et un type d’heures (sa colonne) : la
// même page en montre un ou plusieurs de chaque sans que rien d’autre ne change. Elle porte ce qui est enregistré
// (`defaultValue`, `data-v` : version, `data-l` : ligne) et ce qui est tapé (`value`).

export const grille = document.getElementById("grille");
export const estUnMois = grille?.dataset.vue === "mois";
const BLOCAGES = ["erreur", "conflit"];

export const caseDe = (champ) => champ.closest("td");
export const rangees = () => [...grille.querySelectorAll("tr[data-c]")];
export const engagementDe = (champ) => champ.closest("tbody").dataset.e;
export const aChange = (champ) => champ.value.trim() !== champ.defaultValue;
export const estBloquee = (champ) => BLOCAGES.some((classe) => caseDe(champ)?.classList.contains(classe));
export const aDesBlocages = () => grille.querySelector("td.erreur, td.conflit") !== null;

/** Ce que note une cellule : engagement, contrat, personne, mois, type, et le rang de sa colonne. */
export function clefs(champ) {
    const rangee = champ.closest("tr");
    const rang = caseDe(champ).cellIndex - 1;
    const { mois, type, lieu } = document.getElementById(`m${rang}`).dataset;
    return {
        engagement: engagementDe(champ),
        contrat: rangee.dataset.c,
        personne: rangee.dataset.p,
        mois,
        type,
        lieu,
        rang,
    };
}

/** Les cellules d’un mois dans des lignes : seules les colonnes de ce mois sont lues, la grille en a jusqu’à 6 000. */
export function champsDuMois(lignes, mois) {
    const colonnes = [...grille.querySelectorAll(`thead th[data-mois="${mois}"]`)].map((tete) => tete.cellIndex);
    return [...lignes]
        .flatMap((ligne) => colonnes.map((colonne) => ligne.cells[colonne]?.querySelector("input")))
        .filter(Boolean);
}

/** La cellule en toutes lettres : « DUPONT Zoé, mars 2025 », et son engagement s’il y en a plusieurs. */
export function lieu(champ) {
    const { engagement, contrat, lieu: colonne } = clefs(champ);
    const personne = document.querySelector(`#p${engagement}-${contrat} a`).textContent.trim();
    const groupe = document.getElementById(`g${engagement}`);
    return `${personne}, ${colonne}${groupe ? ` (${groupe.textContent.trim()})` : ""}`;
}

/** Ouvre à la frappe des cellules que la page rend en lecture seule : le script est là pour les enregistrer. */
export function ouvrirALaFrappe(corps) {
    for (const champ of corps.querySelectorAll("input")) {
        champ.readOnly = false;
    }
}

export function jeton() {
    const prefixe = `${grille.dataset.cookie}=`;
    const biscuit = document.cookie.split("; ").find((morceau) => morceau.startsWith(prefixe));
    return biscuit
        ? biscuit.slice(prefixe.length)
        : document.querySelector("#form-mois [name=csrfmiddlewaretoken]").value;
}
