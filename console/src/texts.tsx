import { createContext, useContext, type ReactNode } from "react";
import type { Key } from "./keys.gen";

export type Lang = "en" | "ja";
export const langs: readonly Lang[] = ["en", "ja"];

export type Args = Record<string, string | number>;
export type Say = (key: Key, args?: Args) => string;
type Texts = Partial<Record<Key, string>>;

/** fill puts arguments into the {name} places of a text; an argument is never a template itself. */
export function fill(text: string, args: Args = {}): string {
  return text.replaceAll(/\{([a-zA-Z]+)\}/g, (place, name: string) => (name in args ? String(args[name]) : place));
}

/** saying makes a Say of the texts of one language. */
export function saying(texts: Texts): Say {
  return (key, args) => {
    const text = texts[key];
    if (text === undefined) throw new Error(`there is no text ${key}`);
    return fill(text, args);
  };
}

/** loadTexts asks the server for the texts of one language. */
export async function loadTexts(lang: Lang): Promise<Texts> {
  const answer = await fetch(`/texts/${lang}.json`);
  if (!answer.ok) throw new Error(`texts: ${answer.status}`);
  return (await answer.json()) as Texts;
}

interface Spoken {
  lang: Lang;
  say: Say;
  /** zone is the store's: days are counted by it, whatever the browser's is. */
  zone: string;
  /** moment is a time for people, in that zone. */
  moment: (iso: string) => string;
  day: (iso: string) => string;
  /** lastDay is the day with whose last moment something ends. */
  lastDay: (iso: string) => string;
  number: (n: number) => string;
}

/** speaking is all that depends on the language. */
export function speaking(lang: Lang, texts: Texts, zone: string): Spoken {
  const moment = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short", timeZone: zone });
  const day = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone: zone });
  const number = new Intl.NumberFormat(lang);
  return {
    lang,
    zone,
    say: saying(texts),
    moment: (iso) => moment.format(new Date(iso)),
    day: (iso) => day.format(new Date(iso)),
    lastDay: (iso) => day.format(new Date(Date.parse(iso) - 1)),
    number: (n) => number.format(n),
  };
}

const Context = createContext<Spoken | null>(null);

export function Speaks({ spoken, children }: { spoken: Spoken; children: ReactNode }) {
  return <Context.Provider value={spoken}>{children}</Context.Provider>;
}

export function useTexts(): Spoken {
  const spoken = useContext(Context);
  if (!spoken) throw new Error("no language");
  return spoken;
}
