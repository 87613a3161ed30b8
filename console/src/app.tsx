import { I18nProvider } from "@cloudscape-design/components/i18n";
import type { I18nProviderProps } from "@cloudscape-design/components/i18n";
import { useEffect, useState } from "react";
import { get } from "./api/client";
import type { Me } from "./api/types";
import { Frame } from "./frame";
import { IsMe } from "./me";
import { keepLang, keptLang } from "./settings";
import { loadTexts, Speaks, speaking, type Lang } from "./texts";

type Messages = I18nProviderProps["messages"];

interface Language {
  lang: Lang;
  me: Me;
  spoken: ReturnType<typeof speaking>;
  messages: Messages;
}

/** load brings one language alone: our texts from the server, and Cloudscape's own. */
async function load(lang: Lang): Promise<Language> {
  const [texts, me, messages] = await Promise.all([
    loadTexts(lang),
    get("/me", { lang }),
    lang === "ja" ? import("@cloudscape-design/components/i18n/messages/all.ja") : import("@cloudscape-design/components/i18n/messages/all.en"),
  ]);
  return { lang, me, spoken: speaking(lang, texts, me.zone), messages: [messages.default] as Messages };
}

export function App() {
  const [lang, setLang] = useState(keptLang);
  const [language, setLanguage] = useState<Language>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let left = false;
    load(lang).then(
      (loaded) => {
        if (left) return;
        document.documentElement.lang = lang;
        setLanguage(loaded);
      },
      (error: unknown) => {
        console.error(error);
        setFailed(true);
      },
    );
    return () => {
      left = true;
    };
  }, [lang]);
  // There is no text to say it with: it is what did not come.
  if (failed) return <p role="alert">kumoban: no answer / 応答がありません</p>;
  if (!language) return null;
  const choose = (next: Lang) => {
    keepLang(next);
    setLang(next);
  };
  return (
    <Speaks spoken={language.spoken}>
      <I18nProvider locale={language.lang} messages={language.messages}>
        <IsMe me={language.me}><Frame onLang={choose} /></IsMe>
      </I18nProvider>
    </Speaks>
  );
}
