import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "../locales/en.json";
import es from "../locales/es.json";

export const languages = ["en", "es"] as const;
export type Language = (typeof languages)[number];
const storageKey = "dialer.language";

function preferred(): Language {
  const stored = localStorage.getItem(storageKey);
  const wanted = stored ?? navigator.language.slice(0, 2);
  return languages.find((language) => language === wanted) ?? "en";
}

export function setLanguage(language: Language): void {
  localStorage.setItem(storageKey, language);
  void i18next.changeLanguage(language);
}

void i18next.use(initReactI18next).init({
  lng: preferred(),
  fallbackLng: "en",
  resources: { en: { translation: en }, es: { translation: es } },
  interpolation: { escapeValue: false },
  returnNull: false,
  nsSeparator: false, // skills such as "tier:3" are keys too
});
document.documentElement.lang = i18next.language;
i18next.on("languageChanged", (language) => {
  document.documentElement.lang = language;
});

/** The server's codes (states, modes, reasons) in words; an unknown code is shown split into words, never hidden. */
export function codeText(t: (key: string, options: { defaultValue: string }) => string, group: string, code: string) {
  return t(`${group}.${code}`, { defaultValue: splitCode(code) });
}

export function splitCode(code: string): string {
  const spaced = code
    .replaceAll(/[._-]+/g, " ")
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export default i18next;
