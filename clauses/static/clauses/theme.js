// Suit le thème du système avant le premier affichage : Bootstrap lit data-bs-theme sur <html>.
const prefereSombre = window.matchMedia("(prefers-color-scheme: dark)");
const appliquer = () => {
    document.documentElement.dataset.bsTheme = prefereSombre.matches ? "dark" : "light";
};
appliquer();
prefereSombre.addEventListener("change", appliquer);
