import { applyMode, Mode } from "@cloudscape-design/global-styles";
import { langs, type Lang } from "./texts";

/** Appearance is what a reader chose; "system" follows the machine. */
export type Appearance = "system" | "light" | "dark";

const langKey = "kumoban.lang";
const appearanceKey = "kumoban.appearance";

// A browser may refuse to keep anything.
function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // it holds until the page is closed
  }
}

/** chooseLang is what was chosen before, or the first of the browser's languages that there is. */
export function chooseLang(before: string | null, browser: readonly string[]): Lang {
  for (const tag of before === null ? browser : [before, ...browser]) {
    const lang = langs.find((l) => l === tag.toLowerCase().split("-")[0]);
    if (lang) return lang;
  }
  return "en";
}

export const keptLang = (): Lang => chooseLang(kept(langKey), navigator.languages);
export const keepLang = (lang: Lang): void => keep(langKey, lang);

export function keptAppearance(): Appearance {
  const value = kept(appearanceKey);
  return value === "light" || value === "dark" ? value : "system";
}

const machine = () => matchMedia("(prefers-color-scheme: dark)");

/** show puts an appearance into force. */
export function show(appearance: Appearance): void {
  const dark = appearance === "system" ? machine().matches : appearance === "dark";
  applyMode(dark ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
}

export function keepAppearance(appearance: Appearance): void {
  keep(appearanceKey, appearance);
  show(appearance);
}

/** followMachine shows the page anew when the machine turns dark or light. */
export function followMachine(): void {
  machine().addEventListener("change", () => show(keptAppearance()));
}
