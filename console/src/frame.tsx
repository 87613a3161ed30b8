import AppLayout from "@cloudscape-design/components/app-layout";
import Input from "@cloudscape-design/components/input";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { useEffect, useState } from "react";
import { Flashes } from "./flash";
import { Panel } from "./panel";
import { panelOf } from "./panels";
import { content, titleOf, topics } from "./pages";
import { isOpen, useFollowing, useJobs } from "./jobs";
import { go, follow, usePlace } from "./router";
import { beside } from "./pages/page";
import { keepAppearance, keptAppearance, type Appearance } from "./settings";
import { langs, useTexts, type Lang } from "./texts";

export function Frame({ onLang }: { onLang: (lang: Lang) => void }) {
  const { say, lang } = useTexts();
  const place = usePlace();
  const shown = panelOf(place);
  const title = titleOf(say, place);
  useEffect(() => {
    document.title = `${title} - ${say("title")}`;
  }, [title, say]);
  const [navigation, setNavigation] = useState(() => matchMedia("(min-width: 689px)").matches);
  // On a telephone the panel lies below, and leaves a glimpse of the list.
  const [size, setSize] = useState(() => (matchMedia("(min-width: 689px)").matches ? 440 : Math.round(innerHeight * 0.7)));
  return (
    <>
      <a className="skip" href="#page" onClick={skip}>{say("skip")}</a>
      <Top onLang={onLang} />
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigationOpen={navigation}
        onNavigationChange={(event) => setNavigation(event.detail.open)}
        navigation={
          <SideNavigation
            activeHref={`/${place.path.split("/")[1] ?? ""}`}
            onFollow={(event) => {
              follow(event);
              if (!matchMedia("(min-width: 689px)").matches) setNavigation(false);
            }}
            items={topics.flatMap((topic, i) => [
              ...(i > 0 ? [{ type: "divider" as const }] : []),
              ...topic.map((p) => ({ type: "link" as const, text: say(p.text), href: p.path })),
            ])}
          />
        }
        ariaLabels={{
          navigation: say("navigation"), navigationToggle: say("openNavigation"), navigationClose: say("closeNavigation"),
        }}
        notifications={<Flashes />}
        content={<div id="page" tabIndex={-1}>{content(place)}</div>}
        splitPanelOpen={shown !== undefined}
        splitPanelSize={size}
        splitPanelPreferences={{ position: "side" }}
        onSplitPanelResize={(event) => setSize(event.detail.size)}
        onSplitPanelToggle={(event) => {
          if (!event.detail.open && shown) go(beside(place, shown.name, null), { marks: place.marks });
        }}
        splitPanel={shown ? <Panel key={`${lang} ${shown.name} ${shown.id}`} {...shown} /> : undefined}
      />
    </>
  );
}

function skip(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById("page")?.focus();
}

function Top({ onLang }: { onLang: (lang: Lang) => void }) {
  const { say, lang, number } = useTexts();
  const [appearance, setAppearance] = useState(keptAppearance);
  const [typed, setTyped] = useState("");
  const choices: Appearance[] = ["system", "light", "dark"];
  useFollowing();
  const jobs = useJobs().filter(isOpen);
  const stuck = jobs.filter((j) => j.state === "attention").length;
  return (
    <div id="top">
      <TopNavigation
        identity={{ href: "/", title: say("title"), onFollow: (event) => {
          event.preventDefault();
          go("/");
        } }}
        search={
          <form
            role="search"
            onSubmit={(event) => {
              event.preventDefault();
              go(typed.trim() ? `/search?${new URLSearchParams({ q: typed.trim() })}` : "/findings");
            }}
          >
            <Input
              type="search"
              value={typed}
              placeholder={say("searchShort")}
              ariaLabel={say("search")}
              onChange={(event) => setTyped(event.detail.value)}
            />
          </form>
        }
        utilities={[
          {
            type: "button", iconName: jobs.length > stuck ? "status-in-progress" : "list-view", badge: stuck > 0, href: "/jobs",
            text: jobs.length > 0 ? say("job.open", { n: number(jobs.length) }) : say("page.jobs"), ariaLabel: say("job.open", { n: number(jobs.length) }),
            onFollow: (event) => {
              event.preventDefault();
              go("/jobs");
            },
          },
          {
            type: "menu-dropdown", text: say(`language.${lang}`), ariaLabel: say("language"), iconName: "globe",
            items: langs.map((l) => ({ id: l, text: say(`language.${l}`), lang: l })),
            onItemClick: (event) => onLang(event.detail.id as Lang),
          },
          {
            type: "menu-dropdown", text: say("appearance"), ariaLabel: say("appearance"), iconName: "settings",
            items: choices.map((c) => ({ id: c, text: say(`appearance.${c}`), itemType: "checkbox", checked: c === appearance })),
            onItemClick: (event) => {
              const chosen = event.detail.id as Appearance;
              keepAppearance(chosen);
              setAppearance(chosen);
            },
          },
        ]}
        i18nStrings={{
          searchIconAriaLabel: say("searchShort"), searchDismissIconAriaLabel: say("back"), overflowMenuTriggerText: say("more"),
          overflowMenuTitleText: say("more"), overflowMenuBackIconAriaLabel: say("back"), overflowMenuDismissIconAriaLabel: say("closeNavigation"),
        }}
      />
    </div>
  );
}
